/// The networks around the host under test: on each link the host is 1, and 2, 3 and 4 are neighbours.
struct Link: Sendable {
    let name: String
    /// Text of the IPv4 network, without the last number.
    let network4: String
    /// Text of the IPv6 network, without the last number.
    let network6: String

    static let all = [
        Link(name: "eth0", network4: "192.0.2.", network6: "2001:db8::"),
        Link(name: "eth1", network4: "198.51.100.", network6: "2001:db8:1::"),
        Link(name: "wlan0", network4: "203.0.113.", network6: "2001:db8:2::"),
        Link(name: "vpn0", network4: "10.9.0.", network6: "2001:db8:9::"),
    ]

    static func named(_ name: String) -> Link {
        guard let link = all.first(where: { $0.name == name }) else { preconditionFailure("no link \(name)") }
        return link
    }

    /// The address of a host on the link; the host under test is 1.
    func address(_ number: Int, isIPv6: Bool) -> Address {
        Address(stringLiteral: (isIPv6 ? network6 : network4) + "\(number)")
    }

    /// The link that an address is on; the default route leads out by eth0.
    static func toward(_ address: Address) -> Link {
        all.first { $0.address(0, isIPv6: address.isIPv6).isNeighbour(of: address) } ?? named("eth0")
    }

    /// Whether an address is the host's own.
    static func isOwn(_ address: Address) -> Bool {
        address == "127.0.0.1" || address == "::1" || all.contains { $0.address(1, isIPv6: address.isIPv6) == address }
    }
}

extension Address {
    func isNeighbour(of other: Address) -> Bool {
        bytes.count == other.bytes.count && bytes.dropLast(isIPv6 ? 8 : 1) == other.bytes.dropLast(isIPv6 ? 8 : 1)
    }
}
