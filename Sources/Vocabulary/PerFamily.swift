public import NetworkTypes

/// What holds for packets of both families, or something else for each, or for one family alone.
public enum PerFamily<Value: Sendable & Hashable>: Sendable, Hashable {
    /// The same for both families.
    case both(Value)
    /// One for IPv4, one for IPv6: a rule for both becomes two kernel rules.
    case each(ip: Value, ip6: Value)
    /// Packets of IPv4 alone have it.
    case ip(Value)
    /// Packets of IPv6 alone have it.
    case ip6(Value)

    /// The families of packets that have it.
    public var families: AddressFamilies {
        switch self {
        case .both, .each: .both
        case .ip: .ipv4
        case .ip6: .ipv6
        }
    }

    /// What holds for packets of a family; `family` nil stands for both. Nil where there is nothing, or not one thing.
    public func value(for family: AddressFamily?) -> Value? {
        switch (self, family) {
        case (.both(let value), _): value
        case (.each(let value, _), .ipv4?), (.each(_, let value), .ipv6?): value
        case (.ip(let value), .ipv4?), (.ip6(let value), .ipv6?): value
        default: nil
        }
    }

    /// Whether it is something else for each family.
    public var isPerFamily: Bool {
        if case .each = self { true } else { false }
    }

    /// All that there is.
    public var values: [Value] {
        switch self {
        case .both(let value), .ip(let value), .ip6(let value): [value]
        case .each(let ip, let ip6): [ip, ip6]
        }
    }
}
