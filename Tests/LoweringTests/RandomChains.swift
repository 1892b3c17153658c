import TestSupport

/// Base chains and chains that they lead to, at random, in the words of Weir and of nft.
struct RandomChains {
    struct Chain {
        let name: String
        /// How the kernel calls it; nil for a chain that is jumped to.
        let base: Base?
        var verbs: [Verb] = []
        /// The places of the chains that it jumps to, or goes to.
        var jumps: [(target: Int, isGoto: Bool)] = []
    }

    struct Base {
        let type: String
        let hook: String
        let priority: Int
    }

    /// A rule in both languages.
    struct Verb: Equatable {
        let weir: String
        let nft: String
    }

    static let notrack = Verb(weir: "notrack", nft: "notrack")
    private static let verbs = [
        Verb(weir: "set mark 1", nft: "meta mark set 1"), Verb(weir: "set ct mark 2", nft: "ct mark set 2"),
        Verb(weir: "accept tcp dport 5", nft: "tcp dport 5 accept"), Verb(weir: "reject", nft: "reject"),
        Verb(weir: "redirect tcp dport 80 to :8080", nft: "tcp dport 80 redirect to :8080"),
        Verb(weir: "dnat to 192.0.2.1", nft: "dnat ip to 192.0.2.1"),
        Verb(weir: "snat to 192.0.2.2", nft: "snat ip to 192.0.2.2"),
        Verb(weir: "masquerade", nft: "masquerade"), notrack,
    ]
    private static let bases = [
        Base(type: "nat", hook: "prerouting", priority: -100), Base(type: "nat", hook: "output", priority: -100),
        Base(type: "nat", hook: "postrouting", priority: 100), Base(type: "nat", hook: "input", priority: 100),
        Base(type: "filter", hook: "prerouting", priority: -300), Base(type: "filter", hook: "output", priority: -300),
        Base(type: "filter", hook: "prerouting", priority: -150), Base(type: "filter", hook: "input", priority: 0),
        Base(type: "filter", hook: "forward", priority: 0), Base(type: "filter", hook: "postrouting", priority: 5),
        Base(type: "route", hook: "output", priority: -150),
    ]

    private(set) var chains: [Chain] = []

    /// Without base chains, rules with a direction lead to the chains.
    private var entries: [String] = []

    init(_ random: inout some RandomNumberGenerator, isWithoutBases: Bool = false) {
        // Many chains of a file are called alike, and have few kinds of verbs; otherwise nearly all files would be refused.
        let ownBases = (0..<Int.random(in: 1...2, using: &random)).compactMap { _ in
            Self.bases.randomElement(using: &random)
        }
        let ownVerbs = (0..<Int.random(in: 2...3, using: &random)).compactMap { _ in
            Self.verbs.randomElement(using: &random)
        }
        let ways = Int.random(in: 1...4, using: &random)
        for number in 0..<(isWithoutBases ? 0 : ways) {
            chains.append(Chain(name: "base\(number)", base: ownBases.randomElement(using: &random)))
        }
        let first = chains.count
        for number in 0..<Int.random(in: 2...6, using: &random) {
            var chain = Chain(name: "chain\(number)", base: nil)
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                if let verb = ownVerbs.randomElement(using: &random) { chain.verbs.append(verb) }
            }
            chains.append(chain)
        }
        for index in chains.indices {
            // Later chains only, so that there is no circle.
            for target in max(first, index + 1)..<max(chains.count, index + 1)
            where Int.random(in: 0..<3, using: &random) == 0 {
                chains[index].jumps.append((target, Bool.random(using: &random)))
            }
        }
        for _ in 0..<(isWithoutBases ? ways : 0) {
            let direction = ["in", "out", "forward"].randomElement(using: &random)
            let target = chains.randomElement(using: &random)
            if let direction, let target { entries.append("jump \(target.name) \(direction) udp\n") }
        }
    }

    var weir: String {
        chains.map { chain in
            let hook = chain.base.map { " type \($0.type) hook \($0.hook) priority \($0.priority)" } ?? ""
            let jumps = chain.jumps.map { "\($0.isGoto ? "goto" : "jump") \(chains[$0.target].name) udp" }
            let rules = (chain.verbs.map(\.weir) + jumps).joined(separator: "\n")
            return "chain \(chain.name)\(hook) {\n\(rules)\n}\n"
        }.joined() + entries.joined()
    }

    var nft: String {
        let declarations = chains.map { chain in
            let hook = chain.base.map { " { type \($0.type) hook \($0.hook) priority \($0.priority); }" } ?? ""
            return "add chain inet t \(chain.name)\(hook)\n"
        }
        let rules = chains.flatMap { chain in
            let jumps = chain.jumps.map { "meta l4proto udp \($0.isGoto ? "goto" : "jump") \(chains[$0.target].name)" }
            return (chain.verbs.map(\.nft) + jumps).map { "add rule inet t \(chain.name) \($0)\n" }
        }
        return "add table inet t\n" + declarations.joined() + rules.joined()
    }

    /// Whether there is a `notrack` that packets get to, though none of them before its connection is known: the kernel takes it, and
    /// it never does anything.
    var hasIdleNotrack: Bool {
        chains.indices.contains { index in
            guard chains[index].verbs.contains(Self.notrack) else { return false }
            let bases = chains.indices.filter { chains[$0].base != nil && leads($0, to: index) }.compactMap {
                chains[$0].base
            }
            let isEarly = bases.contains { ["prerouting", "output"].contains($0.hook) && $0.priority < -200 }
            return !bases.isEmpty && !isEarly
        }
    }

    private func leads(_ start: Int, to end: Int) -> Bool {
        start == end || chains[start].jumps.contains { leads($0.target, to: end) }
    }
}
