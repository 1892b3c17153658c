import KernelState
import Transactions

/// Lets the guards judge what would be put back: nobody is there to override them.
final class HealGuard {
    private let kernel: KernelOptions
    private let terminal: Terminal
    /// Keeps the kernel tracking connections until the change is made.
    private var guardian: Guardian?

    init(_ kernel: KernelOptions, _ terminal: Terminal) {
        self.kernel = kernel
        self.terminal = terminal
    }

    /// What speaks against it.
    func objections(to preview: Preview) -> [String] {
        do throws(KernelStateError) {
            var guardian = try Guardian(kernel, [])
            let judgement = try guardian.judge(PreviewReporter(preview), terminal)
            guard judgement.refusals.isEmpty else { return judgement.refusals.map(\.text) }
            let isTracked = try guardian.track(judgement, terminal)
            self.guardian = consume guardian
            return isTracked ? [] : ["an ssh session would be cut"]
        } catch {
            return ["\(error)"]
        }
    }

    /// What was judged is over.
    func release() {
        guardian = nil
    }
}
