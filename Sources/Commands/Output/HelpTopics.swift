import Diagnostics

/// What `weir help` says besides what ArgumentParser knows: the codes of diagnostics, and the language in short.
enum HelpTopics {
    /// What there is help about: commands, the language, each diagnostic.
    static let names = CommandWord.names + [languageTopic] + DiagnosticCode.allCases.map(\.rawValue)

    private static let languageTopic = "language"

    /// The text for a word after `help`; nil if it is no topic of its own.
    static func text(for topic: String, columns: Int = 80) -> String? {
        switch topic {
        case languageTopic: language
        case "help": overview
        default: DiagnosticCode(rawValue: topic.uppercased()).map { text(for: $0, columns: columns) }
        }
    }

    private static let overview = """
        weir help             the commands
        weir help COMMAND     what a command does, and its options
        weir help language    the rule language on a page
        weir help CODE        what the code of a diagnostic means, with an example:
                              \(codeRanges.replacing(", E1", with: ",\n                      E1"))

        """

    /// The code that is nearest by its number, if the word is made like a code: a letter and a number.
    static func nearestCode(to word: String) -> String? {
        guard let letter = word.first?.uppercased(), letter == "E" || letter == "W", word.utf8.count <= 8,
            let number = Int(word.dropFirst())
        else { return nil }
        let codes = DiagnosticCode.allCases.map(\.rawValue).filter { $0.hasPrefix(letter) }
        return codes.min { abs(Self.number(of: $0) - number) < abs(Self.number(of: $1) - number) }
    }

    /// All codes, those that follow each other as one range: `E001-E007, E020-E045`.
    static var codeRanges: String {
        var ranges: [(first: String, last: String)] = []
        for code in DiagnosticCode.allCases.map(\.rawValue).sorted() {
            if let last = ranges.last?.last, last.first == code.first, number(of: last) + 1 == number(of: code) {
                ranges[ranges.count - 1].last = code
            } else {
                ranges.append((code, code))
            }
        }
        return ranges.map { $0.first == $0.last ? $0.first : "\($0.first)-\($0.last)" }.joined(separator: ", ")
    }

    private static func number(of code: String) -> Int {
        Int(code.dropFirst()) ?? 0
    }

    private static func text(for code: DiagnosticCode, columns: Int) -> String {
        let kind =
            code.severity == .warning
            ? "a warning: the file is used as it stands" : "an error: nothing is done with the file"
        let explanation = TerminalText.folded(code.explanation, to: columns, indent: 0).joined(separator: "\n")
        var text = "\(code.rawValue), \(kind).\n\n\(explanation)\n"
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

        policy in drop                               decides on all other packets
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
