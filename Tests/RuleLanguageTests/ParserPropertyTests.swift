import Diagnostics
import RuleLanguage
import Testing

/// A generator whose numbers are the same in every run (SplitMix64).
struct TestGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// What holds for every text, tried on made-up ones.
struct ParserPropertyTests {
    private static let pieces: [String] =
        Keyword.allCases.map(\.spelling)
        + [
            "{", "}", "{", "}", "[", "]", ",", ";", "\n", "\n", ":", "=", "!", "/", "-", "+", "$x", "@s", "$", "\"a\"",
            "\"", "\\",
            "#", "22", "0x1f", "10.0.0.1", "10.0.0.0/8", "2001:db8::1", "::/0", "10.0.0.7:80", "1-2", "a-b", "0x1/0xff",
            "10/second",
            "60s", "eth0", "wl*", "established", "reset", "original", "over", "original dport", "counters", "off",
            "default",
            "\r\n", "\t", "\u{0}", "é", "not", "!=", "prefix", "address", "address {", "\\\n",
        ]

    /// Checks what holds for any text, and returns what was parsed.
    @discardableResult
    private func check(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) -> Parsed {
        let parsed = Parsed(bytes: bytes)
        for diagnostic in parsed.bag.diagnostics {
            let ranges = [diagnostic.range] + diagnostic.notes.map(\.range) + diagnostic.fixIts.map(\.range)
            for range in ranges.compactMap(\.self) {
                #expect(range.offsets.upperBound <= bytes.count, sourceLocation: sourceLocation)
            }
        }
        check(parsed.syntax[parsed.syntax.topLevel], of: parsed, inside: 0..<bytes.count, sourceLocation)
        _ = SyntaxDump.dump(parsed)
        _ = parsed.rendered
        return parsed
    }

    /// Statements lie inside what holds them, in order, and do not overlap.
    private func check(
        _ statements: ArraySlice<StatementSyntax>,
        of parsed: Parsed,
        inside outer: Range<Int>,
        _ sourceLocation: SourceLocation
    ) {
        var end = outer.lowerBound
        for statement in statements {
            let offsets = statement.range.offsets
            #expect(offsets.lowerBound >= end, sourceLocation: sourceLocation)
            #expect(offsets.upperBound <= outer.upperBound, sourceLocation: sourceLocation)
            end = offsets.upperBound
            switch statement {
            case .block(let block): check(parsed.syntax[block.statements], of: parsed, inside: offsets, sourceLocation)
            case .chain(let chain): check(parsed.syntax[chain.statements], of: parsed, inside: offsets, sourceLocation)
            default: break
            }
        }
    }

    /// Formatting keeps the syntax, and formatting again changes nothing.
    private func checkFormatting(_ parsed: Parsed, sourceLocation: SourceLocation = #_sourceLocation) {
        var bag = DiagnosticBag()
        guard let formatted = RuleFileFormatter.format(SourceID(rawValue: 0), of: parsed.map, diagnostics: &bag) else {
            #expect(parsed.bag.hasErrors, sourceLocation: sourceLocation)
            return
        }
        let again = Parsed(formatted)
        let comment = Comment(rawValue: "\(parsed.map.files[0].text(0..<9999))\n---\n\(formatted)")
        #expect(SyntaxDump.dump(again) == SyntaxDump.dump(parsed), comment, sourceLocation: sourceLocation)
        bag = DiagnosticBag()
        let twice = RuleFileFormatter.format(SourceID(rawValue: 0), of: again.map, diagnostics: &bag)
        #expect(twice == formatted, comment, sourceLocation: sourceLocation)
    }

    @Test(arguments: 0..<8)
    func tokensInAnyOrderEndWell(_ seed: UInt64) throws {
        var generator = TestGenerator(seed: seed)
        for _ in 0..<400 {
            let count = Int.random(in: 0..<60, using: &generator)
            let words = (0..<count).map { _ in Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &generator)] }
            let separator = Bool.random(using: &generator) ? " " : ""
            let parsed = check(Array(words.joined(separator: separator).utf8))
            if !parsed.bag.hasErrors {
                checkFormatting(parsed)
            }
        }
    }

    @Test(arguments: 0..<8)
    func changedFilesEndWell(_ seed: UInt64) throws {
        var generator = TestGenerator(seed: seed)
        for _ in 0..<300 {
            var bytes = Array(exampleFile.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                let piece = Array(Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &generator)].utf8)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(contentsOf: piece, at: index)
                case 3: bytes.removeSubrange(index..<min(bytes.count, index + 20))
                default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 40)], at: index)
                }
            }
            let parsed = check(bytes)
            if !parsed.bag.hasErrors {
                checkFormatting(parsed)
            }
        }
    }

    @Test func everyStartOfAFileEndsWell() {
        let bytes = Array(exampleFile.utf8)
        for end in 0..<bytes.count {
            check(Array(bytes[..<end]))
        }
    }

    @Test func theExampleHasNoMistakesAndIsFormattedOnce() {
        let parsed = check(Array(exampleFile.utf8))
        #expect(!parsed.bag.hasErrors, Comment(rawValue: parsed.rendered))
        checkFormatting(parsed)
    }

    @Test(arguments: 0..<4)
    func blanksAndLineEndsDoNotMatterToTheLayout(_ seed: UInt64) throws {
        var generator = TestGenerator(seed: seed)
        for _ in 0..<50 {
            var text = ""
            for character in exampleFile {
                text.append(character)
                let isBlank = character == " " && Int.random(in: 0..<6, using: &generator) == 0
                if isBlank {
                    text += Bool.random(using: &generator) ? "\t " : "\\\n"
                }
            }
            checkFormatting(Parsed(text))
        }
    }

    private let exampleFile = """
        # a gateway
        let wan   = eth0
        let lan   = { eth1, eth2 }
        let admin = { 10.0.0.5, 2001:db8::5 }           # both families in one list

        set bogons: prefix { 192.0.2.0/24, 198.51.100.0/24, 2001:db8:dead::/48 }
        set spamhaus: prefix from "lists/drop.netset"    # one entry a line
        set knock: address timeout 60s
        set ports: port {
            22,     # ssh
            80, 443 }

        policy in drop
        policy forward drop

        in {                                             # shared
            accept ct state established,related
            drop   ct state invalid
            accept on lo
            drop   saddr @bogons log "bogon: "
            accept saddr $admin tcp dport ssh
            accept icmp type echo-request limit 10/second burst 20
            accept icmpv6
            reject tcp dport ident with tcp reset
            tcp { accept dport { 1, 2 } flags syn / syn,ack ; drop }
        }

        forward from $lan to $wan { accept }
        forward { accept ct state established,related }

        masquerade out on $wan saddr 10.0.0.0/24
        dnat       in  on $wan tcp dport 443 to 10.0.0.7:8443
        dnat in tcp dport 443 to [2001:db8::1-2001:db8::2]:8443 random
        redirect   in  on $wan tcp dport 21  to :27664 and accept
        drop       out on $wan tcp dport 25 "no direct mail"
        reject     out on $wan udp dport 137-139 with icmp host-unreachable

        chain slow { accept limit 5/minute ; drop }
        chain early hook prerouting priority raw - 10 policy accept { notrack saddr $a - $b }
        jump slow in tcp dport { 2222, 5900-5910 }

        table vpn = 100
        route 8.8.8.8/32 dev vpn0
        route default via 192.0.2.1 dev $wan metric 100
        route 10.8.0.0/16 { via 10.0.0.2 weight 1 ; via 10.0.0.3 weight 2 }
        route blackhole 203.0.113.0/24
        rule from 10.0.0.128/25 lookup vpn priority 1000

        sysctl net.ipv4.ip_forward = 1
        option counters off
        """
}
