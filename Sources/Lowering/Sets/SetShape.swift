import NetworkTypes
import RulesetModel

/// What a rule has to know of a named set in order to look into it.
struct SetShape: Sendable {
    /// The kind of values.
    enum Kind: Sendable {
        case addresses
        case ports
        case interfaces
        case marks
        case protocols
    }

    /// The kind of values.
    let kind: Kind
    /// The name in the kernel of a set that holds no addresses.
    let name: String
    /// The families that have a kernel set of their own; both for a set that holds no addresses.
    let families: AddressFamilies
    /// Whether a set of marks holds ranges, which compare in network byte order.
    let isInterval: Bool
    /// The name in the kernel of the IPv4 part.
    let ipv4Name: String
    /// The name in the kernel of the IPv6 part.
    let ipv6Name: String

    /// The shape of a set; `families` are those that the kernel has a set for, where it need not be what Weir makes.
    init(_ set: NamedSet, families known: AddressFamilies? = nil) {
        isInterval = if case .marks(let marks) = set.contents { !marks.isSingles } else { false }
        name = set.name
        ipv4Name = set.name + Self.suffix(of: .ipv4)
        ipv6Name = set.name + Self.suffix(of: .ipv6)
        families = known ?? set.families ?? .both
        kind =
            switch set.contents {
            case .addresses, .prefixes: .addresses
            case .ports: .ports
            case .interfaces: .interfaces
            case .marks: .marks
            case .protocols: .protocols
            }
    }

    /// What the kernel's name of one family's part of a set ends with.
    static func suffix(of family: AddressFamily) -> String {
        family == .ipv4 ? "-v4" : "-v6"
    }

    /// The name in the kernel of one family's part.
    func name(_ family: AddressFamily) -> String {
        family == .ipv4 ? ipv4Name : ipv6Name
    }
}
