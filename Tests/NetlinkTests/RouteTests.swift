import Netlink
import SystemPackage
import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.ip))
struct RouteTests {
    @Test func anAddedRouteIsEchoedAsItWasStored() throws {
        var socket = try NetlinkSocket(.route)
        let replies = try socket.request(
            NetlinkRequest(
                type: Route.new,
                flags: [.create, .exclusive, .echo],
                payload: Route.overLoopback([192, 0, 2, 0], length: 24)
            )
        )
        #expect(replies.map(\.header.type) == [Route.new])
        // struct rtmsg: family, dst_len, src_len, tos, table, protocol, scope, type.
        #expect(replies.first.map { Array($0.payload.prefix(8)) } == [2, 24, 0, 0, 254, 4, 253, 1])
        #expect(try outputOf("ip", "route") == "192.0.2.0/24 dev lo proto static scope link \n")
    }

    @Test func aRefusedRouteIsExplainedByTheKernel() throws {
        var socket = try NetlinkSocket(.route)
        do {
            let payload = Route.overLoopback([192, 0, 2, 1], length: 24)
            try socket.request(NetlinkRequest(type: Route.new, flags: [.create, .exclusive], payload: payload))
            Issue.record("a route with host bits was accepted")
        } catch {
            #expect(error.errno == .invalidArgument)
            #expect(error.message == "Invalid prefix for given prefix length")
            #expect(
                error.description
                    == "cannot ask the kernel: Invalid argument (Invalid prefix for given prefix length)"
            )
        }
    }

    /// What `ip route get` does.
    @Test func aSingleRouteIsLookedUp() throws {
        try outputOf("ip", "address", "add", "198.51.100.1/24", "dev", "lo")
        var socket = try NetlinkSocket(.route)
        let header: [UInt8] = [2, 32, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0]  // RTM_F_LOOKUP_TABLE
        let lookup = NetlinkRequest(type: Route.get, payload: header + NfTables.attribute(1, [198, 51, 100, 7]))
        let replies = try socket.request(lookup)
        #expect(replies.count == 1)
        // Every address of a prefix on lo is local: RTN_LOCAL (2).
        #expect(replies.first.map { Array($0.payload.prefix(2) + $0.payload[7...7]) } == [2, 32, 2])

        let nowhere = NetlinkRequest(type: Route.get, payload: header + NfTables.attribute(1, [203, 0, 113, 7]))
        do {
            try socket.request(nowhere)
            Issue.record("a route to nowhere was found")
        } catch {
            #expect(error.errno == .networkUnreachable)
        }
    }

    @Test func manyRoutesAreSentInPieces() throws {
        var socket = try NetlinkSocket(.route)
        var batch = NetlinkBatch()
        for index in 0..<5000 {
            let prefix: [UInt8] = [10, UInt8(index >> 8), UInt8(index & 0xff), 0]
            batch.append(
                type: Route.new,
                flags: [.create, .exclusive],
                payload: Route.overLoopback(prefix, length: 24)
            )
        }
        #expect(batch.byteCount > 3 * 64 * 1024)
        let outcome = try socket.sendEach(&batch)
        #expect(outcome.isSuccess)
        #expect(outcome.handledCount == 5000)
        #expect(try socket.dump(Route.dump(table: 254)) { _, _ in }.messageCount == 5000)
    }

    @Test func independentMessagesHappenDespiteARefusedOneWhichIsReported() throws {
        var socket = try NetlinkSocket(.route)
        var batch = NetlinkBatch()
        batch.append(type: Route.new, flags: .create, payload: Route.overLoopback([10, 0, 1, 0], length: 24))
        let bad = batch.append(type: Route.new, flags: .create, payload: Route.overLoopback([10, 0, 2, 1], length: 24))
        batch.append(type: Route.new, flags: .create, payload: Route.overLoopback([10, 0, 3, 0], length: 24))
        let last = batch.append(
            type: Route.new,
            flags: .create,
            payload: Route.overLoopback([10, 0, 4, 1], length: 24)
        )
        let outcome = try socket.sendEach(&batch)
        #expect(outcome.errors.map(\.index) == [bad, last])
        #expect(outcome.errors.map(\.message).allSatisfy { $0 == "Invalid prefix for given prefix length" })
        #expect(outcome.handledCount == 4)
        #expect(try socket.dump(Route.dump(table: 254)) { _, _ in }.messageCount == 2)
    }

    @Test func sendingStopsAfterThePieceWithAnErrorIfAsked() throws {
        var socket = try NetlinkSocket(.route)
        var batch = NetlinkBatch()
        for index in 0..<5000 {
            let prefix: [UInt8] = [10, UInt8(index >> 8), UInt8(index & 0xff), index == 7 ? 1 : 0]
            batch.append(
                type: Route.new,
                flags: [.create, .exclusive],
                payload: Route.overLoopback(prefix, length: 24)
            )
        }
        let outcome = try socket.sendEach(&batch, stopsAtError: true)
        #expect(outcome.errors.map(\.index) == [7])
        #expect(!outcome.isAcknowledged)
        #expect((8..<5000).contains(outcome.handledCount))
        let stored = try socket.dump(Route.dump(table: 254)) { _, _ in }.messageCount
        #expect(stored == outcome.handledCount - 1)
    }

    @Test func changesAreAnnouncedToAListener() throws {
        var listener = try NetlinkSocket(.route)
        try listener.join(group: 7)  // RTNLGRP_IPV4_ROUTE
        try outputOf("ip", "route", "add", "192.0.2.0/24", "dev", "lo")
        let announcements = try listener.announcements(timeout: 1000)
        #expect(announcements.map(\.header.type) == [Route.new])
        #expect(try listener.announcements(timeout: 0) == [])
    }
}
