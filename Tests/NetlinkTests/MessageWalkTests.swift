import SystemPackage
import Testing

@testable import Netlink

/// What comes out of a socket is not to be trusted: lengths that lie must neither crash nor be believed.
struct MessageWalkTests {
    private func message(_ payload: [UInt8], type: UInt16 = 20, flags: NetlinkFlags = []) -> [UInt8] {
        var bytes: [UInt8] = []
        NetlinkHeader(type: type, flags: flags, sequence: 7, portID: 9).encode(payloadSize: payload.count, into: &bytes)
        bytes += payload
        return bytes + [UInt8](repeating: 0, count: netlinkAligned(bytes.count) - bytes.count)
    }

    private func walk(_ bytes: [UInt8]) throws(NetlinkError) -> [[UInt8]] {
        var payloads: [[UInt8]] = []
        try bytes.span.withUnsafeBytes { (buffer) throws(NetlinkError) in
            var walk = MessageWalk(buffer)
            while let message = try walk.next() { payloads.append(Array(message.payload)) }
        }
        return payloads
    }

    @Test func messagesAreSplitAndPaddingIsLeftOut() throws {
        #expect(
            try walk(message([1, 2, 3]) + message([]) + message([4, 5, 6, 7])) == [[1, 2, 3], [], [4, 5, 6, 7]]
        )
        #expect(try walk([]) == [])
        // The last message may go without its padding.
        #expect(try walk(Array(message([1, 2, 3]).dropLast())) == [[1, 2, 3]])
    }

    @Test func lengthsThatDoNotFitAreErrors() {
        let whole = message([1, 2, 3, 4])
        for length in [0, 15, 21, 0xffff_ffff] as [UInt32] {
            var bytes = whole
            bytes.store(hostOrder: length, at: 0)
            #expect(throws: NetlinkError(.receive, .badMessage, message: "a message is longer than what was received"))
            {
                try walk(bytes)
            }
        }
        #expect(throws: NetlinkError(.receive, .badMessage, message: "a message is cut off")) {
            try walk(whole + [1, 2, 3])
        }
    }

    @Test func anExtendedAcknowledgementIsReadWithAndWithoutTheRefusedMessage() throws {
        let refused = message([9, 9, 9, 9, 9])
        let text = Array("no such thing".utf8) + [0]
        var attributes: [UInt8] = []
        attributes.append(hostOrder: UInt16(4 + text.count))
        attributes.append(hostOrder: UInt16(1))
        attributes += text + [0, 0]
        attributes.append(hostOrder: UInt16(8))
        attributes.append(hostOrder: UInt16(2))
        attributes.append(hostOrder: UInt32(20))
        var number: [UInt8] = []
        number.append(hostOrder: Int32(-2))

        for (middle, flags) in [
            (refused, NetlinkFlags.acknowledgementAttributes),
            (Array(refused.prefix(16)), [.acknowledgementAttributes, .capped]),
        ] {
            let bytes = number + middle + attributes
            let answer = try bytes.withUnsafeBytes { try Acknowledgement(errorMessage: $0, flags: flags) }
            #expect(answer.errno == .noSuchFileOrDirectory)
            #expect(answer.message == "no such thing")
            #expect(answer.attributeOffset == 20)
        }
    }

    @Test func garbageIsNeverTrusted() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            var bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            // Small lengths let the reader get further.
            for index in bytes.indices where Bool.random(using: &random) { bytes[index] &= 0x1f }
            _ = try? walk(bytes)
            let flags = NetlinkFlags(rawValue: UInt16.random(in: 0...0x3ff, using: &random))
            _ = try? bytes.withUnsafeBytes { try Acknowledgement(errorMessage: $0, flags: flags) }
            _ = bytes.withUnsafeBytes { Acknowledgement(doneMessage: $0, flags: flags) }
            _ = try? NetlinkBatch(encodedMessages: bytes)
        }
    }
}
