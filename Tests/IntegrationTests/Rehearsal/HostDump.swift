import TestSupport

/// All that a rehearsal could have changed here, as the tools that everybody trusts print it, handles and numbers included.
struct HostDump {
    let text: String

    private static let commands = [
        "nft -a list ruleset", "ip -details link", "ip address", "ip nexthop", "ip -4 route show table all",
        "ip -6 route show table all", "ip -4 rule", "ip -6 rule", "ip neighbour",
        "sysctl net.ipv4.ip_forward net.ipv4.conf.all.forwarding net.ipv6.conf.default.addr_gen_mode",
    ]

    init() throws {
        var text = ""
        for command in Self.commands {
            let output = try run(command.split(separator: " ").map(String.init)).succeeded().output
            text += "# \(command)\n\(output)"
        }
        // How long things have lived, and live on.
        text.replace(/valid_lft \S+ preferred_lft \S+|expires \S+|used \S+/, with: "")
        // When the kernel notices that a cable has another end is its own affair.
        text.replace(/NO-CARRIER,|LOWER_UP,?|qdisc \S+ state [A-Z]+/, with: "")
        self.text = text
    }
}
