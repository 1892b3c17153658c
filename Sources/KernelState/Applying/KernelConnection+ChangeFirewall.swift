import KernelObjects
import Netlink
import SystemPackage

extension KernelConnection {
    /// Commits a change of the firewall: all of it or nothing.
    /// - Parameter generation: The generation that the change was made for; if nf_tables has changed since, nothing happens and the
    ///   error's cause is `stale`.
    /// - Returns: The generation after the change.
    @discardableResult
    public mutating func commit(
        _ transaction: inout FirewallTransaction,
        ifGeneration generation: UInt32
    ) throws(KernelStateError) -> UInt32 {
        let outcome: BatchOutcome
        do throws(NetlinkError) {
            outcome = try firewall.commit(&transaction.batch, ifGeneration: generation)
        } catch {
            throw KernelStateError(.changeFirewall, error)
        }
        if let error = KernelStateError(.changeFirewall, outcome, of: transaction) { throw error }
        let now = try readGeneration()
        // Neither error nor acknowledgement: the generation tells whether it happened.
        guard outcome.isSuccess || now != generation || transaction.messageCount == 0 else {
            throw KernelStateError(.changeFirewall, .system, errno: .ioError, message: "the kernel did not answer")
        }
        return now
    }

    /// Has the kernel check a change of the firewall without making it.
    ///
    /// In a table that is made in the same transaction the kernel does not check loops, depth of jumps and what is legal in a hook.
    public mutating func validate(
        _ transaction: inout FirewallTransaction,
        ifGeneration generation: UInt32
    ) throws(KernelStateError) {
        let outcome: BatchOutcome
        do throws(NetlinkError) {
            outcome = try firewall.validate(&transaction.batch, ifGeneration: generation)
        } catch {
            throw KernelStateError(.checkFirewall, error)
        }
        if let error = KernelStateError(.checkFirewall, outcome, of: transaction) { throw error }
    }
}

extension KernelConnection {
    /// Refuses to make rules on a kernel on which they would not be what they say.
    public static func requireSupportedKernel() throws(KernelStateError) {
        guard let version = KernelVersion(release: kernelRelease), version < .oldest else { return }
        let feature =
            "what Weir's rules are made of: it needs Linux \(KernelVersion.oldest.series) or later, and this is \(version)"
        throw KernelStateError(.checkFirewall, .missingFeature(feature))
    }
}

extension KernelStateError {
    /// Nothing where no error was reported.
    fileprivate init?(_ operation: Operation, _ outcome: BatchOutcome, of transaction: FirewallTransaction) {
        guard let first = outcome.errors.first else { return nil }
        guard !outcome.isStale else {
            self.init(operation, .stale, errno: .restart)
            return
        }
        // One cause often has many victims; a few are enough for people.
        let refusals = outcome.errors.prefix(Self.mostRefusals).map { transaction.refusal($0) }
        let cause: Cause =
            if outcome.errors.contains(where: { $0.errno == .notPermitted }) {
                .notPermitted
            } else if let feature = refusals.first(where: { $0.missingFeature != nil })?.missingFeature {
                .missingFeature(feature)
            } else {
                .refused
            }
        self.init(operation, cause, errno: first.errno, message: first.message, refusals: refusals)
    }

    private static let mostRefusals = 20
}
