extension Field {
    /// What is known about a packet's connection (`nft_ct.c`, numbers of `enum nft_ct_keys`).
    static let conntrack: [Field] =
        [
            Field(
                "ct direction",
                .named(.directions, bits: 8),
                .both(.conntrack(1)),
                iptables: .both(.names("conntrack", "--ctdir", ["ORIGINAL", "REPLY"])),
                example: "reply",
                "whether it goes the way of the connection's first packet, or back"
            ),
            Field(
                "ct expiration",
                .duration,
                .both(.conntrack(5)),
                iptables: .both(.none(because: "it counts the lifetime of a connection in whole seconds")),
                example: "1s-30s",
                "how long the connection is still remembered without another packet"
            ),
            Field(
                "ct helper",
                .text,
                .both(.conntrack(6)),
                iptables: .both(
                    .none(
                        because: "its match on a helper holds for the helper's connections, not for the one that has it"
                    )
                ),
                example: "\"ftp\"",
                "the helper that follows the connection"
            ),
            Field(
                "ct zone",
                .number(bits: 16),
                .both(.conntrack(17)),
                iptables: .both(.none(because: "it has no match on the zone of a connection")),
                example: "5",
                "the zone that the connection is known in"
            ),
        ] + counts("bytes", 15, "how many bytes the connection has carried")
        + counts("packets", 14, "how many packets the connection has had")
        + counts("avgpkt", 16, "how many bytes the connection's packets have on average")

    /// A count over both directions, and of each alone.
    private static func counts(_ word: String, _ key: UInt32, _ summary: String) -> [Field] {
        [("", nil, ""), ("original ", 0, ", in the original direction"), ("reply ", 1, ", in the reply direction")]
            .map { (direction: String, number: UInt8?, addition: String) in
                Field(
                    "ct \(direction)\(word)",
                    .number(bits: 64),
                    .both(.conntrack(key, direction: number)),
                    iptables: .both(
                        .none(because: "its match on what a connection has carried takes no single values")
                    ),
                    example: "1000000-18446744073709551615",
                    "\(summary)\(addition); counted only while `net.netfilter.nf_conntrack_acct` is 1"
                )
            }
    }
}
