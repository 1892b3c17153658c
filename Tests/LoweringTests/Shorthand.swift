import NetworkTypes
import RulesetModel
import Testing

// Short words for the parts of rules in tables.

/// A value that the test itself writes down, and that therefore must be there.
func valid<Value>(_ value: Value?) -> Value {
    guard let value else { fatalError("the test has a value that is not valid") }
    return value
}

func pattern(_ text: String) -> InterfacePattern {
    let isPrefix = text.last == "*"
    return InterfacePattern(valid(InterfaceName(isPrefix ? String(text.dropLast()) : text)), isPrefix: isPrefix)
}

func from(_ names: String..., isNegated: Bool = false) -> Match {
    .inputInterface(Membership(names.map(pattern), isNegated: isNegated))
}

func to(_ names: String..., isNegated: Bool = false) -> Match {
    .outputInterface(Membership(names.map(pattern), isNegated: isNegated))
}

/// Addresses, prefixes and ranges of either family.
func addresses(_ texts: [String]) -> AddressSet {
    AddressSet(texts.map(range))
}

func saddr(_ texts: String..., isNegated: Bool = false) -> Match {
    .sourceAddress(Membership(addresses(texts), isNegated: isNegated))
}

func daddr(_ texts: String..., isNegated: Bool = false) -> Match {
    .destinationAddress(Membership(addresses(texts), isNegated: isNegated))
}

func saddr(set name: String, isNegated: Bool = false) -> Match {
    .sourceAddress(Membership(.namedSet(name), isNegated: isNegated))
}

func proto(_ protocols: IPProtocol..., isNegated: Bool = false) -> Match {
    .transportProtocol(Membership(protocols, isNegated: isNegated))
}

let tcp = proto(.tcp)
let udp = proto(.udp)

func ports(_ ranges: [ClosedRange<UInt16>]) -> IntervalSet<UInt16> {
    IntervalSet(ranges.map { valid(Interval($0.lowerBound, $0.upperBound)) })
}

func sport(_ ranges: ClosedRange<UInt16>..., isNegated: Bool = false) -> Match {
    .sourcePort(Membership(ports(ranges), isNegated: isNegated))
}

func dport(_ ranges: ClosedRange<UInt16>..., isNegated: Bool = false) -> Match {
    .destinationPort(Membership(ports(ranges), isNegated: isNegated))
}

func originalPort(_ ranges: ClosedRange<UInt16>..., isNegated: Bool = false) -> Match {
    .originalDestinationPort(Membership(ports(ranges), isNegated: isNegated))
}

func originalAddress(_ texts: String..., isNegated: Bool = false) -> Match {
    .originalDestinationAddress(Membership(addresses(texts), isNegated: isNegated))
}

func users(_ ranges: ClosedRange<UInt32>..., isNegated: Bool = false) -> Membership<IntervalSet<UInt32>> {
    Membership(IntervalSet(ranges.map { valid(Interval($0.lowerBound, $0.upperBound)) }), isNegated: isNegated)
}

extension ClosedRange where Bound == UInt16 {
    static func port(_ port: UInt16) -> Self { port...port }
}

func range(_ text: String) -> AddressRange {
    valid(try? AddressRange(text))
}

/// New addresses: a prefix keeps the host part.
func target(_ text: String) -> TargetAddresses {
    text.contains("/") ? TargetAddresses(valid(try? IPPrefix(text))) : TargetAddresses(range(text))
}
