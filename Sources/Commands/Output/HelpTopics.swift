import Diagnostics

/// What `weir help` says besides what ArgumentParser knows: the codes of diagnostics, and the language in short.
enum HelpTopics {
    /// The text for a word after `help`; nil if it is no topic of its own.
    static func text(for topic: String) -> String? {
        if topic == "language" { return language }
        return DiagnosticCode(rawValue: topic.uppercased()).map(text)
    }

    private static func text(for code: DiagnosticCode) -> String {
        let kind =
            code.severity == .warning
            ? "a warning: the file is used as it stands" : "an error: nothing is done with the file"
        var text = "\(code.rawValue), \(kind).\n\n\(code.explanation)\n"
        guard let example = code.example else { return text }
        text += "\nWrong:\n\n" + indented(example.wrong) + "\nRight:\n\n" + indented(example.right)
        return text
    }

    private static func indented(_ lines: String) -> String {
        TerminalText.safeLines(lines).split(separator: "\n").map { "    \($0)\n" }.joined()
    }

    /// The language on a page; the whole of it is in docs/language.md.
    static let language = """
        A rule is one line: verb, direction, matches, arguments, comment. All matches
        must hold; the rules of a direction are tried in order until one decides.

            reject out on eth0 tcp dport smtp with icmp host-unreachable "no mail"

        Verbs        accept drop reject redirect dnat snat masquerade log count
                     notrack, set mark, set ct mark, jump CHAIN, goto CHAIN, return
        Directions   in (for this host)   out (from this host)   forward (through it)
        Interfaces   on IF   from IF   to IF                  (forward: from and to)
        Addresses    saddr ADDRESS   daddr ADDRESS   ip   ip6
        Protocols    tcp  udp  sctp  dccp  udplite  icmp  icmpv6  proto NAME
        Ports        sport PORT   dport PORT       (numbers, services, ranges)
        TCP flags    flags syn / fin,syn,rst,ack
        ICMP         icmp type echo-request   icmpv6 type nd-neighbor-solicit
        Connections  ct state established,related   ct status dnat   ct mark 1
                     ct original daddr ADDRESS   ct original dport PORT
        Others       mark 0x10/0xff  skuid USER  skgid GROUP  limit 10/second burst 20
        Values       ! VALUE is none of it   { A, B } any of them   @SET   $VARIABLE
        Arguments    with icmp TYPE   with tcp reset   to :PORT   to ADDRESS[:PORT]
                     to PREFIX   and accept   log "PREFIX" level info

        Blocks say once what rules share:   in on eth0 { accept tcp dport ssh }

        policy in drop                               what becomes of the rest
        let lan = eth1                               $lan
        set blocked: prefix { 192.0.2.0/24 }         @blocked
        chain slow { accept limit 5/minute ; drop }  jump slow in tcp dport ssh
        include "rules.d/*.weir"
        table vpn = 100
        route 10.0.0.0/8 via 192.0.2.1 dev eth0 metric 10 table vpn
        rule from 10.0.0.0/24 lookup vpn priority 1000
        sysctl net.ipv4.ip_forward = 1

        'weir help E031' says more about a code; docs/language.md has all of it.

        """
}
