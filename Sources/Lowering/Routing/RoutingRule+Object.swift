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
            action: action.number,
            table: action.table,
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
        self.init(
            family: object.family,
            priority: object.priority,
            source: object.source,
            destination: object.destination,
            inputInterface: interfaces[0],
            outputInterface: interfaces[1],
            mark: object.mark,
            action: action
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
        case .lookup: 1
        case .blackhole: 6
        case .unreachable: 7
        case .prohibit: 8
        }
    }

    fileprivate var table: UInt32 {
        guard case .lookup(let table) = self else { return 0 }
        return table
    }

    fileprivate init?(_ object: RoutingRuleObject) {
        switch object.action {
        case 1: self = .lookup(object.table)
        case 6: self = .blackhole
        case 7: self = .unreachable
        case 8: self = .prohibit
        default: return nil
        }
    }
}
