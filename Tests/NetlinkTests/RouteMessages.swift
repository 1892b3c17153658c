import Netlink

/// The rtnetlink messages that these tests send.
enum Route {
    static let new: UInt16 = 24
    static let delete: UInt16 = 25
    static let get: UInt16 = 26

    /// `struct rtmsg`: IPv4, table 254 or less, protocol static, type unicast.
    static func header(
        prefixLength: UInt8 = 0,
        table: UInt8 = 254,
        protocolNumber: UInt8 = 4,
        scope: UInt8 = 253
    ) -> [UInt8] {
        [2, prefixLength, 0, 0, table, protocolNumber, scope, 1, 0, 0, 0, 0]
    }

    static func dump(table: UInt32) -> NetlinkRequest {
        let header: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        return NetlinkRequest(type: get, payload: header + number(15, table))
    }

    /// A route over `lo`, which is interface 1 of every namespace.
    static func overLoopback(_ prefix: [UInt8], length: UInt8, table: UInt8 = 254) -> [UInt8] {
        header(prefixLength: length, table: table) + NfTables.attribute(1, prefix) + number(4, 1)
    }

    static func number(_ type: UInt16, _ value: UInt32) -> [UInt8] {
        NfTables.attribute(type, (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
    }
}
