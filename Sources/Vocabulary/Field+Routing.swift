extension Field {
    /// What the routing tables say of a packet (`nft_fib.c`, `nft_rt.c`).
    static let routing: [Field] = [
        addressType("fib saddr type", flags: 1, option: "--src-type", "what its source address is for this host"),
        addressType("fib daddr type", flags: 2, option: "--dst-type", "what its destination address is for this host"),
        Field(
            "fib saddr iif oif",
            .named(.presence, bits: 32),
            // NFT_FIB_RESULT_OIF; NFTA_FIB_F_SADDR, _IIF and _PRESENT.
            .both(.fib(result: 1, flags: 0x29)),
            places: .received,
            nft: .both("fib saddr . iif oif"),
            iptables: .both(.none(because: "its match `rpfilter` stands in other chains")),
            example: "missing",
            "whether there is a route back to its source by the interface that it came in by"
        ),
        Field(
            "rt mtu",
            .number(bits: 16),
            .both(.route(3)),
            places: .beforeOutput,
            iptables: .both(.none(because: "it has no match on the route's MTU")),
            example: "0-1400",
            "the longest TCP segment that fits into the MTU of its route"
        ),
        Field(
            "rt classid",
            .number(bits: 32),
            .both(.route(0)),
            places: .beforeOutput,
            nftDatatype: Field.realm,
            iptables: .both(.none(because: "its match `realm` also holds for the route that packets came in by")),
            example: "10",
            "the realm of its route"
        ),
        Field(
            "rt ipsec",
            .named(.presence, bits: 8),
            .both(.route(4)),
            places: .beforeOutput,
            iptables: .both(.none(because: "its match on IPsec asks for a policy")),
            example: "exists",
            "whether its route goes through IPsec"
        ),
    ]

    private static func addressType(_ words: String, flags: UInt32, option: String, _ summary: String) -> Field {
        let names = [
            "UNSPEC", "UNICAST", "LOCAL", "BROADCAST", "ANYCAST", "MULTICAST", "BLACKHOLE", "UNREACHABLE", "PROHIBIT",
            "THROW",
        ]
        return Field(
            words,
            .named(.routeTypes, bits: 32),
            // NFT_FIB_RESULT_ADDRTYPE
            .both(.fib(result: 3, flags: flags)),
            iptables: .each(
                ip: .names("addrtype", option, names),
                // The kernel refuses the others for IPv6.
                ip6: .names("addrtype", option, ["", "UNICAST", "LOCAL", "", "ANYCAST", "MULTICAST"])
            ),
            example: "{ local, multicast }",
            summary
        )
    }

    /// `TYPE_REALM` of nft.
    static let realm: UInt32 = 22
}
