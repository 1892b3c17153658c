import ArgumentParser
import Transactions

/// Whether a change is rolled back unless it is confirmed.
struct DeadlineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Roll the change back unless 'weir confirm' is run within this time: 90s, 5m, 1h.",
            valueName: "time"
        ),
        completion: CompletionWords.windows,
        transform: ConfirmationWindow.read
    )
    var confirm: ConfirmationWindow?

    @Option(
        name: .customLong("confirm-probe"),
        help: ArgumentHelp(
            "Refuse the confirmation unless this host can connect to tcp:HOST:PORT.",
            valueName: "probe"
        ),
        transform: ConfirmationProbe.read
    )
    var probes: [ConfirmationProbe] = []

    @Flag(help: "Wait until the change is confirmed or rolled back; the exit status is 22 if it was rolled back.")
    var wait = false

    mutating func validate() throws {
        guard confirm == nil else { return }
        if !probes.isEmpty { throw ValidationError("'--confirm-probe' needs '--confirm'.") }
        if wait { throw ValidationError("'--wait' needs '--confirm'.") }
    }

    /// What has to happen so that the change stays.
    var terms: ConfirmationTerms? {
        confirm.map { ConfirmationTerms(window: $0.nanoseconds, probes: probes) }
    }
}
