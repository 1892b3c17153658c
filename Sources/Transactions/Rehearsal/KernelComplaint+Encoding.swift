import KernelObjects
import KernelState
import Reconciliation
import SystemPackage

/// What a refused message was about, as a number. Of sets, chains and objects the name is kept, which is what is said of them.
private enum SubjectTag: UInt8 {
    case batch, addTable, deleteTable, addSet, deleteSet, addChain, deleteChain, addRule, deleteRule
    case addObject, deleteObject
    case setRoute, deleteRoute, addRoutingRule, deleteRoutingRule, sysctl
}

extension ByteWriter {
    /// Writes a complaint.
    mutating func complaint(_ complaint: KernelComplaint) {
        number(complaint.origin)
        switch complaint.subject {
        case .firewallBatch: number(SubjectTag.batch.rawValue)
        case .firewall(let step): self.step(step)
        case .route(let change):
            if let route = change.desired {
                number(SubjectTag.setRoute.rawValue)
                self.route(route)
            } else if let route = change.observed {
                number(SubjectTag.deleteRoute.rawValue)
                self.route(route)
            }
        case .routingRule(.add(let rule)):
            number(SubjectTag.addRoutingRule.rawValue)
            routingRule(rule)
        case .routingRule(.delete(let rule)):
            number(SubjectTag.deleteRoutingRule.rawValue)
            routingRule(rule)
        case .sysctl(let change):
            number(SubjectTag.sysctl.rawValue)
            text(change.name)
            text(change.old)
            text(change.new)
        }
        number(complaint.refusal.errno.rawValue)
        optional(complaint.refusal.message) { $0.text($1) }
        optional(complaint.refusal.missingFeature) { $0.text($1) }
    }

    private mutating func step(_ step: FirewallStep) {
        switch step {
        case .addTable: number(SubjectTag.addTable.rawValue)
        case .deleteTable: number(SubjectTag.deleteTable.rawValue)
        case .addSet(let set), .addElements(_, let set), .addTransientElements(_, let set): name(.addSet, set.name)
        case .deleteSet(let set), .deleteElements(_, let set): name(.deleteSet, set.name)
        case .addChain(let chain), .setPolicy(let chain): name(.addChain, chain.name)
        case .deleteChain(let chain), .flushChain(let chain): name(.deleteChain, chain.name)
        case .addRule(let entry, let chain, _), .replaceRule(_, let entry, let chain):
            name(.addRule, chain)
            rule(entry.rule)
        case .deleteRule(let entry, let chain):
            name(.deleteRule, chain)
            rule(entry.rule)
        case .addForeignObject(let object): name(.addObject, object.name)
        case .deleteForeignObject(let object): name(.deleteObject, object.name)
        }
    }

    private mutating func name(_ tag: SubjectTag, _ name: String) {
        number(tag.rawValue)
        text(name)
    }
}

extension ByteReader {
    /// Reads a complaint.
    mutating func complaint() throws(MalformedBytes) -> KernelComplaint {
        let origin: Int32 = try number()
        let subject = try subject(origin)
        let refusal = Refusal(
            change: nil,
            errno: Errno(rawValue: try number()),
            message: try optional { (reader) throws(MalformedBytes) in try reader.text() },
            missingFeature: try optional { (reader) throws(MalformedBytes) in try reader.text() }
        )
        return KernelComplaint(subject: subject, refusal: refusal)
    }

    private mutating func subject(_ origin: Int32) throws(MalformedBytes) -> KernelComplaint.Subject {
        guard let tag = SubjectTag(rawValue: try number()) else {
            throw MalformedBytes(reason: "it complains of something unknown")
        }
        switch tag {
        case .batch: return .firewallBatch
        case .addTable: return .firewall(.addTable)
        case .deleteTable: return .firewall(.deleteTable)
        case .addSet: return .firewall(.addSet(try namedSet()))
        case .deleteSet: return .firewall(.deleteSet(try namedSet()))
        case .addChain: return .firewall(.addChain(ChainObject(name: try text())))
        case .deleteChain: return .firewall(.deleteChain(ChainObject(name: try text())))
        case .addRule:
            let chain = try text()
            return .firewall(.addRule(RuleEntry(try rule(), origin: origin), chain: chain, before: nil))
        case .deleteRule:
            let chain = try text()
            return .firewall(.deleteRule(RuleEntry(try rule()), chain: chain))
        case .addObject: return .firewall(.addForeignObject(try namedObject()))
        case .deleteObject: return .firewall(.deleteForeignObject(try namedObject()))
        case .setRoute:
            var route = try route()
            route.origin = origin
            return .route(.add(route))
        case .deleteRoute: return .route(.delete(try route()))
        case .addRoutingRule:
            var rule = try routingRule()
            rule.origin = origin
            return .routingRule(.add(rule))
        case .deleteRoutingRule: return .routingRule(.delete(try routingRule()))
        case .sysctl:
            return .sysctl(SysctlChange(name: try text(), old: try text(), new: try text(), origin: origin))
        }
    }

    private mutating func namedSet() throws(MalformedBytes) -> SetObject {
        SetObject(name: try text(), flags: [], keyType: 0, keyLength: 0)
    }

    private mutating func namedObject() throws(MalformedBytes) -> ForeignObject {
        ForeignObject(messageType: 0, name: try text(), attributes: [])
    }
}
