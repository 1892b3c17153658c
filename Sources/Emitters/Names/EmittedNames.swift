import NetworkTypes
import RulesetModel

/// What chains and sets are called in a format that cannot say all of the names that the rule language has.
struct EmittedNames {
    private let format: NameFormat
    private let chains: [String: String]
    private let sets: [String: String]

    /// Finds names for all that these rulesets declare; what is called alike in two of them is called alike afterwards.
    init(_ rulesets: [Ruleset], in format: NameFormat) {
        self.format = format
        chains = Self.others(
            for: rulesets.flatMap(\.chains).map { Subject(name: $0.name, endings: [""]) },
            atMost: format.longestChain,
            format.reservesChain
        )
        sets = Self.others(
            for: rulesets.flatMap(\.sets).map { Subject(name: $0.name, endings: $0.kernelEndings) },
            atMost: format.longestSet,
            format.reservesSet
        )
    }

    /// The ruleset with these names.
    func applied(to ruleset: Ruleset) -> Ruleset {
        guard !chains.isEmpty || !sets.isEmpty else { return ruleset }
        var result = ruleset
        result.rules = result.rules.map(applied)
        for index in result.chains.indices {
            result.chains[index].name = chain(result.chains[index].name)
            result.chains[index].rules = result.chains[index].rules.map(applied)
        }
        for index in result.sets.indices { result.sets[index].name = set(result.sets[index].name) }
        return result
    }

    /// Says in comments what is called otherwise; `#` starts a comment in all formats.
    func writeComments(to text: inout TextBuffer) {
        for (kind, names) in [("chain", chains), ("set", sets)] {
            for (name, other) in names.sorted(by: { $0.key < $1.key }) {
                text.write(
                    "# The \(kind) '\(Self.plain(name))' is called '\(Self.plain(other))' here: \(format.reason).\n"
                )
            }
        }
    }

    // MARK: Finding names

    /// Something that has a name, or several that begin alike.
    private struct Subject {
        let name: String
        let endings: [String]

        /// The names that it has if it is called like this.
        func names(_ name: String) -> [String] {
            endings.map { name + $0 }
        }
    }

    /// Other names for those that are too long or reserved; none that anything else has.
    private static func others(
        for subjects: [Subject],
        atMost longest: Int,
        _ isReserved: (String) -> Bool
    ) -> [String: String] {
        var used = Set(subjects.flatMap { $0.names($0.name) })
        var others: [String: String] = [:]
        for subject in subjects where others[subject.name] == nil {
            let isUsable = subject.names(subject.name).allSatisfy { $0.utf8.count <= longest && !isReserved($0) }
            guard !isUsable else { continue }
            let room = longest - (subject.endings.map(\.utf8.count).max() ?? 0)
            var attempt = 0
            var other: String
            repeat {
                attempt += 1
                other = candidate(subject.name, atMost: room, attempt)
            } while subject.names(other).contains { used.contains($0) || isReserved($0) }
            used.formUnion(subject.names(other))
            others[subject.name] = other
        }
        return others
    }

    /// The name with something after it; where that is too long, its beginning with a number made of all of it, so that the same name
    /// leads to the same one each time.
    private static func candidate(_ name: String, atMost longest: Int, _ attempt: Int) -> String {
        let longer = name + String(repeating: "_", count: attempt)
        guard longer.utf8.count > longest else { return longer }
        let number = String(hash(longer), radix: 16)
        let beginning = name.utf8.prefix(longest - number.utf8.count - 1)
        return String(decoding: beginning, as: UTF8.self) + "-" + number
    }

    /// FNV-1a of 32 bits.
    private static func hash(_ text: String) -> UInt32 {
        text.utf8.reduce(0x811c_9dc5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }

    /// The name in a comment, which it must not end.
    private static func plain(_ name: String) -> String {
        String(decoding: name.utf8.map { (0x20..<0x7f).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }

    // MARK: Using them

    private func chain(_ name: String) -> String { chains[name] ?? name }

    private func set(_ name: String) -> String { sets[name] ?? name }

    private func applied(to rule: Rule) -> Rule {
        var result = rule
        result.matches = result.matches.map { $0.lookingUp(set) }
        switch result.action {
        case .jump(let target): result.action = .jump(chain(target))
        case .goto(let target): result.action = .goto(chain(target))
        default: break
        }
        return result
    }
}

extension NamedSet {
    /// What is put after the name: the kernel has a set of addresses once for each family.
    fileprivate var kernelEndings: [String] {
        families == nil ? [""] : [AddressFamily.ipv4, .ipv6].map { NamedSet.kernelName("", $0) }
    }
}

extension Match {
    /// The match with other names of the sets that it looks into.
    fileprivate func lookingUp(_ rename: (String) -> String) -> Match {
        switch self {
        case .inputInterface(let membership): .inputInterface(membership.lookingUp(rename))
        case .outputInterface(let membership): .outputInterface(membership.lookingUp(rename))
        case .sourceAddress(let membership): .sourceAddress(membership.lookingUp(rename))
        case .destinationAddress(let membership): .destinationAddress(membership.lookingUp(rename))
        case .transportProtocol(let membership): .transportProtocol(membership.lookingUp(rename))
        case .sourcePort(let membership): .sourcePort(membership.lookingUp(rename))
        case .destinationPort(let membership): .destinationPort(membership.lookingUp(rename))
        case .connectionMark(let membership): .connectionMark(membership.lookingUp(rename))
        case .originalDestinationAddress(let membership): .originalDestinationAddress(membership.lookingUp(rename))
        case .originalDestinationPort(let membership): .originalDestinationPort(membership.lookingUp(rename))
        case .mark(let membership): .mark(membership.lookingUp(rename))
        case .socketUser(let membership): .socketUser(membership.lookingUp(rename))
        case .socketGroup(let membership): .socketGroup(membership.lookingUp(rename))
        case .family, .tcpFlags, .icmp, .connectionState, .connectionStatus, .field, .limit: self
        }
    }
}

extension Membership {
    fileprivate func lookingUp(_ rename: (String) -> String) -> Membership {
        guard case .namedSet(let name) = operand else { return self }
        return Membership(.namedSet(rename(name)), isNegated: isNegated)
    }
}
