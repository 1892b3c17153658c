import Netlink
import SystemPackage
import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft))
struct BatchTests {
    private func table(_ name: String) -> [UInt8] {
        NfTables.payload(NfTables.inet, NfTables.string(1, name))
    }

    private func chain(_ name: String, in table: String) -> [UInt8] {
        NfTables.payload(NfTables.inet, NfTables.string(1, table), NfTables.string(3, name))
    }

    /// A rule with one expression, given by its name and attributes.
    private func rule(_ chain: String, in table: String, _ name: String, _ data: [UInt8] = []) -> [UInt8] {
        let expression = NfTables.nested(1, NfTables.string(1, name), NfTables.nested(2, data))
        return NfTables.payload(
            NfTables.inet,
            NfTables.string(1, table),
            NfTables.string(2, chain),
            NfTables.nested(4, expression)
        )
    }

    private func tableAndChain() -> NetlinkBatch {
        var batch = NetlinkBatch()
        batch.append(type: NfTables.newTable, flags: .create, payload: table("weir"))
        batch.append(type: NfTables.newChain, flags: .create, payload: chain("input", in: "weir"))
        return batch
    }

    @Test func aCommittedBatchIsListedByNft() throws {
        var socket = try NetlinkSocket(.netfilter)
        let before = try socket.generation()
        var batch = tableAndChain()
        let outcome = try socket.commit(&batch)
        #expect(outcome.isSuccess)
        #expect(outcome.handledCount == 2)
        #expect(try socket.generation() == before + 1)
        #expect(try outputOf("nft", "list", "ruleset") == "table inet weir {\n\tchain input {\n\t}\n}\n")
    }

    @Test func aBatchWithOneBadMessageChangesNothingAndEveryErrorIsReportedAtItsPlace() throws {
        var socket = try NetlinkSocket(.netfilter)
        let before = try socket.generation()
        var batch = tableAndChain()
        let noChain = batch.append(
            type: NfTables.newRule,
            flags: [.create, .append],
            payload: rule("nowhere", in: "weir", "counter")
        )
        batch.append(type: NfTables.newRule, flags: [.create, .append], payload: rule("input", in: "weir", "counter"))
        let noExpression = batch.append(
            type: NfTables.newRule,
            flags: [.create, .append],
            payload: rule("input", in: "weir", "nonsense")
        )
        let outcome = try socket.commit(&batch)

        #expect(!outcome.isSuccess)
        #expect(!outcome.isStale)
        #expect(outcome.handledCount == 0)
        #expect(outcome.errors.map(\.index) == [noChain, noExpression])
        #expect(outcome.errors.map(\.errno) == [.noSuchFileOrDirectory, .noSuchFileOrDirectory])
        // After the header (16), nfgenmsg (4) and NFTA_RULE_TABLE (4 + "weir", NUL, padding).
        let chainOffset = 16 + 4 + 12
        #expect(outcome.errors.first?.attributeOffset == chainOffset)
        // After NFTA_RULE_CHAIN (4 + "input", NUL, padding) and the head of NFTA_RULE_EXPRESSIONS.
        #expect(outcome.errors.last?.attributeOffset == chainOffset + 12 + 4)
        #expect(try socket.names(NfTables.getTable, attribute: 1) == [])
        #expect(try socket.generation() == before)
    }

    @Test func aDryRunReportsWhatACommitWouldAndLeavesNothing() throws {
        var socket = try NetlinkSocket(.netfilter)
        var good = tableAndChain()
        #expect(try socket.validate(&good).isSuccess)
        var bad = tableAndChain()
        let index = bad.append(type: NfTables.newRule, flags: .create, payload: rule("nowhere", in: "weir", "counter"))
        #expect(try socket.validate(&bad).errors.map(\.index) == [index])
        #expect(try socket.names(NfTables.getTable, attribute: 1) == [])

        // The batch that was validated can be committed.
        #expect(try socket.commit(&good).isSuccess)
        #expect(try socket.names(NfTables.getTable, attribute: 1) == ["weir"])
    }

    @Test func aBatchForAnotherGenerationIsRefusedAsStale() throws {
        var socket = try NetlinkSocket(.netfilter)
        let generation = try socket.generation()
        try outputOf("nft", "add table inet somebody-else")
        var batch = tableAndChain()
        let refused = try socket.commit(&batch, ifGeneration: generation)
        #expect(refused.isStale)
        #expect(!refused.isSuccess)
        #expect(try socket.names(NfTables.getTable, attribute: 1) == ["somebody-else"])
        #expect(try socket.commit(&batch, ifGeneration: try socket.generation()).isSuccess)
        #expect(try socket.names(NfTables.getTable, attribute: 1) == ["somebody-else", "weir"])
    }

    @Test func nothingCommittedChangesNothing() throws {
        var socket = try NetlinkSocket(.netfilter)
        try outputOf("nft", "add table inet somebody-else")
        let generation = try socket.generation()
        for _ in 0..<3 { #expect(try socket.commitNothing(ifGeneration: generation).isSuccess) }
        #expect(try socket.generation() == generation)
        #expect(try socket.commitNothing(ifGeneration: generation &- 1).isStale)
        #expect(try socket.generation() == generation)
        #expect(try socket.names(NfTables.getTable, attribute: 1) == ["somebody-else"])
    }

    /// The kernel takes 212 960 bytes at once unless the send buffer is raised.
    @Test func aBatchLargerThanTheDefaultSendBufferIsCommittedAtOnce() throws {
        var socket = try NetlinkSocket(.netfilter)
        var batch = NetlinkBatch(capacity: 20000 * 100)
        batch.append(type: NfTables.newTable, flags: .create, payload: table("weir"))
        batch.append(type: NfTables.newChain, flags: .create, payload: chain("input", in: "weir"))
        for _ in 0..<20000 {
            batch.append(
                type: NfTables.newRule,
                flags: [.create, .append],
                payload: rule("input", in: "weir", "counter")
            )
        }
        #expect(batch.byteCount > 1_000_000)
        let outcome = try socket.commit(&batch)
        #expect(outcome.isSuccess)
        #expect(outcome.handledCount == 20002)
        let summary = try socket.dump(NetlinkRequest(type: NfTables.getRule, payload: NfTables.payload(0))) { _, _ in }
        #expect(summary.messageCount == 20000)
    }

    /// Without CAP_NET_ADMIN of the machine, in a rootless container for instance, net.core.wmem_max is the limit.
    @Test func aBatchLargerThanTheSystemAllowsIsRefusedWithTheWayToHelp() throws {
        let limit = try #require(
            readFile("/proc/sys/net/core/wmem_max").flatMap { bytes in
                Int(String(decoding: bytes.filter { $0 > 32 }, as: UTF8.self))
            }
        )
        try dropNetworkAdministration()
        var socket = try NetlinkSocket(.netfilter)
        var batch = NetlinkBatch()
        batch.append(type: NfTables.newTable, flags: .create, payload: [UInt8](repeating: 0, count: 2 * limit))
        do {
            _ = try socket.commit(&batch)
            Issue.record("a batch larger than twice wmem_max was sent")
        } catch {
            #expect(error.errno == .messageTooLong)
            let size = batch.byteCount + 20 + 20
            #expect(
                error.message == "batch of \(size) bytes > limit of \(2 * limit - 32) bytes; raise net.core.wmem_max"
            )
        }
    }

    @Test func withoutTheCapabilityTheBatchAsAWholeIsRefused() throws {
        try dropNetworkAdministration()
        var socket = try NetlinkSocket(.netfilter)
        var batch = tableAndChain()
        let outcome = try socket.commit(&batch)
        #expect(!outcome.isSuccess)
        #expect(outcome.errors.map(\.index) == [nil])
        #expect(outcome.errors.map(\.errno) == [.notPermitted])
        #expect(throws: NetlinkError.self) { try socket.names(NfTables.getTable, attribute: 1) }
    }

    @Test func tenThousandErrorsAreAllReported() throws {
        var socket = try NetlinkSocket(.netfilter)
        var batch = NetlinkBatch()
        for _ in 0..<10000 {
            batch.append(type: NfTables.newRule, flags: .create, payload: rule("input", in: "nowhere", "counter"))
        }
        let outcome = try socket.commit(&batch)
        #expect(outcome.errors.map(\.index) == Array(0..<10000))
        #expect(!outcome.hasLostErrors)
    }

    /// More errors than fit are no reason to believe that anything else happened than a refusal.
    @Test func lostErrorsAreReportedAndTheFirstOnesKept() throws {
        var socket = try NetlinkSocket(.netfilter)
        var batch = NetlinkBatch()
        for _ in 0..<60000 {
            batch.append(type: NfTables.newRule, flags: .create, payload: rule("input", in: "nowhere", "counter"))
        }
        let outcome = try socket.commit(&batch)
        #expect(outcome.hasLostErrors)
        #expect(!outcome.isSuccess)
        #expect(outcome.errors.count > 10000)
        #expect(outcome.errors.prefix(100).map(\.index) == Array(0..<100))
        #expect(try socket.names(NfTables.getTable, attribute: 1) == [])
    }

    @Test func anEmptyBatchIsAcknowledgedAndChangesNothing() throws {
        var socket = try NetlinkSocket(.netfilter)
        let before = try socket.generation()
        var batch = NetlinkBatch()
        #expect(try socket.commit(&batch).isSuccess)
        #expect(try socket.generation() == before)
    }

    @Test func encodedMessagesAreTakenOverAndNumbered() throws {
        var socket = try NetlinkSocket(.netfilter)
        func message(_ type: UInt16, _ payload: [UInt8]) -> [UInt8] {
            [UInt8(16 + payload.count), 0, 0, 0, UInt8(type & 0xff), UInt8(type >> 8), 0x01, 0x04]  // REQUEST, CREATE
                + [9, 9, 9, 9, 0, 0, 0, 0] + payload
        }
        let messages = message(NfTables.newTable, table("weir")) + message(NfTables.newChain, chain("a", in: "nowhere"))
        var batch = try NetlinkBatch(encodedMessages: messages)
        #expect(batch.count == 2)
        #expect(try socket.commit(&batch).errors.map(\.index) == [1])
        #expect(throws: NetlinkError.self) { try NetlinkBatch(encodedMessages: Array(messages.dropLast())) }
        #expect(throws: NetlinkError.self) { try NetlinkBatch(encodedMessages: Array(messages.dropFirst(4))) }
        #expect(throws: NetlinkError.self) { try NetlinkBatch(encodedMessages: [1, 2, 3]) }
    }

    @Test func aMessageWhoseWriterThrowsIsNotAppended() throws {
        var batch = tableAndChain()
        let size = batch.byteCount
        let error = NetlinkError(.commit, .canceled)
        #expect(throws: error) {
            try batch.append(type: NfTables.newRule) { (bytes) throws(NetlinkError) in
                bytes += [1, 2, 3]
                throw error
            }
        }
        #expect(batch.count == 2)
        #expect(batch.byteCount == size)
        var socket = try NetlinkSocket(.netfilter)
        #expect(try socket.commit(&batch).isSuccess)
    }
}
