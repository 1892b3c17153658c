import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

/// A kind of values that a place in a rule file asks for.
///
/// The grammar leaves open what a literal is; the place where it stands decides.
protocol ValueKind {
    /// What one literal or range says.
    associatedtype Element
    /// What all literals of a value say together.
    associatedtype Values: Hashable & Sendable

    /// What is expected, for messages: `a port`.
    static var noun: String { get }
    /// Where the values of variables are kept.
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<Values>>> { get }

    /// Reads a literal, a quoted string or a masked value; reports what is wrong with it.
    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> Element?
    /// Makes a range of its two ends.
    static func range(_ lower: Element, _ upper: Element) -> RangeResult<Element>
    /// What one element says.
    static func values(_ element: Element) -> Values
    /// What several elements say together.
    static func values(_ elements: [Element]) -> Values
    /// The elements that say the same.
    static func elements(_ values: Values) -> [Element]
    /// Whether a set with such members can stand for the values.
    static func canBeIn(_ contents: NamedSet.Contents) -> Bool
}

/// What two values with a hyphen between them mean.
enum RangeResult<Element> {
    case range(Element)
    /// This kind of values has no ranges.
    case none
    /// The first end is after the second.
    case reversed
    /// One end is an IPv4, the other an IPv6 address.
    case mixedFamilies
}

extension ValueKind {
    static func range(_ lower: Element, _ upper: Element) -> RangeResult<Element> {
        .none
    }

    static func canBeIn(_ contents: NamedSet.Contents) -> Bool {
        false
    }
}

/// What variables stand for, for each kind of value that they were used as.
final class VariableValues {
    /// The values of one kind.
    final class Table<Result> {
        /// By variable; nothing for one that was not looked at, a nothing in it for one that is wrong.
        private var results: [Result??] = []

        subscript(index: Int) -> Result?? {
            get { index < results.count ? results[index] : .none }
            set {
                while results.count <= index { results.append(.none) }
                results[index] = newValue
            }
        }
    }

    let interfaces = Table<Membership<[InterfacePattern]>>()
    let addresses = Table<Membership<AddressSet>>()
    let networks = Table<Membership<AddressSet>>()
    let singleAddresses = Table<Membership<AddressSet>>()
    let targetAddresses = Table<Membership<[TargetAddresses]>>()
    let prefixes = Table<Membership<[IPPrefix]>>()
    let destinations = Table<Membership<[RouteDestination]>>()
    let protocols = Table<Membership<[IPProtocol]>>()
    let ports = Table<Membership<IntervalSet<UInt16>>>()
    let icmpTypes = Table<Membership<[UInt8]>>()
    let icmpv6Types = Table<Membership<[UInt8]>>()
    let icmpCodes = Table<Membership<[UInt8]>>()
    let icmpv6Codes = Table<Membership<[UInt8]>>()
    let tcpFlags = Table<Membership<TCPFlags>>()
    let states = Table<Membership<ConntrackStates>>()
    let statuses = Table<Membership<ConntrackStatus>>()
    let marks = Table<Membership<[Mark]>>()
    let markIntervals = Table<Membership<IntervalSet<UInt32>>>()
    let users = Table<Membership<IntervalSet<UInt32>>>()
    let groups = Table<Membership<IntervalSet<UInt32>>>()
    let numbers = Table<Membership<[UInt64]>>()
    let words = Table<Membership<[Word]>>()
}
