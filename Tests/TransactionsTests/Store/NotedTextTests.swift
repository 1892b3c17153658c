import KernelObjects
import Reconciliation
import TestSupport
import Testing

@testable import Transactions

/// Which files are opened to find out whether a rule file is in effect.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct NotedTextTests {
    private static let texts = ["rules.weir": "include", "one.weir": "one", "two.weir": "two"]

    /// Applies three texts, and gives what is answered of a path, with the files that were opened for it.
    private func answer(
        of path: String,
        changed: String? = nil
    ) throws -> (isInEffect: Bool, opened: [String]) {
        let sources = ["rules.weir", "one.weir", "two.weir"].map { name in
            RulesetText.Source(name: name, bytes: Array(Self.texts[name, default: ""].utf8))
        }
        let desired = DesiredState(firewall: try KernelLab.input(["tcp dport 25 counter drop"]))
        var opened: [String] = []
        var isInEffect = false
        try KernelLab.withSession { (session) throws in
            _ = try session.apply(desired, text: RulesetText(sources: sources, saysAll: true)) { _ in true }
            isInEffect = session.isInEffect(path, isForChange: false) { name in
                opened.append(name)
                return name == changed ? Array("other".utf8) : Self.texts[name].map { Array($0.utf8) }
            }
        }
        return (isInEffect, opened)
    }

    @Test func allOfTheFileAreRead() throws {
        let answer = try answer(of: "rules.weir")
        #expect(answer.isInEffect)
        #expect(answer.opened == ["rules.weir", "one.weir", "two.weir"])
    }

    @Test func noneOfAnotherFileIs() throws {
        let answer = try answer(of: "one.weir")
        #expect(!answer.isInEffect)
        #expect(answer.opened == [])
    }

    @Test func noneAfterTheFirstDifferenceIs() throws {
        let answer = try answer(of: "rules.weir", changed: "one.weir")
        #expect(!answer.isInEffect)
        #expect(answer.opened == ["rules.weir", "one.weir"])
    }
}
