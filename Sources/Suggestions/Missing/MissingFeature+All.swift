extension MissingFeature {
    /// All of them: where several fit, the first one counts.
    static let all = routing + verbs + matches + declarations

    // MARK: Routes and policy routing rules

    private static let routing = [
        MissingFeature(
            "policy routing rules that translate, or ask for a tunnel's number or a realm",
            ["^ rule nat|realms|tun_id", "^ rule <any> <any> nat|realms|tun_id"],
            nearest: "a mark chooses the table: `set mark 1 …`, and `rule fwmark 1 lookup 100`"
        ),
        MissingFeature(
            "routes of such types",
            ["^ route broadcast|multicast|anycast|nat"],
            nearest:
                "the kernel makes them for addresses; there are `local`, `throw`, `blackhole`, `unreachable` and `prohibit`"
        ),
        MissingFeature(
            "such attributes of routes",
            ["encap", "nhid", "realms", "expires", "ttl-propagate"].map { "^ route <any> <any> <any> \($0)" }
                + ["encap", "nhid", "realms"],
            nearest:
                "routes have `via`, `dev`, `metric`, `table`, `src`, `tos`, `pref`, `scope`, `onlink`, and metrics as `mtu`"
        ),
    ]

    // MARK: Matches

    private static let matches = [
        MissingFeature(
            "rates per source address",
            [
                "per|by|each|every saddr|source|src|ip|address|host|client|daddr|destination|user|connection",
                "per-source|per-ip|per-host|per-client", "meter", "hashlimit", "recent", "srcip-limit", "limit @",
                "limit saddr|source|per",
            ],
            nearest: "`limit` counts all packets of its rule together; a rule for a network has a rate of its own"
        ),
        MissingFeature(
            "limits of the number of connections",
            [
                "ct count", "count over", "connlimit", "max-src-conn", "maxconn", "conn-limit", "max connections|conn",
                "connections over", "connlimit-above", "max-connections",
            ],
            nearest: "`ct state new limit 5/minute` bounds how many connections start in a time"
        ),
        MissingFeature(
            "sets of hardware addresses",
            ["^ set <any> mac|ether|ether_addr|hwaddr|lladdr"],
            nearest: "a list stands in the rule: `drop in ether saddr { 52:54:00:12:34:56, 52:54:00:12:34:57 }`"
        ),
        MissingFeature(
            "such words for hardware addresses (MAC)",
            [
                "ethernet|mac|macaddr|mac-source|mac-saddr|hwaddr|lladdr|smac|dmac", "src|source mac",
                "saddr|from|daddr|to <mac>", "<mac>", "mac-address", "ether <any>",
            ],
            nearest: "`drop in ether saddr 52:54:00:12:34:56`"
        ),
        MissingFeature(
            "changes of DSCP (TOS)",
            ["set dscp|tos|ip|ip6 dscp|<any>", "mark dscp"],
            nearest: "a mark can choose another way: `set mark 1 out udp dport sip`, and `rule fwmark 1 lookup 100`"
        ),
        MissingFeature(
            "such words for the class of service",
            ["tos|dsfield|traffic-class|diffserv"],
            nearest: "`accept in dscp ef`, or a number from 0 to 63"
        ),
        MissingFeature(
            "changes of the TTL or hop limit",
            ["set ttl|hoplimit|hop-limit|hl"],
            nearest: "`sysctl net.ipv4.ip_default_ttl = 64` is that of this host's own packets"
        ),
        MissingFeature(
            "such words for the TTL or hop limit",
            ["ttl|hoplimit|hop-limit|hl lt|gt|le|ge|eq|below|above", "hop-limit|hl"],
            nearest: "a range of `ttl`: `drop in ttl 0-4`"
        ),
        MissingFeature(
            "such words for hours and days",
            [
                "hours|days|time|weekday|weekdays|weekend|weekends|schedule|timestart|timestop|datestart|date",
                "between", "at night", "from <any> until", "until", "monday|sunday|saturday",
                "daily",
            ],
            nearest:
                "`accept in tcp dport ssh day ! { saturday, sunday } hour 08:00-17:59:59`, which are counted in UTC"
        ),
        MissingFeature(
            "such words for the type of packets",
            [
                "pkt-type|pkt_type", "unicast|broadcast|multicast|anycast",
                "daddr|to|saddr multicast|broadcast|unicast", "dst-type|addrtype",
            ],
            nearest:
                "`drop in fib daddr type broadcast` is about the address, `drop in pkttype broadcast` about the frame"
        ),
        MissingFeature(
            "such questions to the routing table",
            ["fib", "rpf|rpfilter|urpf|antispoof", "reverse path", "no-route|noroute"],
            nearest:
                "`drop in fib saddr iif oif missing` holds for what could not be answered by the interface that it came in by"
        ),
        MissingFeature(
            "word for the host's own addresses",
            [
                "daddr|saddr|to|from self|local|me|myself|host|localhost|my-ip|any-local|this|own", "(self)",
                "saddr|daddr interface|if", "saddr|daddr <if>", "address of",
            ],
            nearest:
                "`fib daddr type local` is every address of this host; `on eth0` names the interface: `dnat in on eth0 …`"
        ),
        MissingFeature(
            "matches on control groups by their path, or on programs",
            [
                "cgroup|cgroup2|cgroupv2|slice", "socket cgroup|cgroupv2",
                "process|program|exe|executable|app|application|comm|pid",
                "out service|unit", "cmd-owner|pid-owner",
            ],
            nearest: "a program can run as a user of its own: `out skuid proxy`"
        ),
        MissingFeature(
            "such questions about IPsec",
            ["ipsec|xfrm", "policy none|ipsec", "pol ipsec"],
            nearest: "`ipsec missing` holds for what came in without it, `rt ipsec exists` for what leaves through it"
        ),
        MissingFeature(
            "such words for the length of packets",
            ["length|len|pktlen", "packet len|length|size", "larger|smaller than"],
            nearest: "`accept in length 0-100`"
        ),
        MissingFeature(
            "matches on VLAN tags",
            ["vlan|8021q|vid", "vlan id"],
            nearest: "a VLAN has an interface of its own: `on eth0.10`"
        ),
        MissingFeature(
            "matches on what packets hold",
            ["string|content|contains|payload|u32|bpf|layer7|l7|regex|url|sni|hostname"],
            nearest: "what is known of a connection are its addresses, ports, state and user"
        ),
        MissingFeature(
            "words for countries or providers",
            ["geoip|country|countries|cc|asn|geo"],
            nearest: #"a set has the prefixes of a list: `set there: prefix from "there.netset"`"#
        ),
        MissingFeature(
            "rules by chance",
            [
                "probability|statistic|nth|random-mod|percent|sample|chance", "random|numgen mod|inc|every",
                "with probability",
            ]
        ),
        MissingFeature(
            "such matches on fragments or header options",
            ["fragment|fragments|ip-option|ipv4options|dst-opts|rt0", "ip|tcp option|options", "exthdr <any>"],
            nearest: "`exthdr frag exists`, `tcp option maxseg size 1400`, `ip option rr exists`"
        ),
        MissingFeature(
            "other questions to connection tracking",
            [
                "ct label|labels|reply|id|timeout|event|helper-name|expectation",
                "set ct zone|label|labels|timeout|event|expectation", "ct original <any>", "direction",
                "connbytes|connlabel|ctdir|ctexpire",
            ],
            nearest:
                "`weir help language` lists what can be asked: `ct state`, `ct direction`, `ct bytes`, `ct original daddr` and others"
        ),
        MissingFeature(
            "such question about a packet",
            [
                "nftrace|devgroup|realm|osf|secmark|sdif",
                "meta <any>", "rt <any>", "socket <any>",
            ],
            nearest: "docs/language.md lists the fields that there are, such as `iifgroup`, `rt mtu` and `socket mark`"
        ),
        MissingFeature("ARP filters", ["arp|arptables", "ether type arp"]),
        MissingFeature(
            "bridge filters",
            ["bridge|ebtables|br_netfilter|ibrname|obrname|physdev|physdev-in"],
            nearest: "what is routed from one interface to another is `forward from eth0 to eth1`"
        ),
    ]

    // MARK: Verbs

    private static let verbs = [
        MissingFeature(
            "changes of the MSS",
            [
                "set mss|maxseg|tcpmss", "set tcp mss|maxseg|option|<any>",
                "clamp|clamp-mss|clampmss|tcpmss|mss|maxseg|max-mss|mssfix",
                "clamp-mss-to-pmtu|clamp-to-pmtu", "tcp option maxseg", "pmtu|scrub",
            ],
            nearest: "for connections of this host a route's `mtu` does: `route 10.0.0.0/8 dev wg0 mtu 1400`"
        ),
        MissingFeature(
            "conntrack helpers",
            [
                "set ct helper", "helper|helpers", "set helper", "load|use helper|<any>", "^ expect",
                "expect",
            ],
            nearest: "a server can be told its ports, and they be let in: `accept in tcp dport 50000-50100`"
        ),
        MissingFeature(
            "copies of marks between packets and connections",
            [
                "set mark ct", "mark set ct", "ct mark set mark|meta", "restore|save mark", "restore-mark|save-mark",
                "--restore-mark|--save-mark", "set ct mark mark|meta",
            ],
            nearest: "`set ct mark 1 …` marks the connection, and `ct mark 1` asks for it"
        ),
        MissingFeature(
            "transparent proxies (TPROXY)",
            ["tproxy|transparent", "socket transparent", "intercept"],
            nearest: "`redirect in tcp dport 80 to :3129` sends connections to a program of this host"
        ),
        MissingFeature(
            "load balancing over a list",
            [
                "numgen|jhash|symhash|round-robin|roundrobin|balance|loadbalance|least-conn|source-hash|weighted",
                "to random", "split|spread|distribute",
            ],
            nearest: "a range of addresses shares the connections: `dnat … to 10.0.0.1-10.0.0.2`"
        ),
        MissingFeature(
            "lists of targets",
            ["to {|[|(", "to <any> ,"],
            of: ["dnat", "snat", "redirect"],
            nearest: "a range of addresses shares the connections: `dnat … to 10.0.0.1-10.0.0.2`"
        ),
        MissingFeature(
            "queues to programs (NFQUEUE)",
            ["queue|nfqueue|ips|ids|inspect"],
            nearest: "`log group 1 …` gives a program copies to read (NFLOG)"
        ),
        MissingFeature(
            "copies of packets to another host",
            ["dup|tee|mirror|dup-to|span|copy|duplicate"],
            nearest: "`log group 1 …` gives a program of this host copies (NFLOG)"
        ),
        MissingFeature(
            "SYN proxies",
            ["synproxy|syn-proxy|synflood", "syn proxy|cookies", "synproxy state"],
            nearest:
                "`sysctl net.ipv4.tcp_syncookies = 1`, and `drop in tcp flags syn / fin,syn,rst,ack limit over 100/second`"
        ),
        MissingFeature(
            "quotas",
            ["quota|quotas", "after <any> bytes|mbytes|gbytes"],
            nearest: "`count` counts packets and bytes"
        ),
        MissingFeature(
            "traffic classes and shaping",
            ["classify|class|tc|shape|bandwidth|htb|qdisc", "set priority|class|classid", "set-class"],
            nearest: "tc reads marks: `set mark 1 out …`; `limit over 10 mbytes/second` in a `drop` bounds a rate"
        ),
        MissingFeature(
            "rules that fill sets",
            [
                "add|update|delete|remove|insert @", "^ add|update|ban|learn|remember|delete",
                "add|update saddr|daddr|to|source|src|address",
                "add|update", "dynamic", "flags dynamic", "set add|update|del", "for <any> add|update|ban",
                "ban for|them",
                "add-set|add-src-to-address-list|add_set|addset",
            ],
            nearest:
                "another program can: `set banned: address timeout 10m`, and `nft add element inet weir banned-v4 { 192.0.2.1 }`"
        ),
        MissingFeature(
            "flowtables",
            ["flowtable|offload|flow-offload|flow_offload|fastpath|fasttrack", "flow add|offload|<any>", "flow"]
        ),
        MissingFeature(
            "tracing of packets",
            ["trace|nftrace", "set nftrace"],
            nearest: "`count` and `log` rules show what came by"
        ),
    ]

    // MARK: Declarations

    private static let declarations = [
        MissingFeature(
            "chains of a device (ingress, egress)",
            ["hook ingress|egress", "device", "netdev", "ingress|egress"],
            nearest: "`chain NAME type filter hook prerouting priority raw` sees packets before they are tracked"
        ),
        MissingFeature(
            "maps",
            ["map|vmap|dict|maps|case|switch"],
            nearest: "a rule for each entry, or a chain that is jumped to"
        ),
        MissingFeature(
            "fields that are looked up together",
            [".", "address|port|prefix|mark .", "<any> . <any>"],
            nearest: "a set for each field, `saddr @hosts dport @ports`, or a rule for each pair"
        ),
        MissingFeature(
            "functions with arguments",
            ["def|func|function|macro"],
            nearest: "`let` names values and groups of matches: `let web = tcp dport { 80, 443 }`; a chain holds rules"
        ),
        MissingFeature(
            "conditions and loops",
            ["^ if", "else|elif|unless|when|while|endif|ifdef", "for each|<any> in"],
            nearest:
                "a block shares matches with its rules: `in on eth0 tcp { … }`; a list stands for each of its values"
        ),
        MissingFeature(
            "groups of interfaces or zones",
            ["zone|zones|ifgroup", "^ zone"],
            nearest: "`let lan = { eth1, eth2 }` names interfaces: `in on $lan { … }`"
        ),
    ]
}
