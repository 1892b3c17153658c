import KernelObjects
import Reconciliation
import Transactions

/// Says for people what was brought back, what waits, and what could not be brought back.
struct RestoreText {
    private let restored: Restored
    private let scope: RestoreScope
    private let complaints = ComplaintText(nil, origins: nil)

    init(_ restored: Restored, _ scope: RestoreScope) {
        self.restored = restored
        self.scope = scope
    }

    /// What was done, in one sentence.
    var summary: String {
        guard let generation = restored.generation else {
            return restored.isEmpty
                ? "Nothing was applied: there is nothing to bring back."
                : restored.isClosed
                    ? "No generation could be brought back: the emergency rules were loaded, which let in ssh and nothing else."
                    : "No generation could be brought back: the host was left as it is."
        }
        if restored.isClosed {
            return
                "Generation \(generation.number) has no firewall: the emergency rules were loaded, which let in ssh and nothing else."
        }
        let name = "generation \(generation.number) (\(RecoveryText.text(of: generation)))"
        guard !restored.made.isEmpty else { return "Nothing to do for \(part)\(name): \(rest)." }
        let counts = restored.made.summary
        let subject = part.isEmpty ? "G" + name.dropFirst() : "T" + part.dropFirst() + name
        return
            "\(subject) was brought back: \(counts.added) added, \(counts.changed) changed, \(counts.removed) removed."
    }

    private var part: String {
        switch scope {
        case .all: ""
        case .firewall: "the firewall of "
        case .routing: "the routing of "
        }
    }

    private var rest: String {
        if !restored.conflicts.isEmpty || !restored.missing.isEmpty { return "but see above" }
        return restored.deferred.isEmpty ? "the kernel is as it should be" : "the rest waits"
    }

    /// What waits, and what for.
    var deferred: [String] {
        restored.deferred.map { "waits: \(Self.text(of: $0.subject)): \(Self.text(of: $0.reason))" }
    }

    /// What is wrong.
    var problems: [String] {
        var lines: [String] = []
        for skipped in restored.skipped {
            switch skipped.reason {
            case .unreadable(let error):
                lines.append("weir: generation \(skipped.number) cannot be brought back: \(error)")
            case .refused(let complaints):
                lines.append("weir: generation \(skipped.number) cannot be brought back: the kernel refuses it")
                lines += complaints.map(self.complaints.line)
            case .withoutFirewall:
                lines.append("weir: generation \(skipped.number) cannot be brought back: it has no firewall")
            }
        }
        lines += restored.damage.map { "weir: \($0)" }
        if isDamaged {
            lines.append("'weir recover --discard-damaged' moves damaged files aside: look at them first.")
        }
        if restored.damage.contains(where: { if case .untrusted = $0 { true } else { false } }) {
            lines.append("Nothing in the state directory could be used: 'weir doctor' says what to do.")
        }
        lines += restored.emergencyComplaints.map(complaints.line) + restored.complaints.map(complaints.line)
        lines += restored.conflicts.map(complaints.line)
        if !restored.missing.isEmpty {
            lines.append("The kernel does not have all of the generation. These changes would still be needed:")
            let report = ChangeReporter(restored.missing, observed: nil, desired: nil).report(.folded)
            lines += report.flatRows().map { "  \($0)" }
        }
        return lines
    }

    private var isDamaged: Bool {
        func isDamage(_ error: StoreError) -> Bool { if case .malformed = error { true } else { false } }
        return restored.damage.contains(where: isDamage)
            || restored.skipped.contains { skipped in
                if case .unreadable(let error) = skipped.reason { isDamage(error) } else { false }
            }
    }

    /// That a route which had to give way does not come back.
    static func line(_ forgotten: ForgottenRoute) -> String {
        let route = ObjectText.text(of: forgotten.route, tables: [])
        return "weir: \(route), which had to give way, is not brought back: \(text(of: forgotten.reason))"
    }

    static func text(of subject: Restored.Deferred.Subject) -> String {
        switch subject {
        case .route(let route): ObjectText.text(of: route, tables: [])
        case .sysctl(let setting): "sysctl \(setting.name) = \(setting.value ?? "")"
        }
    }

    static func text(of reason: Restored.Deferred.Reason) -> String {
        switch reason {
        case .missingInterface(let name): "there is no interface '\(name)'"
        case .interfaceDown(let name): "the interface '\(name)' is down"
        case .missingSetting: "the kernel has no such setting"
        case .refused(let refusal): "\(refusal)"
        }
    }
}

extension Restored {
    /// The exit status.
    var status: ExitStatus {
        if isEmpty { return .done }
        guard generation != nil || isClosed else {
            if let complaint = emergencyComplaints.first { return complaint.status }
            switch skipped.first?.reason {
            case .unreadable(let error): return FailureReporter.status(error)
            case .refused(let complaints): return complaints.first?.status ?? .badInput
            case .withoutFirewall: return .inputOutput
            case nil: return damage.first.map(FailureReporter.status) ?? .inputOutput
            }
        }
        guard isWhole else { return .partlyRestored }
        return deferred.isEmpty ? .done : .differences
    }
}
