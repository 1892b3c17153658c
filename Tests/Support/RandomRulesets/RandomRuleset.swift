import NetworkTypes
public import RulesetModel

extension Ruleset {
    /// A ruleset that is legal and in canonical form, of about `size` rules; the same one for the same seed.
    public static func random(seed: UInt64, size: Int = 12) -> Ruleset {
        var maker = RulesetMaker(seed: seed)
        return maker.makeRuleset(size: size)
    }
}

/// Makes the parts of random rulesets that are legal: what `weir check` accepts without an error.
struct RulesetMaker {
    var generator: SeededGenerator
    var ruleset = Ruleset()

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func makeRuleset(size: Int) -> Ruleset {
        ruleset.options.counters = chance(0.8)
        for direction in Direction.allCases where chance(0.4) {
            ruleset.policies[direction] = chance(0.5) ? .drop : .accept
        }
        makeSets()
        makeTables()
        makeChains()
        ruleset.rules = (0..<number(0...size)).map { _ in
            makeRule(Direction.allCases.randomElement(using: &generator) ?? .input)
        }
        makeRoutes()
        makeRoutingRules()
        makeSysctls()
        return ruleset.normalized()
    }

    // MARK: - Choices

    mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &generator) < probability
    }

    mutating func number<Number: FixedWidthInteger>(_ range: ClosedRange<Number>) -> Number {
        Number.random(in: range, using: &generator)
    }

    mutating func pick<Elements: Collection>(_ elements: Elements) -> Elements.Element {
        elements[elements.index(elements.startIndex, offsetBy: number(0...elements.count - 1))]
    }

    mutating func several<Element>(_ count: ClosedRange<Int>, _ make: (inout Self) -> Element) -> [Element] {
        (0..<number(count)).map { _ in make(&self) }
    }

    // MARK: - Sets

    private mutating func makeSets() {
        let names = ["bogons", "admins", "web", "uplinks", "marks", "tunnels", "knock", "a-1_b"]
        for name in names where chance(0.4) {
            let contents = makeContents()
            let isAddresses = if case .addresses = contents { true } else { false }
            ruleset.sets.append(
                NamedSet(
                    name: name,
                    contents: contents,
                    timeout: isAddresses && chance(0.3) ? UInt64(number(1...100_000)) * 1000 : nil,
                    size: chance(0.3) ? number(100...65535) : nil,
                    comment: chance(0.3) ? pick(Self.comments) : nil
                )
            )
        }
    }

    private mutating func makeContents() -> NamedSet.Contents {
        switch number(0...5) {
        case 0: .addresses(makeAddresses(nil, 0...6, singles: true))
        case 1: .prefixes(makeAddresses(nil, 0...6))
        case 2: .ports(makePorts(1...6))
        case 3: .interfaces(makeInterfaces(1...3))
        case 4: .marks(IntervalSet(several(1...4) { $0.makeMarks() }))
        default: .protocols(makeProtocols(1...4))
        }
    }

    private mutating func makeMarks() -> Interval<UInt32> {
        let lower = chance(0.5) ? number(0...255) : number(0...UInt32.max - 100)
        return Interval(lower, lower + (chance(0.3) ? number(0...99) : 0)) ?? Interval(lower)
    }

    // MARK: - Chains

    private mutating func makeChains() {
        if chance(0.5) {
            ruleset.chains.append(Chain(name: "slow", rules: several(0...3) { $0.makeRule(nil, in: .filter) }))
        }
        if chance(0.3) {
            ruleset.chains.append(Chain(name: "Redirects-2", rules: several(1...3) { $0.makeRule(nil, in: .nat) }))
        }
        if chance(0.3) {
            let (type, hook, priority) = pick(Self.baseChains)
            let policy: ChainPolicy = type == .filter && chance(0.5) ? .drop : .accept
            let kind = Chain.Kind.base(type: type, hook: hook, priority: priority, policy: policy)
            ruleset.chains.append(
                Chain(name: "early", kind: kind, rules: several(0...3) { $0.makeRule(nil, in: .any) })
            )
        }
    }

    private static let baseChains: [(ChainType, NetfilterHook, Int32)] = [
        (.filter, .prerouting, -310), (.filter, .input, 5), (.filter, .forward, -1000), (.filter, .output, 50),
        (.filter, .postrouting, 100), (.nat, .prerouting, -90), (.nat, .postrouting, 110), (.nat, .output, -100),
        (.route, .output, -150),
    ]

    // MARK: - Values

    static let comments = [
        "no direct mail", "#1, {a}; $x \\ @y", "für später", "a", String(repeating: "x", count: 128),
    ]

    static let interfaceNames = ["eth0", "lo", "in", "wg-vpn.7", "br0", "forward", "6in4", "not", "a+b"]

    mutating func makeInterfaces(_ count: ClosedRange<Int>) -> [InterfacePattern] {
        let patterns = several(count) { maker in
            InterfaceName(maker.pick(Self.interfaceNames)).map { InterfacePattern($0, isPrefix: maker.chance(0.2)) }
        }
        // A pattern beside a name that it covers would be merged with it.
        var chosen: [InterfacePattern] = []
        for pattern in patterns.compactMap(\.self)
        where !chosen.contains(where: { $0.matches(pattern.name) || pattern.matches($0.name) }) {
            chosen.append(pattern)
        }
        return chosen.sorted()
    }

    mutating func makePorts(_ count: ClosedRange<Int>) -> IntervalSet<UInt16> {
        IntervalSet(
            several(count) { maker in
                let lower = maker.number(UInt16(0)...60000)
                return Interval(lower, lower + (maker.chance(0.3) ? maker.number(0...500) : 0)) ?? Interval(lower)
            }
        )
    }

    mutating func makeProtocols(_ count: ClosedRange<Int>) -> [IPProtocol] {
        let known: [IPProtocol] = [.tcp, .udp, .sctp, .icmp, .icmpv6, .udplite, .dccp].shuffled(using: &generator)
        let chosen = known.prefix(number(count)) + (chance(0.3) ? [IPProtocol(rawValue: number(140...250))] : [])
        return Set(chosen).sorted()
    }

    mutating func makeAddresses(
        _ family: AddressFamily?,
        _ count: ClosedRange<Int>,
        singles: Bool = false
    ) -> AddressSet {
        AddressSet(
            several(count) { maker in
                let family = family ?? (maker.chance(0.7) ? .ipv4 : .ipv6)
                return singles ? AddressRange(maker.makeAddress(family)) : maker.makeAddressRange(family)
            }
        )
    }

    mutating func makeAddress(_ family: AddressFamily) -> IPAddress {
        switch family {
        case .ipv4: .ipv4(IPv4Address(rawValue: number(0x0a00_0000...0x0aff_ffff)))
        case .ipv6: .ipv6(IPv6Address(rawValue: 0x2001_0db8 << 96 | UInt128(number(0...UInt32.max))))
        }
    }

    mutating func makeAddressRange(_ family: AddressFamily) -> AddressRange {
        let first = makeAddress(family)
        switch number(0...3) {
        case 0: return AddressRange(IPPrefix(masking: first, length: number(0...UInt8(family.addressBits))))
        case 1:
            let bounds = [first, makeAddress(family)].sorted()
            return AddressRange(bounds[0], bounds[1]) ?? AddressRange(first)
        default: return AddressRange(first)
        }
    }
}
