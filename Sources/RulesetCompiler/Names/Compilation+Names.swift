import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

extension Compilation {
    /// How many variables may stand for each other before a value is reached.
    private static var maximumVariableDepth: Int { 64 }

    /// Takes in every name that the program defines, so that names can be used before their definition.
    func defineNames() {
        abandonedNames = Set(syntax.flatMap(\.abandonedNames))
        if diagnostics.hasErrors {
            for file in syntax { abandonMisplacedNames(file[file.topLevel], beside: file) }
        }
        defineVariables()
        for node in declarations.sets { define(node.name, in: \.sets) }
        for node in declarations.tables { define(node.name, in: \.tables) }
        for node in declarations.chains { define(node.name, in: \.chains) }
        checkKernelNames()
    }

    /// Defines a name; reports it if it is taken.
    @discardableResult
    private func define(
        _ node: NameSyntax,
        in table: ReferenceWritableKeyPath<Compilation, DefinitionTable>
    ) -> Bool {
        let name = text(node.range)
        guard let earlier = self[keyPath: table].define(name, at: node.range) else { return true }
        let first = self[keyPath: table].entries[earlier].range
        report(.duplicateName(self[keyPath: table].kind, name, first: first, at: node.range))
        return false
    }

    /// Declarations that stand in a block by mistake were reported: that their names are unknown is not worth a second error.
    private func abandonMisplacedNames(_ statements: ArraySlice<StatementSyntax>, beside file: RuleFileSyntax) {
        for statement in statements {
            switch statement {
            case .block(let block): abandonMisplacedNames(file[block.statements], beside: file)
            case .chain(let chain): abandonMisplacedNames(file[chain.statements], beside: file)
            case .binding(let node): abandonedNames.insert(text(node.name.range))
            case .set(let node): abandonedNames.insert(text(node.name.range))
            case .table(let node): abandonedNames.insert(text(node.name.range))
            default: break
            }
            if case .chain(let node) = statement { abandonedNames.insert(text(node.name.range)) }
        }
    }

    // MARK: Variables

    private func defineVariables() {
        for node in declarations.bindings where define(node.name, in: \.variables) {
            bindings.append(node)
        }
        var graph = DependencyGraph(count: bindings.count)
        for (index, node) in bindings.enumerated() {
            guard let node else { continue }
            graph.edges[index] = references(of: node).compactMap { reference in
                variables.index(of: text(reference.range)).map { .init(target: $0, range: reference.range) }
            }
        }
        let order = graph.ordered()
        for cycle in order.cycles {
            report(.circularDefinition(cycle, cycle.steps.map { variables.entries[$0.node].name }))
        }
        for index in bindings.indices where order.isCircular[index] { bindings[index] = nil }
        var depths = Array(repeating: 1, count: bindings.count)
        for index in order.nodes {
            depths[index] += graph.edges[index].map { depths[$0.target] }.max() ?? 0
            guard depths[index] > Self.maximumVariableDepth else { continue }
            if depths[index] == Self.maximumVariableDepth + 1, bindings[index] != nil {
                report(.definitionTooDeep(Self.maximumVariableDepth, at: variables.entries[index].range))
            }
            // Deeper ones only follow from it.
            bindings[index] = nil
        }
    }

    /// The variables that a definition refers to.
    private func references(of node: LetSyntax) -> [NameSyntax] {
        switch node.content {
        case .value(let value): references(of: value)
        case .matches(let list): clauses(list, beside: node.range).flatMap { references(of: $0.match) }
        }
    }

    private func references(of match: MatchSyntax) -> [NameSyntax] {
        switch match {
        case .group(let name): [name]
        case .family, .transport: []
        case .interface(_, let value), .address(_, let value), .proto(let value), .port(_, let value),
            .tcpFlags(let value), .ctState(let value), .ctStatus(let value), .ctMark(let value),
            .ctOriginalAddress(let value), .ctOriginalPort(let value), .mark(let value), .skuid(let value),
            .skgid(let value), .field(_, let value):
            references(of: value)
        case .icmp(_, let type, let code): [type, code].compactMap(\.self).flatMap { references(of: $0) }
        case .limit(let rate, _, let burst): [rate, burst].compactMap(\.self).flatMap { references(of: $0) }
        }
    }

    private func references(of value: ValueSyntax) -> [NameSyntax] {
        switch value.form {
        case .literal, .string, .set: []
        case .variable: [value.referencedName].compactMap(\.self)
        case .range(let list), .masked(let list), .list(let list):
            values(list, beside: value.range).flatMap { references(of: $0) }
        }
    }

    // MARK: Names in the kernel

    /// Reports names of chains and sets that Weir needs itself, that no tool can carry, or that two sets would share; warns of those
    /// that nft cannot read.
    private func checkKernelNames() {
        for chain in chains.entries {
            checkKernelName(chain, .chain)
            if NftWords.reservesChain(chain.name) { report(.nftWord(.chain, chain.name, at: chain.range)) }
            if ReservedNames.isStandardChain(chain.name) {
                report(.standardChainName(chain.name, at: chain.range))
            }
        }
        for set in sets.entries {
            checkKernelName(set, .set)
        }
        for node in declarations.sets {
            let type = text(node.type.range)
            let name = text(node.name.range)
            guard type == "address" || type == "prefix" else {
                if NftWords.reservesSet(name) { report(.nftWord(.set, name, at: node.name.range)) }
                continue
            }
            for ending in ["-v4", "-v6"] {
                guard let index = sets.index(of: name + ending) else { continue }
                let other = sets.entries[index]
                report(.setNameOfFamily(other.name, of: name, first: node.name.range, at: other.range))
            }
        }
    }

    private func checkKernelName(_ entry: DefinitionTable.Entry, _ kind: DefinitionTable.Kind) {
        if !ReservedNames.isWellFormed(entry.name) { report(.badKernelName(kind, at: entry.range)) }
    }
}
