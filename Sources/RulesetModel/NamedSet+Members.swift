public import NetworkTypes

/// The members as values of one type; nil if the set is of another kind.
extension NamedSet.Contents {
    /// Addresses, prefixes and ranges of addresses.
    public var addresses: AddressSet? {
        switch self {
        case .addresses(let values), .prefixes(let values): values
        default: nil
        }
    }

    /// Ports.
    public var ports: IntervalSet<UInt16>? {
        if case .ports(let values) = self { values } else { nil }
    }

    /// Interfaces.
    public var interfaces: [InterfacePattern]? {
        if case .interfaces(let values) = self { values } else { nil }
    }

    /// Transport protocols.
    public var protocols: [IPProtocol]? {
        if case .protocols(let values) = self { values } else { nil }
    }
}
