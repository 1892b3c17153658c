import ArgumentParser
import Guards
import Reconciliation

/// How results are printed.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print the result as JSON.")
    var json = false

    @Option(name: .long, help: "When to colour: auto, always or never.")
    var color: ColorChoice = .auto

    @Flag(name: .shortAndLong, help: "Print more details.")
    var verbose = false

    var terminal: Terminal {
        Terminal(color)
    }
}

/// Which kernel state is meant, and where Weir keeps its own.
struct KernelOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The network namespace: a name of ip-netns(8), or a path.", valueName: "name"),
        completion: CompletionWords.namespaces
    )
    var netns: String?

    @Option(
        name: .customLong("state-dir"),
        help: ArgumentHelp("Where generations are kept (default: /var/lib/weir).", valueName: "directory"),
        completion: .directory
    )
    var stateDirectory: String?

    @Option(
        name: .customLong("lock-timeout"),
        help: ArgumentHelp("How long to wait while another weir process makes a change.", valueName: "seconds")
    )
    var lockTimeout: UInt32 = 0
}

/// Whether a change is made without a question.
struct ConfirmationOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Do not ask before the change; for scripts.")
    var yes = false
}

/// Whether what belongs to others may be replaced.
struct AdoptionOptions: ParsableArguments {
    @Flag(
        name: [.customLong("adopt"), .customLong("allow-foreign")],
        help: "Replace other programs' routes that are in the way; 'weir revert' restores them."
    )
    var adopt = false

    var routes: RouteAdoption {
        adopt ? .any : .none
    }
}

/// Which dangers are put up with.
struct GuardOptions: ParsableArguments {
    @Flag(
        name: .customLong("allow-lockout"),
        help: "Make the change even if it cuts ssh sessions or keeps new ones out."
    )
    var allowLockout = false

    @Flag(name: .customLong("allow-no-default-route"), help: "Make the change even if no default route is left.")
    var allowNoDefaultRoute = false

    @Flag(
        name: .customLong("allow-unjudged"),
        help: "Make the change even if Weir cannot know whether it cuts your ssh session or the only way in."
    )
    var allowUnjudged = false

    var overrides: GuardOverrides {
        var overrides: GuardOverrides = []
        if allowLockout { overrides.insert(.lockout) }
        if allowUnjudged { overrides.insert(.unjudged) }
        if allowNoDefaultRoute { overrides.insert(.noDefaultRoute) }
        return overrides
    }
}
