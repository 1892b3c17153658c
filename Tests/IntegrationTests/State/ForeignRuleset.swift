import TestSupport
import Testing

/// What a program of the wild keeps in the kernel, in the words that it uses itself.
struct ForeignRuleset: Sendable, CustomTestStringConvertible {
    let name: String
    /// Commands of a shell.
    let script: String

    var testDescription: String { name }

    static let all = hosts.flatMap(\.self)

    /// What may be on one host together.
    static let hosts = [[docker, fail2ban, libvirt], [kubeProxy, kubeProxyNft, ufw], [firewalld, strange]]

    private static let docker = ForeignRuleset(
        name: "Docker",
        script: """
            for program in iptables ip6tables; do
                for chain in DOCKER DOCKER-USER DOCKER-ISOLATION-STAGE-1 DOCKER-ISOLATION-STAGE-2; do $program -N $chain; done
                $program -t nat -N DOCKER
                $program -P FORWARD DROP
                $program -A FORWARD -j DOCKER-USER
                $program -A FORWARD -j DOCKER-ISOLATION-STAGE-1
                $program -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                $program -A FORWARD -o docker0 -j DOCKER
                $program -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
                $program -A DOCKER-USER -j RETURN
                $program -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
                $program -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
                $program -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
                $program -t nat -A DOCKER -i docker0 -j RETURN
            done
            iptables -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
            iptables -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
            iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
            iptables -t nat -A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE
            iptables -t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
            """
    )

    private static let kubeProxy = ForeignRuleset(
        name: "kube-proxy with iptables",
        script: """
            iptables-restore --noflush <<'END'
            *nat
            :KUBE-SERVICES - [0:0]
            :KUBE-POSTROUTING - [0:0]
            :KUBE-MARK-MASQ - [0:0]
            :KUBE-NODEPORTS - [0:0]
            :KUBE-SVC-TCOU7JCQXEZGVUNU - [0:0]
            :KUBE-SEP-IT2ZTR26TO4XFPTO - [0:0]
            :KUBE-SEP-YIL6JZP7A3QYXJU2 - [0:0]
            -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
            -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
            -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
            -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
            -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
            -A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU
            -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
            -A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-SVC-TCOU7JCQXEZGVUNU
            -A KUBE-SVC-TCOU7JCQXEZGVUNU ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p udp -m udp --dport 53 -j KUBE-MARK-MASQ
            -A KUBE-SVC-TCOU7JCQXEZGVUNU -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-IT2ZTR26TO4XFPTO
            -A KUBE-SVC-TCOU7JCQXEZGVUNU -j KUBE-SEP-YIL6JZP7A3QYXJU2
            -A KUBE-SEP-IT2ZTR26TO4XFPTO -s 10.244.0.2/32 -j KUBE-MARK-MASQ
            -A KUBE-SEP-IT2ZTR26TO4XFPTO -p udp -m udp -j DNAT --to-destination 10.244.0.2:53
            -A KUBE-SEP-YIL6JZP7A3QYXJU2 -p udp -m udp -j DNAT --to-destination 10.244.0.3:53
            COMMIT
            *filter
            :KUBE-FIREWALL - [0:0]
            -A INPUT -j KUBE-FIREWALL
            -A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
            COMMIT
            END
            """
    )

    private static let kubeProxyNft = ForeignRuleset(
        name: "kube-proxy with nft",
        script: """
            nft -f - <<'END'
            table ip kube-proxy {
                comment "rules for kube-proxy"
                set cluster-ips { type ipv4_addr; comment "Active ClusterIPs"; elements = { 10.96.0.1, 10.96.0.10 }; }
                map service-ips {
                    type ipv4_addr . inet_proto . inet_service : verdict
                    comment "ClusterIP, ExternalIP and LoadBalancer IP traffic"
                }
                map firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
                set affinity { type ipv4_addr; flags dynamic,timeout; timeout 3h; }
                chain mark-for-masquerade { mark set mark or 0x4000; }
                chain masquerading {
                    mark and 0x4000 == 0 return
                    mark set mark xor 0x4000
                    masquerade fully-random
                }
                chain endpoint-1 {
                    ip saddr 10.244.0.2 jump mark-for-masquerade
                    update @affinity { ip saddr }
                    meta l4proto udp dnat to 10.244.0.2:53
                }
                chain endpoint-2 { meta l4proto udp dnat to 10.244.0.3:53; }
                chain service-dns { numgen random mod 2 vmap { 0 : goto endpoint-1, 1 : goto endpoint-2 }; }
                chain services { ip daddr . meta l4proto . th dport vmap @service-ips; }
                chain cluster-ips-check { ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"; }
                chain nat-prerouting { type nat hook prerouting priority -100; policy accept; jump services; }
                chain nat-output { type nat hook output priority -100; policy accept; jump services; }
                chain nat-postrouting { type nat hook postrouting priority 100; policy accept; jump masquerading; }
                chain filter-input { type filter hook input priority -110; policy accept; ct state new jump cluster-ips-check; }
            }
            add element ip kube-proxy service-ips { 10.96.0.10 . udp . 53 comment "kube-system/kube-dns" : goto service-dns }
            END
            """
    )

    private static let fail2ban = ForeignRuleset(
        name: "fail2ban",
        script: """
            nft add table inet f2b-table
            nft add chain inet f2b-table f2b-chain '{ type filter hook input priority -1; }'
            nft add set inet f2b-table addr-set-sshd '{ type ipv4_addr; }'
            nft add set inet f2b-table addr6-set-sshd '{ type ipv6_addr; }'
            nft add rule inet f2b-table f2b-chain tcp dport 22 ip saddr @addr-set-sshd reject with icmp type port-unreachable
            nft add rule inet f2b-table f2b-chain tcp dport 22 ip6 saddr @addr6-set-sshd reject with icmpv6 type port-unreachable
            nft add element inet f2b-table addr-set-sshd '{ 192.0.2.66, 198.51.100.9 }'
            iptables -N f2b-nginx
            iptables -A f2b-nginx -j RETURN
            iptables -I INPUT -p tcp -m multiport --dports http,https -j f2b-nginx
            iptables -I f2b-nginx 1 -s 203.0.113.9 -j REJECT --reject-with icmp-port-unreachable
            """
    )

    private static let firewalld = ForeignRuleset(
        name: "firewalld",
        script: """
            nft -f - <<'END'
            table inet firewalld {
                ct helper helper-ftp-tcp { type "ftp" protocol tcp; l3proto inet; }
                set trusted { type ipv4_addr; flags interval; auto-merge; elements = { 10.0.0.0/8, 192.0.2.0-192.0.2.77 }; }
                chain mangle_PREROUTING { type filter hook prerouting priority mangle + 10; policy accept; jump mangle_PREROUTING_ZONES; }
                chain mangle_PREROUTING_ZONES { iifname "eth0" goto mangle_PRE_public; goto mangle_PRE_public; }
                chain mangle_PRE_public { tcp dport 8443 mark set 0x64; }
                chain nat_PREROUTING { type nat hook prerouting priority dstnat + 10; policy accept; jump nat_PREROUTING_ZONES; }
                chain nat_PREROUTING_ZONES { iifname { "eth0", "eth1" } goto nat_PRE_public; }
                chain nat_PRE_public { meta nfproto ipv4 tcp dport 443 meta mark 0x64 redirect to :443; }
                chain nat_POSTROUTING { type nat hook postrouting priority srcnat + 10; policy accept; oifname != "lo" masquerade; }
                chain filter_PREROUTING {
                    type filter hook prerouting priority filter + 10; policy accept;
                    icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
                    meta nfproto ipv6 fib saddr . mark . iif oif missing drop
                }
                chain filter_INPUT {
                    type filter hook input priority filter + 10; policy accept;
                    ct state { established, related } accept
                    ct status dnat accept
                    iifname "lo" accept
                    ct state invalid drop
                    tcp dport 21 ct helper set "helper-ftp-tcp"
                    ip saddr @trusted accept
                    tcp dport vmap { 22 : accept, 23 : drop }
                    reject with icmpx type admin-prohibited
                }
                chain filter_FORWARD { type filter hook forward priority filter + 10; policy accept; log prefix "filter_FWD_REJECT: " reject; }
            }
            END
            """
    )

    private static let libvirt = ForeignRuleset(
        name: "libvirt",
        script: """
            iptables -N LIBVIRT_INP; iptables -N LIBVIRT_OUT; iptables -N LIBVIRT_FWO; iptables -N LIBVIRT_FWI
            iptables -t nat -N LIBVIRT_PRT; iptables -t mangle -N LIBVIRT_PRT
            iptables -I INPUT -j LIBVIRT_INP; iptables -I OUTPUT -j LIBVIRT_OUT
            iptables -I FORWARD -j LIBVIRT_FWO; iptables -I FORWARD -j LIBVIRT_FWI
            iptables -t nat -A POSTROUTING -j LIBVIRT_PRT; iptables -t mangle -A POSTROUTING -j LIBVIRT_PRT
            iptables -A LIBVIRT_INP -i virbr0 -p udp -m udp --dport 67 -j ACCEPT
            iptables -A LIBVIRT_FWO -s 192.168.122.0/24 -i virbr0 -j ACCEPT
            iptables -A LIBVIRT_FWI -o virbr0 -j REJECT --reject-with icmp-port-unreachable
            iptables -t nat -A LIBVIRT_PRT -s 192.168.122.0/24 -d 224.0.0.0/24 -j RETURN
            iptables -t nat -A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -p tcp -j MASQUERADE --to-ports 1024-65535
            iptables -t mangle -A LIBVIRT_PRT -o virbr0 -p udp -m udp --dport 68 -j CHECKSUM --checksum-fill
            """
    )

    private static let ufw = ForeignRuleset(
        name: "ufw",
        script: """
            for program in iptables ip6tables; do
                $program-restore --noflush <<'END'
            *filter
            :INPUT DROP [0:0]
            :ufw-before-input - [0:0]
            :ufw-user-input - [0:0]
            :ufw-user-limit - [0:0]
            :ufw-user-limit-accept - [0:0]
            :ufw-logging-deny - [0:0]
            :ufw-not-local - [0:0]
            -A INPUT -j ufw-before-input
            -A INPUT -j ufw-user-input
            -A ufw-before-input -i lo -j ACCEPT
            -A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A ufw-before-input -m conntrack --ctstate INVALID -j ufw-logging-deny
            -A ufw-before-input -j ufw-not-local
            -A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
            -A ufw-not-local -m limit --limit 3/min --limit-burst 10 -j ufw-logging-deny
            -A ufw-logging-deny -m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix "[UFW BLOCK] "
            -A ufw-user-input -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name DEFAULT --mask 255.255.255.255 --rsource
            -A ufw-user-input -p tcp --dport 80 -j ACCEPT
            -A ufw-user-limit -m limit --limit 3/min -j LOG --log-prefix "[UFW LIMIT BLOCK] "
            -A ufw-user-limit -j REJECT
            COMMIT
            END
            done
            """.replacing("-m recent --set --name DEFAULT --mask 255.255.255.255 --rsource", with: "-j ufw-user-limit")
    )

    /// Expressions and objects that Weir has no words for, families of other packets, and names that are no text.
    private static let strange = ForeignRuleset(
        name: "what Weir does not know",
        script: """
            ip link add veth0 type veth peer name veth1
            nft -f - <<'END'
            table inet zoo {
                flags dormant
                quota little { over 25 mbytes }
                counter hits { packets 7 bytes 7000 }
                limit slow { rate 3/second }
                synproxy shield { mss 1460; wscale 7; timestamp sack-perm; }
                ct timeout patient { protocol tcp; l3proto ip; policy = { established : 120, close : 20 }; }
                map marks { type ipv4_addr : mark; elements = { 192.0.2.1 : 0x1, 192.0.2.2 : 0x2 }; }
                set pairs { type ipv4_addr . inet_service; flags interval; elements = { 10.0.0.0/8 . 1-99, 192.0.2.1 . 443 }; }
                chain forward {
                    type filter hook forward priority -1; policy accept;
                    ip saddr . tcp dport @pairs counter name "hits" quota name "little" limit name "slow" drop
                    meta mark set ip saddr map @marks
                    meta mark set jhash ip saddr mod 7 seed 0xdeadbeef
                }
                chain early {
                    type filter hook prerouting priority -310; policy accept;
                    tcp option maxseg size 500 tcp option maxseg size set 1400
                    socket transparent 1 mark set 0x1 accept
                    osf name "Linux" ip dscp set cs1
                    meta l4proto tcp tproxy to :5000 meta mark set 0x1
                    rt classid 7 counter
                    ip6 nexthdr 44 exthdr frag exists meta time 1700000000 meta day "Monday" accept
                }
            }
            table bridge switch { chain c { type filter hook forward priority 0; vlan id 7 counter; ether type arp drop; }; }
            table arp neighbours { chain c { type filter hook input priority 0; arp operation request accept; }; }
            table netdev edge { chain c { type filter hook ingress device "veth0" priority 0; ip saddr 192.0.2.0/24 fwd to "veth1"; }; }
            END
            python3 - <<'END'
            import socket, struct
            def attribute(kind, data):
                return struct.pack("HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)
            def message(kind, flags, family, resource, body, number):
                payload = struct.pack(">BBH", family, 0, resource) + body
                return struct.pack("IHHII", 16 + len(payload), kind, flags, number, 0) + payload
            def number(value):
                return struct.pack(">I", value)
            netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
            name = b"caf\\xe9 {\\x1b}\\0"
            table = attribute(1, name) + attribute(2, bytes(4)) + attribute(6, b"\\xff\\x00 not of nft")
            hook = attribute(4, attribute(1, number(1)) + attribute(2, bytes(4)))
            base = attribute(1, name) + attribute(3, b"\\xff\\xfe\\0") + hook + attribute(7, b"filter\\0")
            other = attribute(1, name) + attribute(3, b"../a\\n;b\\0")
            members = (attribute(1, name) + attribute(2, b"s\\xe9t\\0") + attribute(3, number(0)) + attribute(4, number(99))
                + attribute(5, number(4)) + attribute(10, number(1)))
            jump = attribute(2, attribute(1, number(0xfffffffd)) + attribute(2, b"../a\\n;b\\0"))
            verdict = attribute(1, attribute(1, b"immediate\\0") + attribute(2, attribute(1, number(0)) + attribute(2, jump)))
            rule = attribute(1, name) + attribute(2, b"\\xff\\xfe\\0") + attribute(4, verdict) + attribute(7, b"\\xde\\xad\\xbe\\xef")
            netlink.send(message(16, 1, 0, 10, b"", 1) + message(10 << 8, 0x401, 2, 0, table, 2)
                + message(10 << 8 | 3, 0x401, 2, 0, base, 3) + message(10 << 8 | 3, 0x401, 2, 0, other, 4)
                + message(10 << 8 | 9, 0x401, 2, 0, members, 5) + message(10 << 8 | 6, 0xc01, 2, 0, rule, 6)
                + message(17, 1, 0, 10, b"", 7))
            END
            """
    )
}
