import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

extension Compilation {
    /// The longest log prefix: the kernel's limit (`NF_LOG_PREFIXLEN`) less its NUL.
    private static var maximumPrefixLength: Int { 127 }
    /// The longest comment: nft's limit (`NFTNL_UDATA_COMMENT_MAXLEN`).
    private static var maximumCommentLength: Int { 128 }

    /// What a rule does; nothing where it is wrong, which was then reported.
    func action(_ node: RuleSyntax) -> Action? {
        switch node.verb {
        case .accept: return .accept
        case .drop: return .drop
        case .reject: return rejectReason(node).map { .reject($0) }
        case .redirect: return redirect(node).map { .redirect($0) }
        case .dnat: return translation(node).map { .destinationNAT($0) }
        case .snat: return translation(node).map { .sourceNAT($0) }
        case .masquerade: return masquerade(node).map { .masquerade($0) }
        case .log:
            guard let log = arguments(node).log else { return .log(LogStatement()) }
            return logStatement(log).map { .log($0) }
        case .count: return .count
        case .notrack: return .notrack
        case .return: return .return
        case .setMark(let value): return single(value, MarkValue.self).map { .setMark($0) }
        case .setConnectionMark(let value): return single(value, MarkValue.self).map { .setConnectionMark($0) }
        case .jump(let name): return use(name, .chain).map { .jump(chains.entries[$0].name) }
        case .goto(let name): return use(name, .chain).map { .goto(chains.entries[$0].name) }
        }
    }

    /// The arguments after a rule's matches.
    struct Arguments {
        var target: NATTargetSyntax?
        var rejectType: RejectTypeSyntax?
        var log: LogSyntax?
        var flags: NATFlags = []
        var andAccept: SourceRange?
    }

    func arguments(_ node: RuleSyntax) -> Arguments {
        var arguments = Arguments()
        for argument in syntax[Int(node.range.file.rawValue)][node.arguments] {
            switch argument {
            case .target(let target): arguments.target = target
            case .rejectWith(let type): arguments.rejectType = type
            case .log(let log): arguments.log = log
            case .andAccept(let range): arguments.andAccept = range
            case .natFlag(.random, _): arguments.flags.insert(.random)
            case .natFlag(.fullyRandom, _): arguments.flags.insert(.fullyRandom)
            case .natFlag(.persistent, _): arguments.flags.insert(.persistent)
            }
        }
        return arguments
    }

    // MARK: Reject

    /// What the sender is told; the rule's families then decide on the spelling.
    private func rejectReason(_ node: RuleSyntax) -> RejectReason? {
        switch arguments(node).rejectType?.answer {
        case nil:
            .icmpx(.portUnreachable)
        case .tcpReset:
            .tcpReset
        case .icmp(let name):
            named(
                name.range,
                expected: "an answer of ICMP",
                code: .unknownRejectType,
                ICMPUnreachableCode.self
            ).map { .icmp($0) }
        case .icmpv6(let name):
            named(
                name.range,
                expected: "an answer of ICMPv6",
                code: .unknownRejectType,
                ICMPv6UnreachableCode.self
            ).map { .icmpv6($0) }
        case .icmpx(let name):
            named(
                name.range,
                expected: "an answer of both ICMP and ICMPv6",
                code: .unknownRejectType,
                ICMPXCode.self
            ).map { .icmpx($0) }
        }
    }

    // MARK: NAT

    private func redirect(_ node: RuleSyntax) -> Redirect? {
        let arguments = arguments(node)
        guard !reportsInterface(arguments.target) else { return nil }
        if let address = arguments.target?.address {
            report(.redirectToAddress(at: address.range))
            return nil
        }
        guard let ports = ports(of: arguments.target) else { return nil }
        return Redirect(ports: ports.interval, flags: arguments.flags, isAccepted: arguments.andAccept != nil)
    }

    private func translation(_ node: RuleSyntax) -> AddressTranslation? {
        let arguments = arguments(node)
        var addresses: TargetAddresses?
        var isGood = true
        guard !reportsInterface(arguments.target) else { return nil }
        if let address = arguments.target?.address {
            addresses = single(address, TargetAddressValue.self)
            isGood = addresses != nil
        }
        guard let ports = ports(of: arguments.target), isGood else { return nil }
        return AddressTranslation(
            addresses: addresses,
            ports: ports.interval,
            flags: arguments.flags,
            isAccepted: arguments.andAccept != nil
        )
    }

    private func masquerade(_ node: RuleSyntax) -> Masquerade? {
        let arguments = arguments(node)
        guard !reportsInterface(arguments.target) else { return nil }
        if let address = arguments.target?.address {
            report(.masqueradeToAddress(at: address.range))
            return nil
        }
        guard let ports = ports(of: arguments.target) else { return nil }
        return Masquerade(ports: ports.interval, flags: arguments.flags)
    }

    /// Reports a target that is a variable for interfaces: `to` after a verb of NAT is not about those.
    private func reportsInterface(_ target: NATTargetSyntax?) -> Bool {
        guard let target, target.port == nil, let address = target.address, case .variable = address.form,
            let name = address.referencedName, let index = variables.index(of: text(name.range)),
            case .value(let content)? = bindings[index]?.content
        else { return false }
        switch content.form {
        case .literal(.name), .string: break
        default: return false
        }
        _ = variables.use(text(name.range))
        report(.interfaceAsTarget(text(address.range), target: target.range, at: address.range))
        return true
    }

    /// The ports of a target, of which it may have none; nothing where they are wrong.
    private func ports(of target: NATTargetSyntax?) -> (interval: Interval<UInt16>?, Void)? {
        guard let value = target?.port else { return (nil, ()) }
        guard let ports = single(value, PortValue.self) else { return nil }
        guard ports.lower > 0 else {
            report(.portZero(at: value.range))
            return nil
        }
        return (ports, ())
    }

    // MARK: Texts

    /// What is written to a log.
    func logStatement(_ node: LogSyntax) -> LogStatement? {
        var statement = LogStatement()
        var isGood = true
        if let prefix = node.prefix {
            let text = prefix.text(in: sources)
            isGood = isUsable(text, "a log prefix", maximum: Self.maximumPrefixLength, at: prefix.range)
            statement.prefix = text
        }
        if let level = node.level {
            let known = named(level.range, expected: "a log level", code: .unknownLogLevel, LogLevel.self)
            isGood = isGood && known != nil
            statement.target = .kernel(known ?? .warn)
        }
        if let group = node.group {
            let number = number(group, "a log group", in: 0...UInt64(UInt16.max))
            isGood = isGood && number != nil
            statement.target = .group(UInt16(truncatingIfNeeded: number ?? 0))
            if let level = node.level {
                report(.levelAndGroup(level: level.range, at: group.range))
                isGood = false
            }
        }
        return isGood ? statement : nil
    }

    /// The text of a comment; nothing where the kernel cannot keep it.
    func comment(_ node: StringSyntax) -> String? {
        let text = node.text(in: sources)
        guard isUsable(text, "a comment", maximum: Self.maximumCommentLength, at: node.range) else { return nil }
        return text
    }

    /// Whether the kernel takes the text and nft can read it in its own listing.
    private func isUsable(_ text: String, _ noun: String, maximum: Int, at range: SourceRange) -> Bool {
        let length = text.utf8.count
        guard length <= maximum else {
            report(.textTooLong(noun, length: length, maximum: maximum, at: range))
            return false
        }
        let unusable = text.unicodeScalars.contains { $0 == "\"" || $0.properties.generalCategory == .control }
        if unusable {
            report(.unusableText(noun, at: range))
        }
        return !unusable
    }
}
