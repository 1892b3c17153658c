/// An address family and the addresses that the networks of the situations have in it.
enum Family: String, CaseIterable {
    case ipv4 = "IPv4"
    case ipv6 = "IPv6"

    private func pick(_ ipv4: String, _ ipv6: String) -> String { self == .ipv4 ? ipv4 : ipv6 }

    /// The option of ip(8).
    var option: String { pick("-4", "-6") }
    /// The host's address on its first cable, the router's there, and the network.
    var host: String { pick("192.0.2.1", "2001:db8:1::1") }
    var router: String { pick("192.0.2.254", "2001:db8:1::fe") }
    var network: String { pick("192.0.2.0/24", "2001:db8:1::/64") }
    /// The same on its second cable.
    var otherHost: String { pick("198.51.100.1", "2001:db8:2::1") }
    var otherRouter: String { pick("198.51.100.254", "2001:db8:2::fe") }
    var otherNetwork: String { pick("198.51.100.0/24", "2001:db8:2::/64") }
    /// The one who logs in, far away, and the router there.
    var admin: String { pick("203.0.113.2", "2001:db8:3::2") }
    var adminRouter: String { pick("203.0.113.254", "2001:db8:3::fe") }
    var adminNetwork: String { pick("203.0.113.0/24", "2001:db8:3::/64") }
    /// An address that the host has besides, and a network around it.
    var service: String { pick("10.99.0.1", "2001:db8:99::1") }
    var serviceNetwork: String { pick("10.99.0.0/24", "2001:db8:99::/64") }
    /// The two ends of a tunnel.
    var tunnel: String { pick("10.8.0.1", "2001:db8:8::1") }
    var tunnelAdmin: String { pick("10.8.0.2", "2001:db8:8::2") }
    /// A network that nothing is in.
    var nobody: String { pick("10.66.0.0/16", "2001:db8:66::/48") }
    /// An address with the length of its network.
    func withLength(_ address: String) -> String { address + pick("/24", "/64") }
    /// The length of a single address.
    var single: String { pick("/32", "/128") }
    /// What `from all to all` is as a prefix.
    var everything: String { pick("0.0.0.0/0", "::/0") }
    /// The word of a rule file.
    var word: String { pick("ip", "ip6") }
}
