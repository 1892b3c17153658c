import Netlink
import SystemPackage
import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft))
struct DumpTests {
    @Test func aFreshNamespaceHasNoTables() throws {
        var socket = try NetlinkSocket(.netfilter)
        #expect(try socket.names(NfTables.getTable, attribute: 1) == [])
    }

    @Test func tablesAndChainsMadeByNftAreDumped() throws {
        try outputOf(
            "nft",
            "-f",
            "-",
            input: """
                table inet a { chain one { tcp dport 22 accept; counter; }; chain two { }; }
                table ip b { }
                """
        )
        var socket = try NetlinkSocket(.netfilter)
        #expect(try socket.names(NfTables.getTable, attribute: 1) == ["a", "b"])
        #expect(try socket.names(NfTables.getChain, attribute: 3).sorted() == ["one", "two"])

        // One dump per chain, all over one socket.
        for (chain, count) in [("one", 2), ("two", 0)] {
            let filter = NfTables.string(1, "a") + NfTables.string(2, chain)
            let request = NetlinkRequest(type: NfTables.getRule, payload: NfTables.payload(NfTables.inet, filter))
            let summary = try socket.dump(request) { header, _ in
                #expect(header.type == NfTables.newRule)
                #expect(header.flags.contains(.multipart))
            }
            #expect(summary.messageCount == count)
            #expect(summary.isConsistent(withGeneration: try socket.generation()))
        }
    }

    @Test func aDumpOfManyMessagesIsCompleteAndConsistent() throws {
        try outputOf("nft", "-f", "-", input: "add table inet a\nadd chain inet a one\n")
        for first in stride(from: 1, through: 5000, by: 500) {
            let rules = (first..<first + 500).map { "add rule inet a one tcp dport \($0) counter accept\n" }
            try outputOf("nft", "-f", "-", input: rules.joined())
        }
        var socket = try NetlinkSocket(.netfilter)
        let generation = try socket.generation()
        var handles: Set<[UInt8]> = []
        let summary = try socket.dump(NetlinkRequest(type: NfTables.getRule, payload: NfTables.payload(0))) {
            _,
            payload in
            handles.insert(NfTables.find(3, in: payload.withUnsafeBytes { Array($0) }) ?? [])
        }
        #expect(summary.messageCount == 5000)
        #expect(handles.count == 5000)
        #expect(summary.isConsistent(withGeneration: generation))
        #expect(!summary.isConsistent(withGeneration: generation + 1))
    }

    @Test func aChangeDuringADumpIsNoticed() throws {
        let chains = (1...3000).map { "add chain inet a chain-\($0)\n" }.joined()
        try outputOf("nft", "-f", "-", input: "add table inet a\n\(chains)")
        var socket = try NetlinkSocket(.netfilter)
        let generation = try socket.generation()
        var isFirst = true
        let summary = try socket.dump(NetlinkRequest(type: NfTables.getChain, payload: NfTables.payload(0))) { _, _ in
            guard isFirst else { return }
            isFirst = false
            #expect(throws: Never.self) { try outputOf("nft", "add table inet b") }
        }
        #expect(!isFirst)
        #expect(summary.isInterrupted)
        #expect(!summary.isConsistent(withGeneration: generation))
        #expect(!summary.isConsistent(withGeneration: generation + 1))
    }

    /// The kernel does not mark the messages (`NLM_F_DUMP_INTR`) when a set changes while its elements are dumped.
    @Test func aChangeDuringADumpOfElementsIsNoticedByItsGenerations() throws {
        let elements = (1...12000).map { "10.\($0 >> 8).\($0 & 255).0" }.joined(separator: ", ")
        try outputOf("nft", "-f", "-", input: "table inet a { set s { type ipv4_addr; elements = { \(elements) }; }; }")
        var socket = try NetlinkSocket(.netfilter)
        let generation = try socket.generation()
        let filter = NfTables.string(1, "a") + NfTables.string(2, "s")
        let request = NetlinkRequest(type: NfTables.getSetElement, payload: NfTables.payload(NfTables.inet, filter))
        var isFirst = true
        let summary = try socket.dump(request) { _, _ in
            guard isFirst else { return }
            isFirst = false
            #expect(throws: Never.self) { try outputOf("nft", "add element inet a s { 192.0.2.1 }") }
        }
        #expect(
            summary.generations == UInt16(truncatingIfNeeded: generation)...UInt16(truncatingIfNeeded: generation + 1)
        )
        #expect(!summary.isConsistent(withGeneration: generation))
        #expect(try socket.dump(request) { _, _ in }.isConsistent(withGeneration: generation + 1))
    }

    @Test func anErrorOfTheCallbackEndsTheDumpAndTheSocketStaysUsable() throws {
        let chains = (1...2000).map { "add chain inet a chain-number-\($0)" }.joined(separator: "\n")
        try outputOf("nft", "-f", "-", input: "add table inet a\n\(chains)\n")
        var socket = try NetlinkSocket(.netfilter)
        let request = NetlinkRequest(type: NfTables.getChain, payload: NfTables.payload(0))
        let stop = NetlinkError(.dump, .canceled)
        var seen = 0
        do {
            try socket.dump(request) { (_, _) throws(NetlinkError) in
                seen += 1
                if seen == 3 { throw stop }
            }
            Issue.record("the callback's error was lost")
        } catch {
            #expect(error == stop)
        }
        #expect(seen == 3)
        #expect(try socket.names(NfTables.getChain, attribute: 3).count == 2000)
    }

    @Test func aRequestForSomethingMissingIsRefusedWithItsErrno() throws {
        var socket = try NetlinkSocket(.netfilter)
        let request = NetlinkRequest(
            type: NfTables.getTable,
            payload: NfTables.payload(NfTables.inet, NfTables.string(1, "nowhere"))
        )
        do {
            try socket.request(request)
            Issue.record("a missing table was found")
        } catch {
            #expect(error.errno == .noSuchFileOrDirectory)
            #expect(error.operation == .request)
            // The name is after the header of 16 bytes and nfgenmsg of 4.
            #expect(error.attributeOffset == 20)
            #expect(error.description.hasPrefix("cannot ask the kernel: No such file or directory"))
        }
    }

    /// nf_tables answers a dump of the elements of a missing set before it starts.
    @Test func aDumpOfSomethingMissingIsAnErrorAndNotEmpty() throws {
        try outputOf("nft", "add table inet a")
        var socket = try NetlinkSocket(.netfilter)
        let filter = NfTables.string(1, "a") + NfTables.string(2, "nowhere")
        let request = NetlinkRequest(type: NfTables.getSetElement, payload: NfTables.payload(NfTables.inet, filter))
        do {
            try socket.dump(request) { _, _ in }
            Issue.record("elements of a missing set were dumped")
        } catch {
            #expect(error.errno == .noSuchFileOrDirectory)
            #expect(error.operation == .dump)
        }
    }

    /// A dump of routes of a table that does not exist ends with a `NLMSG_DONE` that holds the error.
    @Test func anErrorInTheMessageThatEndsADumpIsThrown() throws {
        var socket = try NetlinkSocket(.route)
        do {
            try socket.dump(Route.dump(table: 4711)) { _, _ in }
            Issue.record("routes of a missing table were dumped")
        } catch {
            #expect(error.errno == .noSuchFileOrDirectory)
            #expect(error.message == "ipv4: FIB table does not exist")
        }
    }

    @Test func aStrictDumpFilterIsApplied() throws {
        try outputOf("ip", "route", "add", "192.0.2.0/24", "dev", "lo", "table", "77")
        var socket = try NetlinkSocket(.route)
        let summary = try socket.dump(Route.dump(table: 77)) { header, _ in
            #expect(header.flags.contains(.dumpFiltered))
        }
        #expect(summary.messageCount == 1)
    }
}
