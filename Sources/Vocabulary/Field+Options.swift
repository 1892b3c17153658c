extension Field {
    /// Extension headers of IPv6 (RFC 8200, 4302), options of TCP (RFC 9293, 7323, 2018) and of IPv4 (RFC 791, 2113).
    static let options: [Field] = extensionHeaders + extensionHeaderFields + tcpOptions + tcpOptionFields + ipv4Options

    private static let extensionHeaders: [Field] = [
        ("hbh", 0, "options for each router"), ("rt", 43, "a routing header"), ("frag", 44, "a fragment header"),
        ("dst", 60, "options for the destination"), ("mh", 135, "a mobility header"),
    ].map { (name: String, number: UInt8, summary: String) in
        option("exthdr \(name)", .ip6(.extensionHeaderPresence(.ipv6, type: number)), "whether it has \(summary)")
    }

    private static let extensionHeaderFields: [Field] = [
        ("frag frag-off", 13, 44, 16..<29, "where the fragment belongs, in units of eight bytes"),
        ("frag more-fragments", 1, 44, 31..<32, "1 if more fragments follow"),
        ("frag id", 32, 44, 32..<64, "the number that all fragments of a packet share"),
        ("rt type", 8, 43, 16..<24, "the type of the routing header"),
        ("rt seg-left", 8, 43, 24..<32, "how many hosts of the routing header come yet"),
        ("hbh hdrlength", 8, 0, 8..<16, "the length of the options for each router"),
        ("dst hdrlength", 8, 60, 8..<16, "the length of the options for the destination"),
    ].map { (words: String, width: UInt8, number: UInt8, bits: Range<UInt32>, summary: String) in
        field(words, width, .ip6(.extensionHeader(.ipv6, type: number, bits)), summary)
    }

    private static let tcpOptions: [Field] = [
        ("maxseg", 2, "says its longest segment"), ("window", 3, "scales its window"),
        ("sack-perm", 4, "takes selective acknowledgements"), ("sack", 5, "acknowledges selectively"),
        ("timestamp", 8, "has timestamps"),
    ].map { (name: String, number: UInt8, summary: String) in
        option(
            "tcp option \(name)",
            .both(.extensionHeaderPresence(.tcp, type: number)),
            "whether the segment \(summary)"
        )
    }

    private static let tcpOptionFields: [Field] = [
        ("tcp option maxseg size", 16, 2, 16..<32, "the longest segment that its sender takes (MSS)"),
        ("tcp option window count", 8, 3, 16..<24, "by how many bits its sender shifts windows"),
        ("tcp option timestamp tsval", 32, 8, 16..<48, "its sender's timestamp"),
        ("tcp option timestamp tsecr", 32, 8, 48..<80, "the timestamp that it answers"),
    ].map { (words: String, width: UInt8, number: UInt8, bits: Range<UInt32>, summary: String) in
        field(words, width, .both(.extensionHeader(.tcp, type: number, bits)), summary)
    }

    private static let ipv4Options: [Field] = [
        ("rr", 7, "records its route"), ("lsrr", 131, "has a loose source route"),
        ("ssrr", 137, "has a strict source route"),
        ("ra", 148, "asks each router to look at it"),
    ].map { (name: String, number: UInt8, summary: String) in
        option("ip option \(name)", .ip(.extensionHeaderPresence(.ipv4, type: number)), "whether it \(summary)")
    }

    private static func option(_ words: String, _ load: PerFamily<Load>, _ summary: String) -> Field {
        Field(
            words,
            .named(.presence, bits: 8),
            load,
            iptables: .both(.none(because: "it asks for options in other ways")),
            example: "exists",
            summary
        )
    }

    private static func field(_ words: String, _ width: UInt8, _ load: PerFamily<Load>, _ summary: String) -> Field {
        Field(
            words,
            .number(bits: width),
            load,
            iptables: .both(.none(because: "it has no words for this field of the header")),
            example: "1",
            summary
        )
    }
}
