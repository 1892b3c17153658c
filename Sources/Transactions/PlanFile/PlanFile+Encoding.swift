import KernelObjects
import Reconciliation

extension PlanFile {
    /// The plan as bytes in a frame that shows damage.
    func encoded() -> [UInt8] {
        let desired = Snapshot(
            origin: origin,
            firewallDigest: desired.firewall?.digest,
            routes: desired.routes,
            routingRules: desired.routingRules,
            sysctls: desired.sysctls
        )
        let firewalls = [self.desired.firewall, basis.objects.firewall].compactMap(\.self)
        let texts = text.sources.reduce(text.model?.count ?? 0) { $0 + $1.bytes.count }
        // Bytes that grow are copied, and there may be many.
        let capacity = firewalls.reduce(texts + 1 << 16) { $0 + $1.estimatedSize }
        return SealedBytes.make(.plan, capacity: capacity) { writer in
            writer.text(program)
            writer.flag(adoptsRoutes)
            writer.snapshot(desired, firewall: self.desired.firewall)
            writer.snapshot(basis.objects, firewall: basis.objects.firewall)
            writer.list(basis.circumstances) { writer, circumstance in
                writer.text(circumstance.subject)
                writer.text(circumstance.state)
            }
            writer.list(text.sources) { writer, source in
                writer.text(source.name)
                writer.data(source.bytes)
            }
            writer.optional(text.model) { $0.data($1) }
        }
    }

    /// What the values of a plan may take in memory, in bytes.
    private static let mostMemory = 288 << 20

    /// Reads what `encoded` made.
    init(encoded bytes: [UInt8]) throws(MalformedBytes) {
        self = try SealedBytes.read(bytes, as: .plan, memory: Self.mostMemory) { (reader) throws(MalformedBytes) in
            try PlanFile(from: &reader)
        }
        let isWeirs =
            desired.routes.allSatisfy { $0.routeProtocol == weirProtocol }
            && desired.routingRules.allSatisfy { $0.ruleProtocol == weirProtocol }
        guard isWeirs else { throw MalformedBytes(reason: "it asks for changes outside Weir's objects") }
    }

    private init(from reader: inout ByteReader) throws(MalformedBytes) {
        let program = try reader.text()
        let adoptsRoutes = try reader.flag()
        let desired = try reader.snapshot()
        let objects = try reader.snapshot()
        let circumstances = try reader.list(smallest: 8) { (reader) throws(MalformedBytes) in
            PlanBasis.Circumstance(subject: try reader.text(), state: try reader.text())
        }
        let sources = try reader.list(smallest: 8) { (reader) throws(MalformedBytes) in
            RulesetText.Source(name: try reader.text(), bytes: try reader.data())
        }
        let model = try reader.optional { (reader) throws(MalformedBytes) in try reader.data() }
        self.init(
            program: program,
            origin: desired.origin,
            desired: desired.desired,
            adoptsRoutes: adoptsRoutes,
            text: RulesetText(sources: sources, model: model),
            basis: PlanBasis(objects: objects, circumstances: circumstances)
        )
    }
}

extension ByteWriter {
    /// Writes a snapshot with the content of Weir's table.
    mutating func snapshot(_ snapshot: Snapshot, firewall: FirewallState?) {
        data(snapshot.encoded())
        optional(firewall) { $0.data($1.encoded()) }
    }
}

extension ByteReader {
    /// Reads a snapshot with the content of Weir's table.
    mutating func snapshot() throws(MalformedBytes) -> Snapshot {
        var snapshot = try Snapshot(encoded: try data())
        let firewall = try optional { (reader) throws(MalformedBytes) in
            try FirewallState(encoded: try reader.data())
        }
        guard firewall?.digest == snapshot.firewallDigest else {
            throw MalformedBytes(reason: "its table is not the one that it says")
        }
        snapshot.firewall = firewall
        return snapshot
    }
}
