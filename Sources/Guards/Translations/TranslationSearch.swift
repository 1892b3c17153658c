import KernelObjects
import NetworkTypes

extension ForeignTable {
    /// The rules of the table that give connections another destination.
    ///
    /// What is not understood makes a region inexact, and never leaves a rule out.
    public var translations: [ForeignTranslation] {
        guard let content else {
            // Of the older firewall only the table `nat` translates.
            guard !name.contains("legacy") || name.hasSuffix(" nat") else { return [] }
            return [.prerouting, .output].map { unknownTranslation(hook: $0, chain: nil, priority: nil) }
        }
        guard !content.isDormant else { return [] }
        var search = TranslationSearch(table: self, content)
        for chain in content.chains {
            guard let base = chain.base, base.type == .nat, base.hook == .prerouting || base.hook == .output else {
                continue
            }
            search.look(chain.name, base)
        }
        return search.found
    }

    /// Something that may translate anything.
    fileprivate func unknownTranslation(
        hook: NetfilterHook,
        chain: String?,
        priority: Int32?
    ) -> ForeignTranslation {
        var region = region
        region.isExact = false
        return ForeignTranslation(
            table: name,
            chain: chain,
            hook: hook,
            priority: priority,
            region: region,
            target: .unknown
        )
    }

    /// All packets that come through the table.
    fileprivate var region: PacketRegion {
        var region = PacketRegion()
        region.families = families.reduce(into: []) { result, number in
            if let family = AddressFamily(rawValue: number) { result.insert(AddressFamilies(family)) }
        }
        return region
    }
}

/// Follows the chains of a table from its base chains on.
private struct TranslationSearch {
    let table: ForeignTable
    private let chains: [String: [(rule: RuleObject, handle: UInt64)]]
    private(set) var found: [ForeignTranslation] = []
    /// How many rules may still be looked at for one base chain.
    private var patience = 0
    private var hook = NetfilterHook.prerouting
    private var priority: Int32 = 0
    /// The chains that were reached, and whether some rule may lead to any chain.
    private var reached: Set<String> = []
    private var leadsAnywhere = false

    /// How many rules are looked at for each base chain; beyond, it is not known what is translated.
    private static let mostRules = 20_000
    private static let mostJumps = 16
    /// How many earlier rules of a chain are remembered; later ones are not known exactly then.
    private static let mostExceptions = 512

    init(table: ForeignTable, _ content: FirewallState) {
        self.table = table
        let pairs = content.chains.map { chain in (chain.name, chain.rules.map { ($0.rule, $0.handle) }) }
        chains = Dictionary(pairs) { first, _ in first }
    }

    mutating func look(_ chain: String, _ base: ChainObject.Base) {
        hook = base.hook
        priority = base.priority
        patience = Self.mostRules
        reached = []
        leadsAnywhere = false
        follow(chain, table.region, without: [], depth: 0)
        if leadsAnywhere {
            // A verdict map leads to chains that are named in its members only.
            var anything = table.region
            anything.isExact = false
            for name in chains.keys.sorted() where !reached.contains(name) && name != chain {
                follow(name, anything, without: [], depth: 0)
            }
        }
        guard patience <= 0 else { return }
        found.append(table.unknownTranslation(hook: hook, chain: chain, priority: priority))
    }

    /// Looks at the rules of a chain for the packets of a region, but for some that earlier rules took out.
    private mutating func follow(_ name: String, _ start: PacketRegion, without earlier: [PacketRegion], depth: Int) {
        guard depth <= Self.mostJumps else { return }
        reached.insert(name)
        var gone = earlier
        for (rule, handle) in chains[name] ?? [] {
            patience -= 1
            guard patience > 0 else { return }
            var reading = ConditionReading(start)
            reading.read(rule)
            var region = reading.region
            var exceptions = gone.filter { $0.overlap(region) != .none }
            if gone.count >= Self.mostExceptions {
                region.isExact = false
                exceptions = []
            }
            switch reading.end {
            case .next: break
            case .leaves: if gone.count < Self.mostExceptions { gone.append(reading.region) }
            case .leads(let chain): follow(chain, region, without: exceptions, depth: depth + 1)
            case .leadsAnywhere: leadsAnywhere = true
            case .translates(let target):
                found.append(
                    ForeignTranslation(
                        table: table.name,
                        chain: name,
                        handle: handle,
                        hook: hook,
                        priority: priority,
                        region: region,
                        exceptions: exceptions,
                        target: target
                    )
                )
                if gone.count < Self.mostExceptions { gone.append(reading.region) }
            }
        }
    }
}
