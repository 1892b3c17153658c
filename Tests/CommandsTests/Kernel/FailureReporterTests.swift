import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation
import SystemPackage
import Testing

@testable import Commands
@testable import Transactions

/// Every way in which a change can fail: what is said, and the exit status.
struct FailureReporterTests {
    private let reporter = FailureReporter()

    private func explain(_ error: TransactionError) -> (text: String, status: Commands.ExitStatus) {
        let (lines, status) = reporter.explain(error)
        return (lines.joined(separator: "\n"), status)
    }

    @Test(arguments: [
        (StoreError.locked(process: 7), Commands.ExitStatus.locked), (.locked(process: nil), .locked),
        (.system(operation: "open", path: "/s", errno: .permissionDenied), .noPermission),
        (.system(operation: "open", path: "/s", errno: .notPermitted), .noPermission),
        (.system(operation: "write", path: "/s", errno: .noSpace), .inputOutput),
        (.untrusted(path: "/s", reason: "r"), .inputOutput), (.malformed(path: "/s", reason: "r"), .inputOutput),
        (.newerFormat(path: "/s"), .inputOutput), (.noSuchGeneration(4), .noInput), (.noEarlierGeneration, .noInput),
    ])
    func theStateDirectory(error: StoreError, status: Commands.ExitStatus) {
        let explained = explain(.store(error))
        #expect(explained.status == status)
        #expect(explained.text.hasPrefix("weir: \(error)"))
    }

    @Test(arguments: [
        (KernelStateError.Cause.notPermitted, Commands.ExitStatus.noPermission), (.missingFeature("nat"), .unavailable),
        (.stale, .stale), (.refused, .badInput), (.system, .inputOutput),
    ])
    func theKernel(cause: KernelStateError.Cause, status: Commands.ExitStatus) {
        let error = KernelStateError(.readFirewall, cause, errno: .ioError)
        let explained = explain(.kernel(error))
        #expect(explained.status == status)
        #expect(explained.text == "weir: \(error)")
    }

    @Test func whatTheKernelRefusesIsBadInputUnlessItLacksIt() {
        let sysctl = KernelComplaint.Subject.sysctl(SysctlChange(name: "net.a", old: "0", new: "1"))
        var refusal = Refusal(change: 0, errno: .invalidArgument, message: "no good")
        let refused = explain(.refused([KernelComplaint(subject: sysctl, refusal: refusal)]))
        #expect(refused.status == .badInput)
        #expect(refused.text.contains("weir: the kernel refuses 'sysctl net.a = 1': "))
        #expect(refused.text.contains("no good"))
        #expect(refused.text.hasSuffix("\nNothing was changed."))
        refusal.missingFeature = "sets"
        #expect(explain(.refused([KernelComplaint(subject: sysctl, refusal: refusal)])).status == .unavailable)
    }

    @Test func whatTheKernelHasOtherwiseIsNamed() {
        var writer = ExpressionWriter()
        writer.append(.accept)
        let base = ChainObject.Base(type: .filter, hook: .input, priority: 0)
        let rules = [RuleEntry](repeating: RuleEntry(RuleObject(expressions: writer.finish())), count: 11)
        let chain = ChainObject(name: "input", base: base, rules: rules)
        let desired = DesiredState(
            firewall: FirewallState(chains: [chain]),
            sysctls: [SysctlObject(name: "net.a", value: "1")]
        )
        let observed = ObservedState(
            firewall: FirewallState(chains: [ChainObject(name: "input", base: base)]),
            sysctls: [SysctlObject(name: "net.a", value: "0")]
        )
        let changes = difference(desired: desired, observed: observed).changes
        let explained = explain(.undone(.notAsDesired(changes)))
        #expect(explained.status == .rolledBack)
        let lines = explained.text.split(separator: "\n")
        #expect(lines.count == 13)
        #expect(lines[0].hasPrefix("weir: the kernel took the change but does not have what was asked for"))
        #expect(lines[1].hasPrefix("  + in chain input: accept"))
        #expect(lines[11] == "  and 2 more")
    }

    @Test func whatOthersHoldIsRefusedUnlessTheKernelLacksIt() throws {
        let rule = RoutingRuleObject(family: .ipv4, priority: 100, ruleProtocol: 172, action: 1, table: 254)
        var holder = rule
        holder.ruleProtocol = 4
        let taken = Conflict.routingRulePriorityTaken(desired: rule, holder: holder)
        let missing = Conflict.noSuchSysctl(SysctlObject(name: "net.none", value: "1"))
        let refused = explain(.conflicts([taken, missing]))
        #expect(refused.status == .refused)
        #expect(refused.text.contains("a rule of protocol static has the priority 100"))
        #expect(refused.text.contains("the kernel has no setting 'net.none'"))
        #expect(refused.text.hasSuffix("\nNothing was changed."))
        #expect(explain(.conflicts([missing])).status == .unavailable)
    }

    @Test func aStalePlanSaysWhyAndThatNothingWasChanged() {
        #expect(explain(.stale).status == .stale)
        #expect(explain(.stale).text.contains("Weir changed nothing."))
        for (refusal, reason) in [
            (PlanRefusal.otherBoot, "rebooted"), (.otherNamespace, "another network namespace"),
            (.otherProgram(version: "9.9"), "weir 9.9"),
        ] {
            let explained = explain(.unfit(refusal))
            #expect(explained.status == .stale)
            #expect(explained.text.contains(reason))
            #expect(explained.text.contains("Nothing was changed. Make a new plan."))
        }
    }

    @Test(arguments: [
        (FailureCause.stale, "another program"), (.notAsDesired(ChangeSet()), "does not have what was asked for"),
        (.store(.noSuchGeneration(3)), "generation 3"),
        (.kernel(KernelStateError(.changeRoutes, .system, errno: .ioError)), "change routes"),
    ])
    func aChangeThatWasTakenBackSaysSo(cause: FailureCause, reason: String) {
        let explained = explain(.undone(cause))
        #expect(explained.status == .rolledBack)
        #expect(explained.text.contains(reason))
        #expect(explained.text.hasSuffix("What had been done was rolled back; the kernel was read and is as before."))
    }

    @Test func whatIsLeftOverIsListed() {
        let left = ChangeSet(sysctls: [SysctlChange(name: "net.a", old: "1", new: "0", isRestoration: true)])
        func residue(_ remaining: ChangeSet?) -> Residue {
            Residue(
                remaining: remaining,
                conflicts: [.lostForeignObject("set 'theirs'")],
                complaints: [],
                snapshotPath: "/s/txn/3"
            )
        }
        let known = explain(.residue(.stale, residue(left)))
        #expect(known.status == .residue)
        #expect(known.text.contains("NOT EVERYTHING COULD BE ROLLED BACK"))
        #expect(known.text.contains("  ~ sysctl net.a = 0"))
        #expect(known.text.contains("set 'theirs'"))
        #expect(known.text.hasSuffix("The state before is kept in /s/txn/3."))
        #expect(explain(.residue(.stale, residue(nil))).text.contains("The kernel could not be read"))
    }
}
