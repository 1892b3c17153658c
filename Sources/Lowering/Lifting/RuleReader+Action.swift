import KernelObjects
import NetworkTypes
import RulesetModel

/// What a rule does in the end.
extension RuleReader {
    /// The action; nothing where the language has no words for it.
    func readAction(_ expression: Expression) -> Action? {
        switch expression {
        case .immediate(.verdict(let verdict)): Action(verdict)
        case .reject(let reject): RejectReason(reject, family: family).map(Action.reject)
        case .notrack: .notrack
        case .meta(let meta) where meta.isSet && meta.key == .mark:
            newMark(meta.register) { if case .meta(.mark) = $0 { true } else { false } }.map(Action.setMark)
        case .conntrack(let conntrack) where conntrack.isSet && conntrack.key == .mark && conntrack.direction == nil:
            newMark(conntrack.register) { if case .conntrack(.mark, nil) = $0 { true } else { false } }
                .map(Action.setConnectionMark)
        case .redirect(let redirect): readRedirect(redirect)
        case .masquerade(let masquerade): readMasquerade(masquerade)
        case .nat(let nat): readTranslation(nat)
        default: nil
        }
    }

    /// The mark in a register: a constant, or the old mark with some bits replaced.
    private func newMark(_ register: Register, isOldMark: (Loaded.Source) -> Bool) -> Mark? {
        if let value = constant(register) { return value.length == 4 ? Mark(value.hostOrder32) : nil }
        guard let loaded = content(register), isOldMark(loaded.source), !loaded.isSwapped,
            let mask = loaded.mask?.hostOrder32, let xor = loaded.xor?.hostOrder32
        else { return nil }
        // Bits that are kept and turned over have no word.
        return Mark(value: xor, mask: ~mask)
    }

    private func readRedirect(_ redirect: RedirectExpression) -> Action? {
        guard let ports = ports(redirect.ports), let flags = NATFlags(kernel: redirect.flags) else { return nil }
        return .redirect(Redirect(ports: ports.range, flags: flags))
    }

    private func readMasquerade(_ masquerade: MasqueradeExpression) -> Action? {
        guard let ports = ports(masquerade.ports), let flags = NATFlags(kernel: masquerade.flags) else { return nil }
        return .masquerade(Masquerade(ports: ports.range, flags: flags))
    }

    private func readTranslation(_ nat: NATExpression) -> Action? {
        guard let ports = ports(nat.ports), let flags = NATFlags(kernel: nat.flags & ~NATRange.keepsHostPart) else {
            return nil
        }
        var addresses: TargetAddresses?
        if let registers = nat.addresses {
            guard let family = nat.family, let range = self.addresses(registers, family) else { return nil }
            addresses = nat.keepsHostPart ? range.prefix.map { TargetAddresses($0) } : TargetAddresses(range)
        }
        guard !nat.keepsHostPart || addresses != nil else { return nil }
        guard addresses != nil || ports.range != nil else { return nil }
        let translation = AddressTranslation(addresses: addresses, ports: ports.range, flags: flags)
        return nat.kind == .destination ? .destinationNAT(translation) : .sourceNAT(translation)
    }

    /// New ports, of which there may be none.
    private struct Ports {
        var range: Interval<UInt16>?
    }

    private func ports(_ registers: RegisterPair?) -> Ports? {
        guard let registers else { return Ports(range: nil) }
        guard let lower = constant(registers.lower), let upper = constant(registers.upper), lower.length == 2,
            upper.length == 2, let range = Interval(lower.port, upper.port)
        else { return nil }
        return Ports(range: range)
    }

    private func addresses(_ registers: RegisterPair, _ family: AddressFamily) -> AddressRange? {
        let length = family.addressBits / 8
        guard let lower = constant(registers.lower), let upper = constant(registers.upper), lower.length == length,
            upper.length == length
        else { return nil }
        return AddressRange(IPAddress(family, lower.bits), IPAddress(family, upper.bits))
    }
}

extension Action {
    fileprivate init?(_ verdict: Verdict) {
        switch verdict {
        case .accept: self = .accept
        case .drop: self = .drop
        case .return: self = .return
        case .jump(let chain): self = .jump(chain)
        case .goto(let chain): self = .goto(chain)
        case .continue: return nil
        }
    }
}

extension RejectReason {
    fileprivate init?(_ reject: RejectExpression, family: AddressFamily?) {
        switch (reject, family) {
        case (.tcpReset, _): self = .tcpReset
        case (.icmp(let number), .ipv4?):
            guard let code = ICMPUnreachableCode(rawValue: number) else { return nil }
            self = .icmp(code)
        case (.icmp(let number), .ipv6?):
            guard let code = ICMPv6UnreachableCode(rawValue: number) else { return nil }
            self = .icmpv6(code)
        // What the number means depends on the packet.
        case (.icmp, nil): return nil
        case (.icmpx(let number), let family):
            guard let code = ICMPXCode(rawValue: number) else { return nil }
            self = RejectReason.icmpx(code).canonical(for: family.map { AddressFamilies($0) } ?? .both)
        }
    }
}

extension NATFlags {
    /// `NF_NAT_RANGE_MAP_IPS` and `NF_NAT_RANGE_PROTO_SPECIFIED`, which only say what else is given.
    private static let implied: UInt32 = 3

    fileprivate init?(kernel flags: UInt32) {
        self.init(rawValue: flags & ~Self.implied)
        guard isSubset(of: [.random, .persistent, .fullyRandom]) else { return nil }
    }
}

extension LogStatement {
    init?(_ log: LogExpression) {
        let prefix = log.prefix ?? ""
        switch log.target {
        case .kernel(let number, flags: 0):
            guard let level = LogLevel(rawValue: number) else { return nil }
            self.init(prefix: prefix, target: .kernel(level))
        case .group(let group, let snapLength, let threshold) where snapLength ?? 0 == 0 && threshold ?? 0 == 0:
            self.init(prefix: prefix, target: .group(group))
        case .kernel, .group: return nil
        }
    }
}
