import TestSupport
import Testing

/// For each way in which the kernel finds a field: the packet that has the value is counted, its neighbour that has another is not.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct FieldTrafficTests {
    /// A rule and two packets, each as a command of the script below.
    private struct Case {
        let rule: String
        let fitting: String
        let other: String

        init(_ rule: String, _ fitting: String, not other: String) {
            (self.rule, self.fitting, self.other) = (rule, fitting, other)
        }
    }

    private static let cases: [Case] = [
        // Bits and bytes of headers.
        Case("in ip dscp ef", "send tos=0xb8", not: "send tos=0x28"),
        Case("in ip6 dscp { cs1, ef }", "send6 tos=0xb8", not: "send6 tos=0x28"),
        Case("in ip ecn ce", "send tos=3", not: "send tos=1"),
        Case("in ip ttl 3-5", "send ttl=5", not: "send ttl=6"),
        Case("in ip6 ttl 3", "send6 ttl=3", not: "send6 ttl=4"),
        Case("in udp length 13", "send data=12345", not: "send data=123456"),
        Case("in ah spi 5", "raw proto=51 data=0404000000000005", not: "raw proto=51 data=0404000000000006"),
        Case("in sctp vtag 7", "raw proto=132 data=0001000200000007", not: "raw proto=132 data=0001000200000008"),
        Case(
            "in udp dport 5999 ether saddr { 52:54:00:12:34:56, 52:54:00:12:34:60 }",
            "send port=5999",
            not: "address 52:54:00:12:34:57; send port=5999; address 52:54:00:12:34:56"
        ),
        // Extension headers and options.
        Case("in exthdr hbh exists", "send6 hbh=1", not: "send6"),
        Case("in ip option rr exists", "send rr=1", not: "send"),
        Case("in tcp dport 5998 tcp option maxseg size 1000", "connect mss=1000", not: "connect mss=1100"),
        // What the kernel knows about the packet.
        Case("in udp dport 5000 length 33", "send data=12345", not: "send data=123456"),
        Case("in pkttype broadcast", "send to=192.0.2.255", not: "send"),
        Case("in udp dport 5997 iifgroup 7", "send port=5997", not: "local port=5997"),
        Case("in udp dport 5996 iifkind \"veth\"", "send port=5996", not: "local port=5996"),
        Case("in udp dport 5995 hour NOW", "send port=5995", not: "send port=5994"),
        Case("in udp dport 5993 day ! TODAY", "true", not: "send port=5993"),
        // What is known of the connection.
        Case("in tcp ct direction reply", "connect_out port=9", not: "connect mss=1200"),
        Case("in udp dport 5992 ct original packets 2", "send port=5992 times=2", not: "send port=5992"),
        // What the routing tables say.
        Case("in fib daddr type broadcast", "send to=192.0.2.255", not: "send"),
        Case("in udp dport 5991 fib saddr iif oif missing", "send port=5991 from=203.0.113.5", not: "send port=5991"),
        Case("out tcp dport 9 rt mtu 1000", "connect_out port=9", not: "connect_out port=9 to=192.0.2.3"),
        // The socket that it is for.
        Case("in socket mark 5", "send port=6005", not: "send port=6006"),
    ]

    @Test func aPacketThatHasTheValueIsCountedAndItsNeighbourIsNot() throws {
        var rules: [String] = []
        var steps: [String] = []
        for (index, one) in Self.cases.enumerated() {
            rules.append("count \(one.rule) \"case \(index)\"")
            steps.append("try \(index) '\(one.fitting)' '\(one.other)'")
        }
        let script =
            Self.lab + "\ncat > $dir/rules <<'END'\n" + rules.joined(separator: "\n") + "\nEND\n" + Self.start
            + steps.joined(separator: "\n") + "\n"
        let result = try run(
            ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--mount", "bash"],
            input: Array(script.utf8),
            environment: ["WEIR": Weir.program, "TZ": "Pacific/Kiritimati"],
            timeout: 300
        )
        let lines = result.output.split(separator: "\n").map(String.init)
        for (index, one) in Self.cases.enumerated() {
            let expected = one.fitting == "true" ? "0 0" : "1 0"
            let line = lines.first { $0.hasPrefix("case \(index): ") }
            #expect(line == "case \(index): \(expected)", "\(one.rule)\n\(result.output)\n\(result.errorOutput)")
        }
    }

    /// Two hosts on one cable, and what sends packets from the other one.
    private static let lab = #"""
        dir=$(mktemp -d); trap 'rm -rf $dir' EXIT
        unshare --net sleep 250 & peer=$!
        until [ "$(readlink /proc/$peer/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done
        ip link set lo up
        ip link add v0 type veth peer name v1 netns $peer
        on_peer() { nsenter --net=/proc/$peer/ns/net "$@"; }
        for s in conf.all.rp_filter conf.default.rp_filter; do echo 0 > /proc/sys/net/ipv4/${s//.//}; done
        ip link set v0 address 52:54:00:12:34:01 group 7 up
        echo 0 > /proc/sys/net/ipv4/conf/v0/rp_filter
        ip address add 192.0.2.1/24 dev v0
        ip address add 2001:db8::1/64 dev v0 nodad
        ip neighbour add 192.0.2.2 lladdr 52:54:00:12:34:56 dev v0
        ip neighbour add 192.0.2.3 lladdr 52:54:00:12:34:56 dev v0
        ip route add 192.0.2.2/32 dev v0 src 192.0.2.1 mtu 1040
        address() {
            on_peer ip link set v1 address $1
            on_peer ip neighbour replace 192.0.2.1 lladdr 52:54:00:12:34:01 dev v1
            on_peer ip neighbour replace 2001:db8::1 lladdr 52:54:00:12:34:01 dev v1
        }
        on_peer ip link set lo up
        on_peer ip link set v1 up
        on_peer ip address add 192.0.2.2/24 dev v1
        on_peer ip address add 203.0.113.5/32 dev v1
        on_peer ip address add 2001:db8::2/64 dev v1 nodad
        address 52:54:00:12:34:56
        cat > $dir/packet.py <<'END'
        import socket, struct, sys, time
        kind, options = sys.argv[1], dict(word.split("=", 1) for word in sys.argv[2:])
        number = lambda name, default=None: int(options[name], 0) if name in options else default
        version6 = kind == "send6"
        family = socket.AF_INET6 if version6 else socket.AF_INET
        target = options.get("to", "127.0.0.1" if kind == "local" else "2001:db8::1" if version6 else "192.0.2.1")
        if kind == "raw":
            s = socket.socket(family, socket.SOCK_RAW, number("proto"))
            s.sendto(bytes.fromhex(options["data"]), (target, 0))
        elif kind == "connect" or kind == "connect_out":
            s = socket.socket(family, socket.SOCK_STREAM)
            s.settimeout(1)
            if "mss" in options: s.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, number("mss"))
            try: s.connect((options.get("to", "192.0.2.2") if kind == "connect_out" else target, number("port", 5998)))
            except OSError: pass
        else:
            s = socket.socket(family, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            if "from" in options: s.bind((options["from"], 0))
            if "tos" in options:
                s.setsockopt(*((socket.IPPROTO_IPV6, socket.IPV6_TCLASS) if version6 else (socket.IPPROTO_IP, socket.IP_TOS)), number("tos"))
            if "ttl" in options:
                s.setsockopt(*((socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) if version6 else (socket.IPPROTO_IP, socket.IP_TTL)), number("ttl"))
            if "hbh" in options: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_HOPOPTS, bytes([0, 0, 1, 4, 0, 0, 0, 0]))
            if "rr" in options: s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, bytes([7, 7, 4, 0, 0, 0, 0, 0]))
            for _ in range(number("times", 1)):
                try: s.sendto(options.get("data", "x").encode(), (target, number("port", 5000)))
                except ConnectionRefusedError: pass
        END
        send() { on_peer python3 $dir/packet.py send "$@"; }
        send6() { on_peer python3 $dir/packet.py send6 "$@"; }
        raw() { on_peer python3 $dir/packet.py raw "$@"; }
        connect() { on_peer python3 $dir/packet.py connect port=5998 "$@"; }
        connect_out() { python3 $dir/packet.py connect_out "$@"; }
        local() { python3 $dir/packet.py local "$@"; }
        """#

    /// Puts the rules into the kernel, starts two sockets, and counts.
    private static let start = #"""
        now=$(date -u +%s)
        sed -i "s/NOW/$(date -u -d @$((now - 1800)) +%H:%M)-$(date -u -d @$((now + 1800)) +%H:%M)/" $dir/rules
        sed -i "s/TODAY/$(date -u -d @$now +%A | tr A-Z a-z)/" $dir/rules
        mount -t tmpfs tmpfs /var/lib
        modprobe nf_conntrack 2>/dev/null
        "$WEIR" apply --yes $dir/rules >$dir/log 2>&1 || cat $dir/log
        echo 1 > /proc/sys/net/netfilter/nf_conntrack_acct
        python3 -c '
        import socket, time
        for port, mark in ((6005, 5), (6006, 0)):
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
            s.bind(("0.0.0.0", port))
            globals()[f"s{port}"] = s
        time.sleep(250)' &
        until ss -Hlun sport = 6006 | grep -q .; do sleep 0.05; done
        packets() { nft list table inet weir | grep "\"case $1\"" | grep -o "packets [0-9]*" | awk "{ sum += \$2 } END { print sum + 0 }"; }
        try() {
            before=$(packets $1); eval "$2"; sleep 0.1; after=$(packets $1); eval "$3"; sleep 0.1
            echo "case $1: $((after - before)) $(($(packets $1) - after))"
        }

        """#
}
