/// Words of nftables' src/scanner.l.
enum NftScannerWords {
    /// Those that are tokens in some places only, from 1.0.6 to 1.1.6.
    static let inPlaces = [
        "a-rwnd", "abort", "ackseq", "addr", "asconf", "asconf-ack", "avgpkt", "burst", "bypass", "bytes", "cfi",
        "cgroupv2", "chains", "check", "checksum", "chunk", "class", "classid", "code", "cookie-ack", "cookie-echo",
        "count", "counters", "cpi", "csumcov", "cum-tsn-ack", "cwr", "daddr", "data", "dei", "direction", "doff",
        "dport", "dscp", "echo", "ecne", "egress", "eol", "error", "erspan", "event", "expectation", "expiration",
        "fanout", "fastopen", "flowlabel", "flowtables", "forward-tsn", "frag-off", "fully-random", "gateway",
        "gbp", "group", "hdrlength", "heartbeat", "heartbeat-ack", "helper", "helpers", "hlen", "hooks", "hoplimit",
        "htype", "icmpx", "id", "in", "inc", "ingress", "init", "init-ack", "init-tag", "initial-tsn", "json",
        "l3proto", "label", "last-entry", "left", "length", "level", "limits", "ll", "lowest-tsn", "lsrr", "maps",
        "max-delay", "maxseg", "md5sig", "memory", "meters", "minute", "mod", "more-fragments", "mptcp", "mrt",
        "mss", "mtu", "name", "never", "new-cum-tsn", "nexthdr", "nexthop", "nh", "noop", "nop", "num",
        "num-dup-tsns", "num-gap-ack-blocks", "num-inbound-streams", "num-outbound-streams", "offset", "operation",
        "opt-type", "option", "options", "original", "out", "over", "packets", "param-problem", "path", "pcp",
        "performance", "persistent", "plen", "port", "ppid", "prefix", "proto-dst", "proto-src", "protocol", "ptr",
        "ptype", "queue-threshold", "quotas", "ra", "rate", "reply", "reqid", "reserved", "reserved2", "right",
        "rr", "rules", "sack", "sack-perm", "sack-permitted", "sack0", "sack1", "sack2", "sack3", "saddr",
        "secmarks", "second", "seed", "seg-left", "seqno", "sequence", "sets", "shutdown", "shutdown-ack",
        "shutdown-complete", "sid", "snaplen", "spi", "spnum", "sport", "ssn", "ssrr", "state", "status", "stream",
        "subtype", "synproxys", "tables", "taddr", "tag", "timestamp", "to", "tos", "trace", "transparent", "tsecr",
        "tsn", "tsval", "ttl", "tunnels", "until", "urgptr", "used", "value", "version", "vm", "vtag", "week",
        "wildcard", "window", "with", "wscale", "xml", "zone",
    ]
}
