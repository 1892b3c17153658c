extension Field {
    /// The headers of IPv4 (RFC 791) and IPv6 (RFC 8200).
    static let network: [Field] = [
        Field(
            "dscp",
            .named(.codePoints, bits: 6),
            .each(ip: .payload(.network, 8..<14), ip6: .payload(.network, 4..<10)),
            nft: .each(ip: "ip dscp", ip6: "ip6 dscp"),
            iptables: .both(.option("dscp", "--dscp")),
            example: "ef",
            "the class of service that it asks for"
        ),
        Field(
            "ecn",
            .named(.congestion, bits: 2),
            .each(ip: .payload(.network, 14..<16), ip6: .payload(.network, 10..<12)),
            nft: .each(ip: "ip ecn", ip6: "ip6 ecn"),
            iptables: .both(.option("ecn", "--ecn-ip-ect")),
            example: "ce",
            "what it says about congestion"
        ),
        Field(
            "ttl",
            aliases: ["hoplimit"],
            .number(bits: 8),
            .each(ip: .payload(.network, 64..<72), ip6: .payload(.network, 56..<64)),
            nft: .each(ip: "ip ttl", ip6: "ip6 hoplimit"),
            iptables: .each(ip: .option("ttl", "--ttl-eq"), ip6: .option("hl", "--hl-eq")),
            example: "1",
            "how many routers it may still pass"
        ),
        ipv4("ip version", 4, 0..<4, "the version of the protocol, which is 4"),
        ipv4("ip hdrlength", 4, 4..<8, "the length of the header in units of four bytes"),
        ipv4("ip length", 16, 16..<32, "the length of the packet as its header has it"),
        ipv4("ip id", 16, 32..<48, "the number that all fragments of a packet share"),
        ipv4("ip frag-off", 16, 48..<64, "the flags of fragments and their offset in units of eight bytes"),
        ipv4("ip checksum", 16, 80..<96, "the header's checksum"),
        ipv6("ip6 flowlabel", .number(bits: 20), 12..<32, "the flow label (RFC 6437)"),
        ipv6("ip6 length", .number(bits: 16), 32..<48, "how many bytes follow the header"),
        ipv6("ip6 nexthdr", .named(.protocols, bits: 8), 48..<56, "what follows the header, extension headers too"),
    ]

    private static func ipv4(_ words: String, _ width: UInt8, _ bits: Range<UInt32>, _ summary: String) -> Field {
        Field(
            words,
            .number(bits: width),
            .ip(.payload(.network, bits)),
            iptables: .both(.none(because: "it has no words for this field of the header")),
            example: "5",
            summary
        )
    }

    private static func ipv6(_ words: String, _ type: ValueType, _ bits: Range<UInt32>, _ summary: String) -> Field {
        Field(
            words,
            type,
            .ip6(.payload(.network, bits)),
            iptables: .both(.none(because: "it has no words for this field of the header")),
            example: "5",
            summary
        )
    }
}
