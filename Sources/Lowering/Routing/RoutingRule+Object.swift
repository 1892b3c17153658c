public import KernelObjects
import NetworkTypes
public import RulesetModel

extension RoutingRule {
    /// The rule as the kernel reports it once it is there.
    func object(origin: Int32) -> RoutingRuleObject {
        let identity = identity
        return RoutingRuleObject(
            family: family,
            priority: priority,
            ruleProtocol: weirProtocol,
            source: identity.source,
            destination: identity.destination,
            inputInterface: identity.inputInterface,
            outputInterface: identity.outputInterface,
            mark: identity.mark,
            packets: identity.packets,
            isInverted: isInverted,
            asksMasterDevice: identity.asksMasterDevice,
            action: identity.action,
            table: identity.table,
            gotoTarget: action.target,
            suppressedPrefixLength: identity.suppressedPrefixLength,
            suppressedGroup: identity.suppressedGroup,
            origin: origin
        )
    }

    /// The rule that an object describes; nothing where the model has no word for it.
    public init?(_ object: RoutingRuleObject) {
        guard !object.hasUnknownAttributes, let action = Action(object) else { return nil }
        var interfaces: [InterfaceName?] = []
        for name in [object.inputInterface, object.outputInterface] {
            let valid = name.flatMap { InterfaceName($0) }
            guard (name == nil) == (valid == nil) else { return nil }
            interfaces.append(valid)
        }
        let suppressedLength = object.suppressedPrefixLength.flatMap { UInt8(exactly: $0) }
        guard (object.suppressedPrefixLength == nil) == (suppressedLength == nil) else { return nil }
        self.init(
            family: object.family,
            priority: object.priority,
            source: object.source,
            destination: object.destination,
            inputInterface: interfaces[0],
            outputInterface: interfaces[1],
            mark: object.mark,
            packets: object.packets,
            isInverted: object.isInverted,
            action: action,
            suppressedPrefixLength: suppressedLength,
            suppressedGroup: object.suppressedGroup
        )
    }
}

extension RoutingRule.Action {
    fileprivate var target: UInt32? {
        guard case .goTo(let target) = self else { return nil }
        return target
    }

    fileprivate init?(_ object: RoutingRuleObject) {
        guard (object.gotoTarget != nil) == (object.action == 2) else { return nil }
        guard object.asksMasterDevice == (object.action == 1 && object.table == 0) else { return nil }
        switch object.action {
        case 1: self = object.asksMasterDevice ? .lookupOfVRF : .lookup(object.table)
        case 2: self = .goTo(object.gotoTarget ?? 0)
        case 3: self = .nothing
        case 6: self = .blackhole
        case 7: self = .unreachable
        case 8: self = .prohibit
        default: return nil
        }
    }
}
