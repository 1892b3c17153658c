/// A table with every kind of thing that Weir can make, and nothing else, as nft writes it.
let sampleRuleset = """
    table inet weir {
        set blocked-v4 {
            type ipv4_addr
            flags interval
            comment "from a list"
            elements = { 10.0.0.0/8, 192.0.2.1, 255.255.255.0/24 }
        }
        set blocked-v6 {
            type ipv6_addr
            flags interval
            elements = { ::/16, 2001:db8::/32, ff00::/8 }
        }
        set seen {
            type ipv4_addr
            size 100
            flags timeout
            timeout 1h
        }
        set ports {
            type inet_service
            flags interval
            elements = { 0-10, 22, 65000-65535 }
        }
        set marks {
            type mark
            elements = { 0x00000001, 0x00000100 }
        }
        set uplinks {
            type ifname
            flags interval
            elements = { "eth0", "wg*" }
        }
        chain input {
            type filter hook input priority 0; policy drop;
            iifname "lo" accept
            ct state established,related counter accept comment "known"
            iifname "wl*" ip saddr @blocked-v4 counter drop
            ip6 saddr @blocked-v6 drop
            iifname @uplinks tcp dport @ports meta mark @marks accept
            tcp dport { 22, 80, 1000-2000 } jump services
            meta l4proto { tcp, udp } th dport != { 53, 853 } counter
            tcp flags & (fin | syn | rst | ack) == syn limit rate 10/second burst 20 packets accept
            limit rate over 1 mbytes/second log prefix "fast: " level info
            icmp type echo-request icmp code 0 accept
            icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
            log group 5 prefix "in" snaplen 256
            tcp dport 113 reject with tcp reset
            ip saddr 172.16.0.0/12 reject with icmp type host-unreachable
            reject with icmpx type admin-prohibited
        }
        chain output {
            type filter hook output priority 0;
            meta skuid 1000-2000 meta skgid != 5 ct mark and 0xff == 0x10 accept
            ip daddr != 192.0.2.1-192.0.2.20 goto services
            ct status dnat meta l4proto tcp ct original proto-dst 22 accept
        }
        chain services {
            ip saddr 198.51.100.0/24 return
            meta mark set meta mark & 0xffffff00 | 0x10
            ct mark set 0x5
        }
        chain prerouting-raw {
            type filter hook prerouting priority -300;
            udp dport 53 notrack
        }
        chain prerouting-nat {
            type nat hook prerouting priority -100;
            tcp dport 21 redirect to :27664
            tcp dport 80 dnat ip to 10.0.0.1-10.0.0.5:8000-8010 random,persistent
            tcp dport 443 dnat to :8443
            udp dport 1 dnat ip6 to 2001:db8::1
            redirect
        }
        chain postrouting-nat {
            type nat hook postrouting priority 100;
            oifname "eth0" masquerade random
            meta l4proto tcp masquerade to :1024-2048
            ip saddr 10.0.0.0/24 snat ip to 192.0.2.7
        }
    }
    """
