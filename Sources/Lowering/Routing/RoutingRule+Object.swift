public import KernelObjects
import NetworkTypes
public import RulesetModel

extension RoutingRule {
    /// The rule as the kernel reports it once it is there.
    func object(origin: Int32) -> RoutingRuleObject {
        RoutingRuleObject(
            family: family,
            priority: priority,
            ruleProtocol: weirProtocol,
            source: source.flatMap(Self.meaningful),
            destination: destination.flatMap(Self.meaningful),
            inputInterface: inputInterface?.rawValue,
            outputInterface: outputInterface?.rawValue,
            // Under an empty mask every packet's mark fits, and the kernel reports none.
            mark: mark.flatMap { $0.mask == 0 ? nil : $0 },
            packets: packets,
            isInverted: isInverted,
            asksMasterDevice: action == .lookupOfVRF,
            action: action.number,
            table: action.table,
            gotoTarget: action.target,
            suppressedPrefixLength: suppressedPrefixLength.map { UInt32($0) },
            suppressedGroup: suppressedGroup,
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

    /// A prefix of length 0 is every address; the kernel does not report it.
    private static func meaningful(_ prefix: IPPrefix) -> IPPrefix? {
        prefix.length == 0 ? nil : prefix
    }
}

extension RoutingRule.Action {
    /// `FR_ACT_*`
    fileprivate var number: UInt8 {
        switch self {
        case .lookup, .lookupOfVRF: 1
        case .goTo: 2
        case .nothing: 3
        case .blackhole: 6
        case .unreachable: 7
        case .prohibit: 8
        }
    }

    fileprivate var table: UInt32 {
        guard case .lookup(let table) = self else { return 0 }
        return table
    }

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
