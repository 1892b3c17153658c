import Diagnostics
import RuleLanguage
import Testing
import Vocabulary

struct FormatterTests {
    private func format(_ text: String) -> String? {
        let map = SourceMap(SourceFile(name: "x", text: text))
        var bag = DiagnosticBag()
        return RuleFileFormatter.format(SourceID(rawValue: 0), of: map, diagnostics: &bag)
    }

    @Test(
        arguments: [
            // Statements and blanks
            ("", ""),
            ("\n\n  \n", ""),
            ("accept   in  tcp\tdport 22", "accept in tcp dport 22\n"),
            ("accept in;drop in;\n", "accept in\ndrop in\n"),
            ("accept in\n\n\n\ndrop in\n\n", "accept in\n\ndrop in\n"),
            ("accept in \\\n    tcp dport 22", "accept in tcp dport 22\n"),
            ("\u{FEFF}accept in\r\ndrop in\r\n", "accept in\ndrop in\n"),

            // Comments
            ("#a  \n\n\n  # b\naccept in# c", "#a\n\n# b\naccept in  # c\n"),
            ("in { # why\n accept # this\n\n # last\n}", "in {  # why\n    accept  # this\n\n    # last\n}\n"),
            ("accept in; # both", "accept in  # both\n"),

            // Bodies
            ("in{accept}", "in { accept }\n"),
            ("in {\n}", "in { }\n"),
            ("in {accept;drop ;}", "in { accept ; drop }\n"),
            ("in {\n\naccept on lo\ntcp {drop}\n\n}", "in {\n    accept on lo\n    tcp { drop }\n}\n"),
            ("in { accept\n}", "in {\n    accept\n}\n"),
            (
                "in { accept tcp dport 1000 saddr 10.0.0.1 \"aaaaaaaaaaaaaaaaaaaa\" ; accept tcp dport 1001 saddr 10.0.0.2 }",
                """
                in {
                    accept tcp dport 1000 saddr 10.0.0.1 "aaaaaaaaaaaaaaaaaaaa"
                    accept tcp dport 1001 saddr 10.0.0.2
                }

                """
            ),
            ("chain  a hook input priority raw-10{drop}", "chain a hook input priority raw-10 { drop }\n"),
            ("chain a hook input priority -10 { }", "chain a hook input priority -10 { }\n"),
            ("chain a hook input priority raw -10 { }", "chain a hook input priority raw -10 { }\n"),
            ("chain a hook input priority raw+10 { }", "chain a hook input priority raw + 10 { }\n"),
            (
                "route default{via 10.0.0.1;via 10.0.0.2 weight 2}",
                "route default { via 10.0.0.1 ; via 10.0.0.2 weight 2 }\n"
            ),

            // Lists
            ("let a={1,2 ,3,}", "let a = { 1, 2, 3 }\n"),
            ("accept in tcp dport{22}", "accept in tcp dport { 22 }\n"),
            (
                "set a:port{\n22,80\n\n\n443 # web\n# end\n}",
                "set a: port {\n    22, 80,\n\n    443,  # web\n    # end\n}\n"
            ),
            ("set a: port { # first\n}", "set a: port {  # first\n}\n"),
            ("set a: port {\n}", "set a: port { }\n"),
            ("in {\nlet a = 1\n}", nil),
            (
                "accept in saddr { 2001:db8::1111, 2001:db8::2222, 2001:db8::3333, 2001:db8::4444, 2001:db8::5555, 10.0.0.1 } \"x\"",
                """
                accept in saddr {
                    2001:db8::1111, 2001:db8::2222, 2001:db8::3333, 2001:db8::4444, 2001:db8::5555, 10.0.0.1,
                } "x"

                """
            ),

            // Punctuation
            ("drop in saddr !10.0.0.1", "drop in saddr ! 10.0.0.1\n"),
            ("accept in ct state established , related", "accept in ct state established,related\n"),
            ("drop in tcp flags syn /syn,ack", "drop in tcp flags syn / syn,ack\n"),
            ("accept in tcp dport $a -$b", "accept in tcp dport $a - $b\n"),
            ("dnat in to [ 2001:db8::1 ] :80", "dnat in to [2001:db8::1]:80\n"),
            ("dnat in to [2001:db8::1] - [2001:db8::2]:80", "dnat in to [2001:db8::1]-[2001:db8::2]:80\n"),
            ("dnat in to $h : $p random", "dnat in to $h:$p random\n"),
            ("dnat in to 10.0.0.1 :80", "dnat in to 10.0.0.1:80\n"),
            ("redirect in to: 80", "redirect in to :80\n"),
            ("limit 3/second { accept in }", "limit 3/second { accept in }\n"),
            ("accept in limit 5  mbytes/second", "accept in limit 5 mbytes/second\n"),
            ("sysctl net.ipv4.conf.a/b.c=4096  1 -1", "sysctl net.ipv4.conf.a/b.c = 4096 1 -1\n"),
            ("acept in", nil),
        ] as [(String, String?)]
    )
    func aFileHasOneLayout(_ text: String, _ expected: String?) {
        let formatted = format(text)
        #expect(formatted == expected)
        guard let formatted else { return }
        #expect(format(formatted) == formatted)
        #expect(SyntaxDump.dump(Parsed(formatted)) == SyntaxDump.dump(Parsed(text)))
    }

    /// After a field's words a brace opens a list, and after a name that is spelt like one of them a body.
    @Test(arguments: Field.all.flatMap { [$0.words] + $0.aliases })
    func theWordsOfFieldsAreToldFromNames(words: String) {
        for text in [
            "drop in \(words) { a, b }\n", "drop in \(words) ! { a, b }\n", "drop in \(words) {\n    a,\n    b,\n}\n",
            "in \(words) 1 { accept }\n", "in \(words) 1 {\n    accept\n}\n", "in \(words) { 1, 2 } { accept }\n",
        ] {
            #expect(format(text) == text)
        }
        for name in words.split(separator: " ").map(String.init) where Keyword(name) == nil {
            for text in [
                "in on \(name) {\n    accept tcp dport 22\n}\n", "forward from ! \(name) to \(name) { accept }\n",
                "in on { a, \(name) } {\n    accept\n}\n", "in on \(name) \(words) 1 {\n    accept\n}\n",
            ] {
                #expect(format(text) == text)
            }
        }
    }
}
