import ArgumentParser
import Glibc
import KernelState
import Transactions

/// `weir watch`: tell what others change of Weir's, while they do.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Report what other programs change in Weir's objects, and which; with --heal undo it.",
        discussion: """
            It runs until it is interrupted (SIGINT, SIGTERM, SIGHUP: exit status 0) and writes a line for each object that \
            another program adds (+), removes (-) or changes (~) in the table inet weir, among Weir's routes, policy routing \
            rules and settings, and for the interfaces and addresses that its routes need. After a change by another weir \
            command it compares with the new state. The kernel does not announce settings: they are read every two seconds. \
            With --json each line is an object.

            With --heal a change is undone at once, with the guards and checks of 'apply'; the next ones after a pause of one \
            second, two, four, up to a minute. If an object is changed again after it was put back five times within a minute, \
            weir gives up: exit status 23. While a change waits to be confirmed, nothing is put back.
            """
    )

    @Flag(help: "Put back what other programs change.")
    var heal = false

    @OptionGroup var kernel: KernelOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let terminal = output.terminal
        // Before anything is read, so that nothing is missed.
        let monitor = try explainingFailures(terminal) { () throws(KernelStateError) in
            try KernelMonitor(of: kernel.connect())
        }
        let session = try kernel.openSession(terminal)
        let healGuard = heal ? HealGuard(kernel, terminal) : nil
        let write = output.json ? WatchJSON(terminal).write : WatchText(terminal).write
        let loss: @Sendable (Int) -> String = output.json ? WatchJSON.loss : WatchText.loss
        var watch: DriftWatch
        do throws(WatchdogError) {
            watch = try DriftWatch(
                session,
                monitor,
                healingWith: healGuard.map { healGuard in { healGuard.objections(to: $0) } }
            ) { event in
                healGuard?.release()
                if case .healed = event { Deed.note() }
                write(event)
            }
        } catch {
            terminal.complain("weir: \(error)")
            throw ExitStatus.inputOutput
        }
        writeInBackground(loss)
        let ending = try explainingFailures(terminal, FailureReporter(options: kernel.words)) {
            () throws(TransactionError) in
            try watch.run()
        }
        if case .fought = ending { throw ExitStatus.stale }
    }

    /// A reader that does not read keeps it neither from putting things back nor from ending on a signal. Without --heal it serves
    /// only its reader: if nothing can be written it asks itself to end.
    private func writeInBackground(_ loss: @escaping @Sendable (Int) -> String) {
        let goesOn = heal
        OutputStream.output.writeInBackground(loss: loss) {
            if !goesOn { kill(getpid(), SIGTERM) }
        }
        OutputStream.errors.writeInBackground(loss: WatchText.loss)
    }
}
