import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

/// A declared chain and what of it is compiled.
struct ChainBody {
    let node: ChainSyntax
    /// How the kernel calls it; nothing for a chain that is jumped to.
    let base: BaseChain?
    var rules: [Rule] = []
    /// Where the rules are written, parallel to `rules`.
    var ranges: [SourceRange] = []
    /// Where their verbs are written, parallel to `rules`.
    var verbs: [SourceRange] = []
    /// The jumps of its rules.
    var jumps: [Jump] = []

    init(node: ChainSyntax, base: BaseChain?) {
        self.node = node
        self.base = base
    }
}

extension Compilation {
    /// Compiles the declared chains.
    func compileChains() {
        for node in declarations.chains {
            // The first chain of a name holds; the others were reported.
            guard let index = chains.index(of: text(node.name.range)), index == chainBodies.count else { continue }
            chainBodies.append(ChainBody(node: node, base: node.hook.flatMap { baseChain($0) }))
        }
        for index in chainBodies.indices {
            let node = chainBodies[index].node
            // A chain whose hook is wrong is not taken for one that is jumped to.
            guard node.hook == nil || chainBodies[index].base != nil else { continue }
            let place: Place = chainBodies[index].base.map { .base($0) } ?? .regular
            let scope = RuleScope(place: place, chain: index)
            for statement in statements(node.statements, beside: node.range) {
                guard !diagnostics.isFull else { return }
                compile(statement, in: scope)
            }
        }
    }

    // MARK: Base chains

    private func baseChain(_ node: HookSyntax) -> BaseChain? {
        // The parser lets no other words through.
        guard let hook = NetfilterHook(named: text(node.hook.range)) else { return nil }
        let type = node.type.flatMap { ChainType(rawValue: text($0.range)) } ?? .filter
        guard let priority = priority(node.priority) else { return nil }
        let policy: ChainPolicy = node.policy?.isAccept ?? true ? .accept : .drop
        switch type {
        case .nat where hook == .forward:
            report(.noChainOfType(type, hooks: [.prerouting, .input, .output, .postrouting], at: node.hook.range))
        case .route where hook != .output:
            report(.noChainOfType(type, hooks: [.output], at: node.hook.range))
        case .nat where priority <= BaseChain.trackingPriority:
            report(.natBeforeTracking(at: node.priority.range))
        default:
            return BaseChain(type: type, hook: hook, priority: priority, policy: policy)
        }
        return nil
    }

    private func priority(_ node: PrioritySyntax) -> Int32? {
        var base: Int32 = 0
        if let name = node.base {
            let known = named(name.range, expected: "a priority", code: .invalidHook, StandardPriority.self)
            guard let known else { return nil }
            base = known.rawValue
        }
        guard let offset = node.offset else { return base }
        let bytes = texts[Int(offset.file.rawValue)]
        guard let number = try? UInt32(parsing: bytes.span.extracting(offset.offsets)) else {
            report(.badPriority(text(node.range), at: node.range))
            return nil
        }
        let sum = Int64(base) + (node.isNegative ? -Int64(number) : Int64(number))
        guard let priority = Int32(exactly: sum) else {
            report(.badPriority(text(node.range), at: node.range))
            return nil
        }
        return priority
    }

    /// Compiles the policies.
    func compilePolicies() {
        for node in declarations.policies {
            let direction = node.direction.direction.model
            if let first = provenance.policies[direction] {
                report(.duplicateSetting("the policy of `\(direction.rawValue)`", first: first, at: node.range))
                continue
            }
            provenance.policies[direction] = node.range
            ruleset.policies[direction] = node.verdict.isAccept ? .accept : .drop
        }
    }

    /// Compiles the options.
    func compileOptions() {
        var counters: SourceRange?
        for node in declarations.options {
            // `counters` is the one option that the parser lets through.
            if let counters {
                report(.duplicateSetting("the option `counters`", first: counters, at: node.range))
                continue
            }
            counters = node.range
            ruleset.options.counters = text(node.value.range) == "on"
        }
    }
}
