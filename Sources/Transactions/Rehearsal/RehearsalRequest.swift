import KernelObjects
import KernelState
import Reconciliation

/// What is to be rehearsed: what is desired, and all of the host that it depends on.
struct RehearsalRequest: Sendable {
    /// What is desired, with the index of each part into the list of origins.
    var desired: DesiredState
    /// What the host has of Weir's, and what Weir has displaced.
    var before: Snapshot
    /// What else the host has.
    var outline: HostOutline
    /// Whether routes of others give way.
    var adoptsRoutes: Bool
    /// Version of the program, for the record that nobody reads.
    var program: String
}

extension RehearsalRequest {
    /// The request as bytes in a frame that shows damage.
    func encoded() -> [UInt8] {
        let wanted = Snapshot(
            origin: before.origin,
            firewallDigest: desired.firewall?.digest,
            routes: desired.routes,
            routingRules: desired.routingRules,
            sysctls: desired.sysctls
        )
        return SealedBytes.make(.rehearsal, capacity: 1 << 16) { writer in
            writer.text(program)
            writer.flag(adoptsRoutes)
            writer.snapshot(wanted, firewall: desired.firewall)
            writer.list(desired.origins) { $0.number($1) }
            writer.snapshot(before, firewall: before.firewall)
            writer.list(outline.links) { $0.link($1) }
            writer.list(outline.addresses) { writer, address in
                writer.number(address.interfaceIndex)
                writer.data(address.payload)
            }
            writer.list(outline.routes) { $0.route($1) }
            writer.list(outline.routingRules) { $0.routingRule($1) }
            writer.list(outline.settings) { $0.sysctl($1) }
        }
    }

    /// Reads what `encoded` made.
    init(encoded bytes: [UInt8]) throws(MalformedBytes) {
        self = try SealedBytes.read(bytes, as: .rehearsal) { (reader) throws(MalformedBytes) in
            try RehearsalRequest(from: &reader)
        }
    }

    private init(from reader: inout ByteReader) throws(MalformedBytes) {
        program = try reader.text()
        adoptsRoutes = try reader.flag()
        desired = try reader.snapshot().desired
        desired.origins = try reader.list(smallest: 4) { (reader) throws(MalformedBytes) in try reader.number() }
        before = try reader.snapshot()
        let links = try reader.list(smallest: 21) { (reader) throws(MalformedBytes) in try reader.link() }
        let addresses = try reader.list(smallest: 16) { (reader) throws(MalformedBytes) in try reader.addressClone() }
        let routes = try reader.list(smallest: 30) { (reader) throws(MalformedBytes) in try reader.route() }
        outline = HostOutline(
            links: links,
            addresses: addresses,
            routes: routes,
            routingRules: try reader.list(smallest: 20) { (reader) throws(MalformedBytes) in
                try reader.routingRule()
            },
            settings: try reader.list(smallest: 5) { (reader) throws(MalformedBytes) in try reader.sysctl() }
        )
    }
}

extension DesiredState {
    /// The indices into the list of origins, part by part in a fixed order.
    fileprivate var origins: [Int32] {
        get {
            let rules = firewall?.chains.flatMap { $0.rules.map(\.origin) } ?? []
            return rules + routes.map(\.origin) + routingRules.map(\.origin) + sysctls.map(\.origin)
        }
        set {
            // Where there are fewer than parts, the rest has none.
            var rest = newValue[...]
            for chain in firewall?.chains.indices ?? 0..<0 {
                for rule in firewall?.chains[chain].rules.indices ?? 0..<0 {
                    firewall?.chains[chain].rules[rule].origin = rest.popFirst() ?? -1
                }
            }
            for index in routes.indices { routes[index].origin = rest.popFirst() ?? -1 }
            for index in routingRules.indices { routingRules[index].origin = rest.popFirst() ?? -1 }
            for index in sysctls.indices { sysctls[index].origin = rest.popFirst() ?? -1 }
        }
    }
}

extension ByteWriter {
    fileprivate mutating func link(_ link: LinkClone) {
        number(link.index)
        text(link.name)
        number(link.flags)
        number(link.mtu)
        data(link.hardwareAddress)
        optional(link.kind) { $0.text($1) }
    }
}

extension ByteReader {
    fileprivate mutating func link() throws(MalformedBytes) -> LinkClone {
        LinkClone(
            index: try number(),
            name: try text(),
            flags: try number(),
            mtu: try number(),
            hardwareAddress: try data(),
            kind: try optional { (reader) throws(MalformedBytes) in try reader.text() }
        )
    }

    fileprivate mutating func addressClone() throws(MalformedBytes) -> AddressClone {
        let index: UInt32 = try number()
        let payload = try data()
        // struct ifaddrmsg
        guard payload.count >= 8 else { throw MalformedBytes(reason: "it has an address without its header") }
        return AddressClone(interfaceIndex: index, payload: payload)
    }
}
