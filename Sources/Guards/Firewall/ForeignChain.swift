import KernelObjects
import NetworkTypes

/// What a chain of another program sees of a packet, as far as its table asks for it.
struct ForeignSight: Hashable {
    var table: String
    var hook: NetfilterHook
    var priority: Int32
    var source: TCPEndpoint
    var destination: TCPEndpoint
    var transport: Packet.Transport
    /// nil if the table does not ask for it.
    var output: Packet.Interface?
    /// nil if the table does not ask for it.
    var mark: KnownNumber?
    /// nil if the table does not ask for it.
    var tracking: Tracking?
}

/// A base chain of another program.
struct ForeignChain {
    let table: String
    let hook: NetfilterHook
    let priority: Int32
    /// Whether another mark may mean another way out after it.
    let reroutes: Bool
    private let families: Set<UInt8>
    private let asksForOutput: Bool
    private let asksForMark: Bool
    private let asksForTracking: Bool
    /// What may give packets another mark; nil if nothing does, or if it is not known.
    private let program: FirewallProgram?
    private let chain: FirewallProgram.Chain?
    private let isKnown: Bool

    /// The chains of a table; of one that cannot be read, one at each hook, before everything else.
    static func chains(of table: ForeignTable) -> [ForeignChain] {
        guard let content = table.content else {
            return NetfilterHook.onTheWay.map { ForeignChain(table, hook: $0, priority: .min) }
        }
        let program = FirewallProgram(content)
        let demands = program.demands
        return content.chains.compactMap { chain in
            guard let base = chain.base, let decoded = program.chain(named: chain.name) else { return nil }
            return ForeignChain(table, base, demands, program, decoded)
        }
    }

    private init(_ table: ForeignTable, hook: NetfilterHook, priority: Int32) {
        self.table = table.name
        families = table.families
        self.hook = hook
        self.priority = priority
        reroutes = true
        asksForOutput = true
        asksForMark = true
        asksForTracking = true
        isKnown = false
        program = nil
        chain = nil
    }

    private init(
        _ table: ForeignTable,
        _ base: ChainObject.Base,
        _ demands: FirewallProgram.Demands,
        _ program: FirewallProgram,
        _ chain: FirewallProgram.Chain
    ) {
        self.table = table.name
        families = table.families
        hook = base.hook
        // All chains of the type nat stand where translation stands.
        priority = base.type == .nat ? (base.hook == .prerouting || base.hook == .output ? -100 : 100) : base.priority
        reroutes = base.type == .route
        asksForOutput = demands.output || base.type == .nat
        asksForMark = demands.mark
        asksForTracking = demands.tracking || base.type == .nat
        isKnown = true
        self.program = demands.changesPackets ? program : nil
        self.chain = chain
    }

    /// Leads a packet through the chain: notes what the chain sees, and what it may make of the packet. That it goes on is taken for granted.
    func see(_ packet: Packet) -> Passage {
        guard families.contains(packet.family.rawValue) else { return Passage(packet: packet) }
        var passage = Passage(packet: packet)
        passage.sights = [
            ForeignSight(
                table: table,
                hook: hook,
                priority: priority,
                source: packet.source,
                destination: packet.destination,
                transport: packet.transport,
                output: asksForOutput ? packet.output : nil,
                mark: asksForMark ? packet.mark : nil,
                tracking: asksForTracking ? packet.tracking : nil
            )
        ]
        passage.packet = changed(packet)
        return passage
    }

    /// The packet with the marks that the chain may give it, and out of tracking if the chain takes it out.
    private func changed(_ packet: Packet) -> Packet {
        var result = packet
        guard isKnown else {
            result.mark = .unknown
            result.tracking.mark = .unknown
            return result
        }
        guard let program, let chain else { return packet }
        let passage = ChainWalk(program, chain, packet).passage
        let isUnderstood = passage.cuts.allSatisfy {
            switch $0 {
            case .unjudged, .tooManyRules: false
            default: true
            }
        }
        if let after = passage.packet, isUnderstood {
            result.mark = after.mark
            result.tracking = after.tracking
        } else if !isUnderstood {
            result.mark = .unknown
            result.tracking.mark = .unknown
            if priority < -200, packet.tracking.hasEntry != .yes { result.tracking.states.insert(.untracked) }
        }
        return result
    }
}

extension NetfilterHook {
    /// The hooks that packets of this host's own connections meet.
    static let onTheWay: [NetfilterHook] = [.prerouting, .input, .output, .postrouting]
}
