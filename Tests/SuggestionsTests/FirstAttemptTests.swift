import Diagnostics
import RulesetCompiler
import Suggestions
import TestSupport
import Testing

/// A first attempt is understood, or the message has the statement that was meant.
struct FirstAttemptTests {
    @Test(arguments: FirstAttempts.all.map(\.written))
    func theFirstAttemptLeadsToWhatWasMeant(written: String) throws {
        let meant = try #require(FirstAttempts.all.first { $0.written == written }?.meant)
        let expected = RuleFileCompiler.compile(text: meant)
        let ruleset = try #require(expected.ruleset, "the right form is wrong: \(meant)")
        let result = RuleFileCompiler.compile(text: written)
        if let understood = result.ruleset {
            #expect(understood == ruleset)
            return
        }
        let tried = tried(result)
        let fixIt = try #require(tried.diagnostics.first?.fixIts.first, "nothing is suggested for: \(written)")
        let mended = RuleFileCompiler.compile(text: following(fixIt, in: written))
        #expect(mended.ruleset == ruleset, "suggested: \(following(fixIt, in: written))")
        #expect(fixIt.message.contains(following(fixIt, in: written)), "the message has not the whole statement")
    }

    /// What comes in has left by no interface yet: to suggest the one that it came by would turn the rule round.
    @Test(arguments: [
        "accept in oif eth0", "drop in oifname eth0", "accept in -o eth0", "drop out iif eth0",
        "accept out iifname eth0",
    ])
    func theInterfaceOfTheOtherSideIsNotSuggested(written: String) throws {
        let tried = tried(RuleFileCompiler.compile(text: written))
        let diagnostic = try #require(tried.diagnostics.first)
        #expect(diagnostic.fixIts.isEmpty, "\(diagnostic.fixIts.map(\.message))")
        guard !written.contains("-o") else { return }
        #expect(diagnostic.notes.contains { $0.message.hasPrefix("packets of the direction") })
    }

    @Test func aHostNameIsExplained() throws {
        for host in ["example.com", "www.example.org", "localhost"] {
            let result = RuleFileCompiler.compile(text: "accept in saddr \(host)")
            let notes = try #require(result.diagnostics.diagnostics.first?.notes)
            #expect(notes.contains { $0.message.hasPrefix("names are not looked up") }, "\(host)")
        }
        let other = RuleFileCompiler.compile(text: "accept in saddr eth0")
        #expect(other.diagnostics.diagnostics.first?.notes.isEmpty == true)
    }

    @Test(arguments: ["sftp", "dhcp", "ipsec", "ping"])
    func aServiceOfSeveralPortsIsExplained(name: String) throws {
        let result = RuleFileCompiler.compile(text: "accept in tcp dport \(name)")
        #expect(try #require(result.diagnostics.diagnostics.first).notes.count == 1)
    }
}
