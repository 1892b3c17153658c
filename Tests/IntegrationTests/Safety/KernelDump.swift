import Netlink
import SystemPackage
import TestSupport

/// All of nf_tables, the routes and the policy routing rules, as the kernel's own bytes.
///
/// Left out is what cannot be equal when something was taken away and made again: handles and counters of Weir's table, the names of
/// anonymous sets (their contents stand in their place), lifetimes that are running, and the order of tables, chains, sets and members
/// of sets, which means nothing. Rules keep their order within the chain, routes and policy routing rules theirs within the dump.
/// Of other tables nothing is left out but lifetimes and the order of members: neither handles nor counters.
struct KernelDump: Equatable {
    /// What is Weir's, or may be.
    let own: [String]
    /// What is not.
    let foreign: [String]

    private static let weirProtocol: UInt8 = 172

    /// Reads everything, with the settings of these names.
    init(sysctls: [String] = []) throws {
        var own: [String] = []
        var foreign: [String] = []
        try Self.readFirewall(&own, &foreign)
        var socket = try NetlinkSocket(.route)
        for family in [2, 10] as [UInt8] {
            // RTM_GETROUTE and struct rtmsg; RTA_CACHEINFO (12) and RTA_EXPIRES (23) run.
            let routes = try Self.payloads(&socket, type: 26, header: [family] + [UInt8](repeating: 0, count: 11))
            for route in routes {
                let text = "route \(hex(route.prefix(12))) \(Attributes(route.dropFirst(12)).text(without: [12, 23]))"
                if route[5] == Self.weirProtocol { own.append(text) } else { foreign.append(text) }
            }
            // RTM_GETRULE and struct fib_rule_hdr; FRA_PROTOCOL is 21.
            let rules = try Self.payloads(&socket, type: 34, header: [family] + [UInt8](repeating: 0, count: 11))
            for rule in rules {
                let attributes = Attributes(rule.dropFirst(12))
                let text = "rule \(hex(rule.prefix(12))) \(attributes.text(without: []))"
                if attributes.first(21) == [Self.weirProtocol] { own.append(text) } else { foreign.append(text) }
            }
        }
        for name in sysctls {
            let bytes = readFile("/proc/sys/\(name.split(separator: ".").joined(separator: "/"))") ?? []
            own.append("\(name) \(String(decoding: bytes, as: UTF8.self))")
        }
        self.own = own
        self.foreign = foreign
    }

    /// One text of it all.
    var text: String { (own + foreign).joined(separator: "\n") }

    // MARK: nf_tables

    /// Attributes that are left out of Weir's own objects: handles, the position of a rule, which is one, and a chain's counts.
    private enum Handle {
        static let table: Set<UInt16> = [4]
        static let chain: Set<UInt16> = [2, 8]
        static let rule: Set<UInt16> = [3, 6]
        static let set: Set<UInt16> = [2, 16]
    }

    private static func readFirewall(_ own: inout [String], _ foreign: inout [String]) throws {
        var socket = try NetlinkSocket(.netfilter)
        func dump(_ type: UInt16, _ attributes: [UInt8] = [], family: UInt8 = 0) throws -> [(UInt8, Attributes)] {
            let header: [UInt8] = [family, 0, 0, 0]
            let payloads = try payloads(&socket, type: 10 << 8 | type, header: header + attributes)
            return payloads.map { ($0[0], Attributes($0.dropFirst(4))) }
        }
        func isOwn(_ family: UInt8, _ name: [UInt8]?) -> Bool { family == 1 && name == Array("weir\0".utf8) }

        var owned: [String] = []
        var others: [String] = []
        // NFT_MSG_GETTABLE
        for (family, table) in try dump(1) {
            let isOwn = isOwn(family, table.first(1))
            let text = "table \(family) \(table.text(without: isOwn ? Handle.table : []))"
            if isOwn { owned.append(text) } else { others.append(text) }
        }
        // NFT_MSG_GETSET, and NFT_MSG_GETSETELEM for each.
        var anonymous: [[UInt8]: String] = [:]
        for (family, set) in try dump(10) {
            let isOwn = isOwn(family, set.first(1))
            let name = set.first(2) ?? []
            let request = Attributes.encode(1, set.first(1) ?? []) + Attributes.encode(2, name)
            var elements: [String] = []
            for (_, list) in try dump(13, request, family: family) {
                for element in Attributes(list.first(3) ?? []).list {
                    // NFTA_SET_ELEM_EXPIRATION (5) runs.
                    elements.append(Attributes(element.value[...]).text(without: [5]))
                }
            }
            let content =
                "\(set.text(without: isOwn ? Handle.set : [])) { \(elements.sorted().joined(separator: ", ")) }"
            guard isOwn else {
                others.append("set \(family) \(content)")
                continue
            }
            if name.starts(with: Array("__".utf8)) {
                anonymous[name] = content
            } else {
                owned.append("set \(hex(name[...])) \(content)")
            }
        }
        // NFT_MSG_GETCHAIN
        for (family, chain) in try dump(4) {
            let isOwn = isOwn(family, chain.first(1))
            // NFTA_CHAIN_POLICY (5) and NFTA_CHAIN_COUNTERS (8): a policy that drops counts; one that did so before goes on, unseen.
            let counts = isOwn && chain.first(5) == [0, 0, 0, 0] && chain.first(8) != nil
            let text = "chain \(family) \(chain.text(without: isOwn ? Handle.chain : []))\(counts ? " counts" : "")"
            if isOwn { owned.append(text) } else { others.append(text) }
        }
        // NFT_MSG_GETRULE
        var rules: [[UInt8]: [String]] = [:]
        for (family, rule) in try dump(7) {
            guard isOwn(family, rule.first(1)) else {
                others.append("rule \(family) \(rule.text(without: []))")
                continue
            }
            let expressions = Attributes(rule.first(4) ?? []).list.map { expression($0.value, anonymous) }
            let text = "\(rule.text(without: Handle.rule.union([4]))) [\(expressions.joined(separator: " | "))]"
            rules[rule.first(2) ?? [], default: []].append(text)
        }
        for (chain, texts) in rules { owned.append("rules \(hex(chain[...])) \(texts.joined(separator: "\n  "))") }
        // NFT_MSG_GETOBJ and NFT_MSG_GETFLOWTABLE
        for type in [19, 23] as [UInt16] {
            for (family, object) in try dump(type) {
                let text = "object \(type) \(family) \(object.text(without: []))"
                if isOwn(family, object.first(1)) { owned.append(text) } else { others.append(text) }
            }
        }
        own += owned.sorted()
        foreign += others
    }

    /// An expression without counts, and with the content of an anonymous set in the place of its name.
    private static func expression(_ bytes: [UInt8], _ anonymous: [[UInt8]: String]) -> String {
        let expression = Attributes(bytes[...])
        let data = Attributes(expression.first(2) ?? [])
        switch String(decoding: (expression.first(1) ?? []).dropLast(), as: UTF8.self) {
        case "counter": return "counter"
        case "lookup":
            guard let content = anonymous[data.first(1) ?? []] else { break }
            return "lookup \(data.text(without: [1, 4])) in \(content)"
        default: break
        }
        return expression.text(without: [])
    }

    private static func payloads(
        _ socket: inout NetlinkSocket,
        type: UInt16,
        header: [UInt8]
    ) throws -> [[UInt8]] {
        for _ in 0..<50 {
            var payloads: [[UInt8]] = []
            let summary = try socket.dump(NetlinkRequest(type: type, payload: header)) { _, payload in
                payloads.append(payload.withUnsafeBytes { Array($0) })
            }
            if !summary.isInterrupted { return payloads }
        }
        throw NetlinkError(.dump, .interrupted)
    }
}

/// Netlink attributes, as they are.
private struct Attributes {
    let list: [(type: UInt16, value: [UInt8])]

    init(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    init(_ bytes: ArraySlice<UInt8>) {
        var list: [(UInt16, [UInt8])] = []
        var rest = bytes
        while rest.count >= 4 {
            let start = rest.startIndex
            let length = Int(rest[start]) | Int(rest[start + 1]) << 8
            let type = (UInt16(rest[start + 2]) | UInt16(rest[start + 3]) << 8) & 0x3fff
            guard length >= 4, length <= rest.count else { break }
            list.append((type, Array(rest[(start + 4)..<(start + length)])))
            rest = rest.dropFirst((length + 3) & ~3)
        }
        self.list = list
    }

    func first(_ type: UInt16) -> [UInt8]? {
        list.first { $0.type == type }?.value
    }

    func text(without types: Set<UInt16>) -> String {
        list.filter { !types.contains($0.type) }.map { "\($0.type):\(hex($0.value[...]))" }.joined(separator: " ")
    }

    static func encode(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
        let length = UInt16(value.count + 4)
        let padding = [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
        return [UInt8(length & 0xff), UInt8(length >> 8), UInt8(type & 0xff), UInt8(type >> 8)] + value + padding
    }
}

private func hex(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

private let digits = Array("0123456789abcdef".utf8)
