public import RulesetModel

/// Why a ruleset has no meaning for the kernel.
///
/// The compiler finds these mistakes in rule files and says where they are, but for what becomes larger than it was written. This error
/// is for that, and for rulesets from elsewhere (JSON, a program): lowering never makes half of a rule.
public struct LoweringError: Error, Sendable, Hashable {
    /// The part of the ruleset.
    public var origin: RuleOrigin
    /// What is wrong with it.
    public var reason: Reason

    /// Creates an error.
    public init(origin: RuleOrigin, reason: Reason) {
        self.origin = origin
        self.reason = reason
    }

    /// What is wrong with a part of a ruleset.
    public enum Reason: Error, Sendable, Hashable {
        /// A rule outside declared chains says nothing of a direction.
        case noDirection
        /// The kernel has no place for this verb in this direction.
        case noChain(Direction)
        /// The chain's verbs need base chains of different types.
        case mixedChain(String)
        /// There is no declared chain of this name.
        case unknownChain(String)
        /// There is no set of this name, or it holds other values than the rule asks for.
        case unknownSet(String)
        /// Two sets, or two chains, have one name in the kernel.
        case duplicateName(String)
        /// The rule's conditions exclude each other, or a list is empty.
        case matchesNothing
        /// Ports are asked for, but no protocol that has ports.
        case portsWithoutProtocol
        /// A TCP reset is asked for where packets are not TCP.
        case resetWithoutTCP
        /// `and accept` stands in a declared base chain, which no rule with a direction leads to.
        case acceptInBaseChain
        /// `and accept` would let in more than the rule translates, since a condition cannot be asked for again.
        case lostCondition(LostCondition)
        /// The rule has more conditions, or a set has more values, than the kernel takes.
        case tooLarge
    }
}

extension LoweringError: CustomStringConvertible {
    public var description: String {
        switch reason {
        case .noDirection: "the rule has no direction"
        case .noChain(let direction): "the kernel has no such verb in the direction '\(direction.rawValue)'"
        case .mixedChain(let name): "the verbs of chain '\(name)' need different kinds of base chain"
        case .unknownChain(let name): "there is no chain '\(name)'"
        case .unknownSet(let name): "there is no set '\(name)' for these values"
        case .duplicateName(let name): "the name '\(name)' is taken twice in the kernel"
        case .matchesNothing: "the rule can match no packet"
        case .portsWithoutProtocol: "the rule asks for ports of a protocol that has none"
        case .resetWithoutTCP: "the rule answers with a TCP reset what is not TCP"
        case .acceptInBaseChain: "'and accept' needs a rule outside declared base chains"
        case .lostCondition(let lost): "'and accept' cannot ask for '\(lost.match)' again after the translation"
        case .tooLarge: "the kernel takes no rule or set of this size"
        }
    }
}
