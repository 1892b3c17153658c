import Diagnostics
import RulesetCompiler
import Suggestions
import SystemPackage
import TestSupport
import Testing

/// The diagnostics of a text with suggestions that were tried.
func tried(_ result: CompilationResult, loader: MemoryFileLoader = MemoryFileLoader()) -> DiagnosticBag {
    var loader = loader
    for file in result.sources.files {
        loader.files[FilePath(file.name).lexicallyNormalized()] = file.bytes
    }
    return TriedSuggestions(result, path: "rules.weir", loader: loader).diagnostics
}

/// A text with a suggestion followed.
func following(_ fixIt: Diagnostic.FixIt, in text: String) -> String {
    var bytes = Array(text.utf8)
    bytes.replaceSubrange(fixIt.range.offsets, with: Array(fixIt.replacement.utf8))
    return String(decoding: bytes, as: UTF8.self)
}

struct TriedSuggestionsTests {
    /// The texts that the suggestions of the errors in a file lead to.
    private func mended(_ text: String, including files: [String: String] = [:]) -> [String] {
        let loader = MemoryFileLoader(files)
        let result = RuleFileCompiler.compile(text: text, loader: loader)
        return tried(result, loader: loader).diagnostics.flatMap(\.fixIts).map { following($0, in: text) }
    }

    @Test func aSuggestionThatDoesNotCompileIsNotOffered() {
        // `mdns` is spelt alike, and there is no set of either name.
        #expect(mended("accept in udp dport mdsn saddr @nosuch").isEmpty)
        #expect(mended("accept in udp dport mdsn") == ["accept in udp dport mdns"])
        // Two mistakes, of which one would be left.
        #expect(mended("acept in tcp dprot 22").isEmpty)
    }

    /// Nobody writes a line of another tool that is so long; to look at one takes time and memory.
    @Test func aLongStatementIsNotRewritten() {
        func statement(_ count: Int) -> String { "accept in" + String(repeating: " ", count: count) + "established" }
        #expect(mended(statement(16_000)) == ["accept in ct state established"])
        #expect(mended(statement(17_000)).isEmpty)
    }

    @Test func eachStatementIsMendedByItself() {
        let text = """
            accept in established
            drop in igmp  # no multicast
            nonsense of all kinds
            """
        #expect(
            mended(text) == [
                text.replacing("in established", with: "in ct state established"),
                text.replacing("in igmp", with: "in proto igmp"),
            ]
        )
    }

    @Test(arguments: [
        ("in { accept established ; drop invalid }", "in { accept ct state established ; drop invalid }"),
        ("chain c {\n    iifname eth0 accept\n}\njump c in", "chain c {\n    accept from eth0\n}\njump c in"),
        (
            "chain c {\n    tcp dport 22 counter accept\n}\njump c in",
            "chain c {\n    accept tcp dport 22\n}\njump c in"
        ),
        ("set bad: address { 192.0.2.1 }; drop in @bad", "set bad: address { 192.0.2.1 }; drop in saddr @bad"),
        ("accept in lo; drop in igmp", "accept in lo; drop in proto igmp"),
        ("in on eth0 {\n    accept port 22/tcp\n}", "in on eth0 {\n    accept tcp dport 22\n}"),
        ("chain c {\n    accept established\n}\njump c in", "chain c {\n    accept ct state established\n}\njump c in"),
    ])
    func aStatementIsFoundWhereverItStands(text: String, one: String) {
        #expect(mended(text).contains(one), "\(mended(text))")
    }

    @Test func variablesAndSetsOfTheFileAreKnown() {
        let text = "let wan = eth0\nset bad: address { 192.0.2.1 }\ndrop in iif $wan saddr @bad\n"
        #expect(mended(text) == [text.replacing("iif", with: "on")])
    }

    @Test func anIncludedFileIsMendedToo() throws {
        let loader = MemoryFileLoader(["more.weir": "accept in established\n"])
        let result = RuleFileCompiler.compile(text: "include \"more.weir\"\n", loader: loader)
        let fixIts = tried(result, loader: loader).diagnostics.flatMap(\.fixIts)
        #expect(fixIts.map(\.replacement) == ["accept in ct state established"])
    }

    @Test func whatIsNotUnderstoodIsLeftAlone() {
        for text in [
            "iptables -A INPUT -m recent --name x -j DROP", "iptables -D INPUT 1", "nft flush ruleset", "ufw enable",
            "ip route del default", "ip link set eth0 up", "accept in saddr {", "accept in \"", "\u{0}\u{1}", "= = =",
            "accept in tcp dport 22 or saddr 10.0.0.1", "let =", "set { 1 }", "route", "rule", "policy", "sysctl x",
        ] {
            for mended in mended(text) {
                #expect(RuleFileCompiler.compile(text: mended).ruleset != nil, "\(text) -> \(mended)")
            }
        }
        #expect(mended("iptables -A INPUT -m recent --name x -j DROP").isEmpty)
        #expect(mended("ip route del default").isEmpty)
    }

    @Test func countsStayAsTheyWere() {
        let text = String(repeating: "accept in tcp dport 22 dprot\n", count: 150)
        let result = RuleFileCompiler.compile(text: text)
        let tried = tried(result)
        #expect(tried.errorCount == result.diagnostics.errorCount)
        #expect(tried.diagnostics.map(\.range) == result.diagnostics.diagnostics.map(\.range))
    }

    @Test func aStatementWithoutEndIsNotLookedAt() {
        let text = "accept in tcp dport { 22,\n80 or }\n"
        for mended in mended(text) { #expect(RuleFileCompiler.compile(text: mended).ruleset != nil) }
    }
}
