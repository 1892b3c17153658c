import Diagnostics
import RuleLanguage
import Testing

/// One mistake is one diagnostic, at its place, and what is around it is still read.
struct ParserRecoveryTests {
    @Test(arguments: [
        // Statements
        "⟪E020|acept⟫ in tcp dport { 22, 23 }\naccept in",
        "⟪E020|allow⟫ in tcp dport 22\naccept in",
        "⟪E020|22⟫ accept in",
        "⟪E020|@blocked⟫ drop",
        "⟪E020|state⟫ established accept",
        "⟪E020|{⟫ { { { accept } } } }\naccept in",
        "accept in⟪E031|=⟫1",
        "in tcp dport 22 ⟪E021|accept⟫",
        "in tcp dport 22⟪E021|⟫\ndrop in",
        "⟪E041|accept⟫ tcp dport 22",
        "tcp { ⟪E041|accept⟫ dport 22 }",
        "in { ⟪E029|let⟫ x = 3 }",
        "chain slow { ⟪E029|include⟫ \"x\" }",
        "⟪E030|map⟫ ports { 1: 2 }\n⟪E030|def⟫ web(port) { accept tcp dport $port }\n⟪E030|expect⟫ drop in",
        "⟪E030|queue⟫ in\n⟪E030|add⟫ @knock in\nset ⟪E030|dscp⟫ 3 in",

        // Braces
        "in ⟪E026|{⟫\n    accept on lo\n",
        "in ⟪E026|{⟫\n    accept on lo\nlet x = 3\ndrop in\nout { drop }\n",
        "in ⟪E026|{⟫\n    accept on lo\nforward {\n    drop\n}\n",
        "in {\n    tcp ⟪E026|{⟫\n        accept dport 22\n}\nforward { drop }\n",
        "accept in tcp dport ⟪E026|{⟫ 22, 23\ndrop in\n",
        "accept in tcp dport ⟪E026|{⟫ 22, 23 log \"x\"\ndrop in\n",
        "accept in tcp dport ⟪E026|{⟫ 22, 23",
        "accept in\n⟪E027|}⟫\naccept in",
        "route default ⟪E026|{⟫ via 10.0.0.1\naccept in\n",
        "dnat in to ⟪E026|[⟫2001:db8::1:80",

        // Bodies of bad heads
        "⟪E020|chian⟫ slow {\n    accept ⟪E031|dprot⟫ 3\n    drop\n}\naccept in",
        "in tcp ⟪E031|dprot⟫ 22 { accept; ⟪E020|dorp⟫ }\naccept in",

        // Directions
        "in { ⟪E038|out⟫ { drop } }",
        "in { in { drop } }",
        "in { accept ⟪E038|forward⟫ }",
        "chain slow { accept ⟪E038|in⟫ }",
        "accept tcp ⟪E038|in⟫ dport 3",
        "accept in tcp ⟪E038|out⟫ dport 3",
        "tcp ⟪E038|in⟫ { accept }",

        // Matches and arguments
        "accept in tcp ⟪E031|dprot⟫ 22\naccept in",
        "accept in tcp dport 22 ⟪E031|23⟫",
        "accept in ⟪E031|state⟫ established",
        "accept in ⟪E031|frobnicate⟫ 1 2 { 3 } \"x\"",
        "accept in ⟪E030|quota⟫ 10",
        "accept in ct ⟪E030|count⟫ over 5",
        "accept in ct ⟪E037|stat⟫ new",
        "accept in ct⟪E037|⟫",
        "accept in tcp dport 22 ⟪E021|drop⟫",
        "accept in ⟪E021|{⟫ tcp dport 22 }\naccept in",
        "redirect in to :80 ⟪E032|tcp⟫ dport 22",
        "drop in log \"x\" ⟪E032|saddr⟫ 10.0.0.1",
        "⟪E033|redirect⟫ in tcp dport 80",
        "⟪E033|dnat⟫ in tcp dport 80",
        "dnat in tcp dport 80 ⟪E034|with⟫ tcp reset",
        "accept in tcp dport 80 ⟪E034|to⟫ :8080",
        "accept in tcp dport 80 ⟪E034|and⟫ accept",
        "accept in ⟪E034|random⟫",
        "accept in ⟪E034|with⟫ tcp reset",
        "accept in ⟪E034|level⟫ info",
        "masquerade out random ⟪E035|random⟫",
        "redirect in to :80 ⟪E035|to⟫ :81",
        "reject in with tcp reset ⟪E035|with⟫ tcp reset",
        "drop in log ⟪E035|log⟫",
        "log level info ⟪E035|level⟫ info in",
        "accept in \"a\" ⟪E021|\"b\"⟫",
        "reject in with ⟪E037|udp⟫ reset",
        "reject in with tcp ⟪E037|rset⟫",
        "reject in with icmp⟪E025|⟫",
        "drop in log ⟪E037|prefix⟫ \"x\"",
        "redirect in to :80 and ⟪E037|drop⟫",
        "jump ⟪E025|22⟫ in",
        "jump⟪E025|⟫",
        "jump ⟪E024|log⟫ in",

        // Values
        "accept in tcp dport ⟪E023|redirect⟫",
        "accept in tcp dport { 22, ⟪E023|drop⟫, ⟪E023|in⟫ }\naccept in",
        "accept in tcp dport { 22 ⟪E021|23⟫ 24 }",
        "accept in tcp dport { 22⟪E021|;⟫ 23 }",
        "accept in tcp dport { ⟪E022|,⟫ 23 }",
        "accept in tcp dport { ⟪E022|{⟫ 22 }, 23 }",
        "accept in tcp dport { ⟪E039|!⟫22, 23 }",
        "accept in tcp dport⟪E022|⟫",
        "accept in tcp dport ⟪E022|=⟫ 22",
        "accept in tcp dport ⟪E004|>⟫ 22",
        "accept in saddr ⟪E039|!=⟫ 10.0.0.1",
        "accept in saddr ⟪E039|not⟫ 10.0.0.1",
        "accept in saddr ⟪E042|10.0.0.1, 10.0.0.2⟫",
        "redirect in tcp to ⟪E022|8080⟫",
        "redirect in tcp to⟪E022|⟫",
        "dnat in to [⟪E022|]⟫:80",
        "drop in on ⟪E023|in⟫",

        // Declarations
        "let x⟪E021|⟫\naccept in",
        "let x =⟪E022|⟫\naccept in",
        "let ⟪E024|log⟫ = 3",
        "let ⟪E025|3x⟫ = 3",
        "let x = tcp dport 22 ⟪E031|accpt⟫",
        "let x = tcp dport 22 ⟪E021|accept⟫",
        "include ⟪E040|/etc/weir⟫",
        "set x⟪E021|⟫",
        "set x: ⟪E037|adress⟫ { 10.0.0.1 }",
        "set x: address timeout 60s ⟪E035|timeout⟫ 60s",
        "set x: address from ⟪E040|file⟫",
        "set x: address { 10.0.0.1 } ⟪E021|timeout⟫ 3s",
        "option ⟪E037|counter⟫ off",
        "option counters ⟪E037|of⟫",
        "policy ⟪E037|input⟫ drop",
        "policy in ⟪E037|reject⟫",
        "chain ⟪E024|log⟫ { accept }\naccept in",
        "chain x hook ⟪E037|preruting⟫ priority raw { accept }",
        "chain x hook input ⟪E021|{⟫ accept }",
        "chain x hook input priority ⟪E025|{⟫ accept }",
        "chain x ⟪E021|hok⟫ input priority 0 { accept }",
        "table vpn ⟪E021|100⟫",
        "sysctl net.ipv4.ip_forward⟪E021|⟫",
        "sysctl net.ipv4.ip_forward =⟪E022|⟫",
        "sysctl net.ipv4.ip_forward = ⟪E022|{⟫ 1 }",

        // Routes and routing rules
        "route⟪E022|⟫",
        "route default via⟪E022|⟫",
        "route default ⟪E037|metrc⟫ 5",
        "route default metric 5 ⟪E035|metric⟫ 6",
        "route default { via 10.0.0.1 ; via 10.0.0.2 ⟪E037|metric⟫ 3; ⟪E037|foo⟫ }\naccept in",
        "⟪E033|rule from 10.0.0.0/8⟫",
        "rule lookup vpn ⟪E035|blackhole⟫",
        "rule ⟪E037|mark⟫ 3 lookup vpn",
    ])
    func aMistakeIsReportedOnceAtItsPlace(_ marked: String) {
        expectDiagnostics(marked)
    }

    @Test func mistakesOfAllStatementsAreFound() {
        let parsed = expectDiagnostics(
            """
            accept in
            drop in tcp ⟪E031|dprot⟫ 22
            in {
                accept ct ⟪E037|stat⟫ new
                drop
            }
            ⟪E020|rotue⟫ default via 10.0.0.1
            drop in
            """
        )
        #expect(parsed.statements.count == 3)
    }

    @Test func namesOfBadDeclarationsAreKnown() {
        let text = """
            let a =
            set b: nothing { 1 }
            chain c hook nowhere { accept }
            table d
            chian e { accept }
            let log = 3
            """
        #expect(Parsed(text).syntax.abandonedNames == ["a", "b", "c", "d", "e", "log"])
    }

    @Test func aFullBagEndsTheFile() {
        let parsed = Parsed(String(repeating: "acept in\n", count: 10_000))
        #expect(parsed.bag.diagnostics.count == parsed.bag.limit)
    }
}
