extension Field {
    /// What the kernel knows about a packet (`nft_meta.c`, numbers of `enum nft_meta_keys`).
    static let meta: [Field] = [
        Field(
            "meta length",
            aliases: ["length"],
            .number(bits: 32),
            .both(.meta(0)),
            iptables: .both(.option("length", "--length", range: ":")),
            example: "1280-65535",
            "the length of the packet in bytes, with its network header"
        ),
        Field(
            "pkttype",
            aliases: ["meta pkttype"],
            .named(.packetTypes, bits: 8),
            .both(.meta(19)),
            nft: .both("meta pkttype"),
            iptables: .both(.names("pkttype", "--pkt-type", ["unicast", "broadcast", "multicast", ""])),
            example: "{ broadcast, multicast }",
            "whom the frame was sent to"
        ),
        Field(
            "iifgroup",
            aliases: ["meta iifgroup"],
            .named(.deviceGroups, bits: 32),
            .both(.meta(21)),
            places: .afterInput,
            iptables: .both(.option("devgroup", "--src-group")),
            example: "7",
            "the group of the interface that it came in by (`ip link set … group`)"
        ),
        Field(
            "oifgroup",
            aliases: ["meta oifgroup"],
            .named(.deviceGroups, bits: 32),
            .both(.meta(22)),
            places: .beforeOutput,
            iptables: .both(.option("devgroup", "--dst-group")),
            example: "7",
            "the group of the interface that it leaves by"
        ),
        Field(
            "iiftype",
            aliases: ["meta iiftype"],
            .named(.hardware, bits: 16),
            .both(.meta(8)),
            places: .afterInput,
            nft: .both("meta iiftype"),
            iptables: .both(.none(because: "it has no word for the hardware of an interface")),
            example: "ppp",
            "the hardware of the interface that it came in by"
        ),
        Field(
            "oiftype",
            aliases: ["meta oiftype"],
            .named(.hardware, bits: 16),
            .both(.meta(9)),
            places: .beforeOutput,
            nft: .both("meta oiftype"),
            iptables: .both(.none(because: "it has no word for the hardware of an interface")),
            example: "! loopback",
            "the hardware of the interface that it leaves by"
        ),
        Field(
            "iifkind",
            aliases: ["meta iifkind"],
            .interfaceKind,
            .both(.meta(26)),
            places: .afterInput,
            nft: .both("meta iifkind"),
            iptables: .both(.none(because: "it has no word for the kind of an interface")),
            example: "\"wireguard\"",
            "the kind of the interface that it came in by (`ip link … type`)"
        ),
        Field(
            "oifkind",
            aliases: ["meta oifkind"],
            .interfaceKind,
            .both(.meta(27)),
            places: .beforeOutput,
            nft: .both("meta oifkind"),
            iptables: .both(.none(because: "it has no word for the kind of an interface")),
            example: "\"vrf\"",
            "the kind of the interface that it leaves by"
        ),
        Field(
            "cpu",
            aliases: ["meta cpu"],
            .number(bits: 32),
            .both(.meta(20)),
            nft: .both("meta cpu"),
            iptables: .both(.option("cpu", "--cpu")),
            example: "0-3",
            "the number of the processor that handles it"
        ),
        Field(
            "cgroup",
            aliases: ["meta cgroup"],
            .number(bits: 32),
            .both(.meta(23)),
            nft: .both("meta cgroup"),
            iptables: .both(.option("cgroup", "--cgroup")),
            example: "1048577",
            "the class that the control group `net_cls` gives to the sending socket"
        ),
        Field(
            "rtclassid",
            aliases: ["meta rtclassid"],
            .number(bits: 32),
            .both(.meta(13)),
            nft: .both("meta rtclassid"),
            nftDatatype: realm,
            iptables: .each(ip: .option("realm", "--realm"), ip6: .none(because: "IPv6 has no realms there")),
            example: "10",
            "the realm of the route that was found (`ip route … realm`)"
        ),
        Field(
            "ipsec",
            aliases: ["meta ipsec", "meta secpath"],
            .named(.presence, bits: 8),
            .both(.meta(25)),
            places: .received,
            nft: .both("meta ipsec"),
            iptables: .both(.none(because: "its match on IPsec asks for a policy, not for how a packet came in")),
            example: "missing",
            "whether it came in through IPsec"
        ),
        Field(
            "day",
            aliases: ["meta day"],
            .named(.weekdays, bits: 8),
            .both(.meta(31)),
            nft: .both("meta day"),
            iptables: .both(.none(because: "its match on time counts days in another time zone once a clock is set")),
            example: "{ saturday, sunday }",
            "the day of the week, counted in UTC"
        ),
        Field(
            "hour",
            aliases: ["meta hour"],
            .timeOfDay,
            .both(.meta(32)),
            nft: .both("meta hour"),
            iptables: .both(.none(because: "its match on time has whole minutes and another time zone")),
            example: "22:00-05:59:59",
            "the time of day, counted in UTC; a range may go over midnight"
        ),
    ]
}
