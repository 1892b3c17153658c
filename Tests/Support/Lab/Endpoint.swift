import Glibc

/// An address and a port, as a socket sees them.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// IPv4 or IPv6 address in canonical text.
    public var address: String
    /// Port, zero where there is none.
    public var port: UInt16

    /// Creates an endpoint from its parts.
    public init(_ address: String, _ port: UInt16) {
        self.address = address
        self.port = port
    }

    /// `10.0.0.1:80` or `[fd00::1]:80`.
    public var description: String {
        address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}

/// A `struct sockaddr` of either family.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private(set) var length: socklen_t

    /// Room for an address that a system call fills in.
    init() {
        length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    }

    /// Reads an address literal.
    init(_ address: String, port: UInt16) throws(NetworkFailure) {
        var v4 = sockaddr_in()
        var v6 = sockaddr_in6()
        if inet_pton(AF_INET, address, &v4.sin_addr) == 1 {
            v4.sin_family = sa_family_t(AF_INET)
            v4.sin_port = port.bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: v4, as: sockaddr_in.self) }
        } else if inet_pton(AF_INET6, address, &v6.sin6_addr) == 1 {
            v6.sin6_family = sa_family_t(AF_INET6)
            v6.sin6_port = port.bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: v6, as: sockaddr_in6.self) }
        } else {
            throw NetworkFailure("'\(address)' is not an address", errno: EINVAL)
        }
    }

    /// `AF_INET` or `AF_INET6`.
    var family: Int32 { Int32(storage.ss_family) }

    var endpoint: Endpoint {
        withUnsafeBytes(of: storage) { Endpoint(sockaddr: $0) }
    }

    func withPointer<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        withUnsafePointer(to: storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    mutating func withMutablePointer<Value>(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Value
    ) -> Value {
        var newLength = length
        let value = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &newLength) }
        }
        length = newLength
        return value
    }
}

extension Endpoint {
    /// Reads a `struct sockaddr` of either family.
    init(sockaddr bytes: UnsafeRawBufferPointer) {
        let family = Int32(bytes.loadUnaligned(as: sa_family_t.self))
        if family == AF_INET, bytes.count >= 8 {
            self.init(addressText(AF_INET, bytes[4..<8]), UInt16(bytes[2]) << 8 | UInt16(bytes[3]))
        } else if family == AF_INET6, bytes.count >= 24 {
            self.init(addressText(AF_INET6, bytes[8..<24]), UInt16(bytes[2]) << 8 | UInt16(bytes[3]))
        } else {
            self.init("", 0)
        }
    }
}

/// `inet_ntop`.
func addressText(_ family: Int32, _ bytes: some Collection<UInt8>) -> String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(family, Array(bytes), &text, socklen_t(text.count)) != nil else { return "" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// The bytes of an address literal, four or sixteen.
func addressBytes(_ text: String) throws(NetworkFailure) -> [UInt8] {
    var v4 = in_addr()
    if inet_pton(AF_INET, text, &v4) == 1 { return withUnsafeBytes(of: v4) { Array($0) } }
    var v6 = in6_addr()
    if inet_pton(AF_INET6, text, &v6) == 1 { return withUnsafeBytes(of: v6) { Array($0) } }
    throw NetworkFailure("'\(text)' is not an address", errno: EINVAL)
}

/// A system call on the network that failed where the test had not expected it.
public struct NetworkFailure: Error, CustomStringConvertible {
    private let operation: String
    private let errno: Int32

    init(_ operation: String, errno: Int32) {
        self.operation = operation
        self.errno = errno
    }

    /// What failed and why.
    public var description: String { "\(operation): \(String(cString: strerror(errno)))" }
}
