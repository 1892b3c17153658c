import Glibc

/// An IPv4 or IPv6 address as bytes, read and written by the C library: the tests do not lean on the code under test.
struct Address: Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(stringLiteral text: String) {
        var buffer = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &buffer) == 1 {
            bytes = Array(buffer[..<4])
        } else {
            precondition(inet_pton(AF_INET6, text, &buffer) == 1, "'\(text)' is no address")
            bytes = buffer
        }
    }

    var isIPv6: Bool { bytes.count == 16 }

    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(isIPv6 ? AF_INET6 : AF_INET, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension Array<UInt8> {
    init(bigEndian value: UInt16) {
        self = [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
    }

    init(bigEndian value: UInt32) {
        self = Array(bigEndian: UInt16(value >> 16)) + Array(bigEndian: UInt16(truncatingIfNeeded: value))
    }

    func bigEndian16(at offset: Int) -> UInt16 {
        UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
    }
}
