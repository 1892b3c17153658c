import KernelObjects
import NetworkTypes
import RulesetModel

/// A named set of the rule language, made of one or two sets of the kernel.
struct LiftedSet {
    /// The set.
    var value: NamedSet
    /// The families that the kernel has a set for; for addresses.
    var families: AddressFamilies
    /// The names in the kernel.
    var kernelNames: [String]
}

extension FirewallState {
    /// The named sets that the rule language has words for, and the names of the others.
    var liftedSets: (sets: [LiftedSet], others: [String]) {
        var lifted: [String: LiftedSet] = [:]
        var others: [String] = []
        for set in sets {
            guard let part = LiftedSet(set) else {
                others.append(set.name)
                continue
            }
            let name = part.value.name
            guard let existing = lifted[name] else {
                lifted[name] = part
                continue
            }
            if let whole = existing.joined(with: part) { lifted[name] = whole } else { others.append(set.name) }
        }
        return (lifted.values.sorted { $0.value.name < $1.value.name }, others)
    }
}

extension LiftedSet {
    fileprivate init?(_ set: SetObject) {
        guard set.foreignAttributes == nil, let type = SetDatatype(rawValue: set.keyType),
            type.keyLength == set.keyLength, set.flags.isSubset(of: [.interval, .timeout, .constant])
        else { return nil }
        var set = set
        // What was added at run time with a lifetime of its own is not part of the declaration.
        if set.flags.contains(.timeout) { set.elements.removeAll { $0.timeout != 0 } }
        let isInterval = set.flags.contains(.interval)
        var name = set.name
        var families: AddressFamilies = []
        let contents: NamedSet.Contents
        switch type {
        case .ipv4Address, .ipv6Address:
            let family: AddressFamily = type == .ipv4Address ? .ipv4 : .ipv6
            guard name.hasSuffix(SetShape.suffix(of: family)), let members = set.addresses(family) else { return nil }
            name.removeLast(SetShape.suffix(of: family).count)
            families = AddressFamilies(family)
            contents = isInterval ? .prefixes(members) : .addresses(members)
        case .inetService:
            guard let ports = set.ports else { return nil }
            contents = .ports(ports)
        case .inetProtocol:
            guard let protocols = set.protocols else { return nil }
            contents = .protocols(protocols)
        case .mark:
            guard let marks = set.numbers else { return nil }
            contents = .marks(marks)
        case .interfaceName:
            guard let interfaces = set.interfaces else { return nil }
            contents = .interfaces(interfaces)
        case .userID, .groupID, .conntrackState, .icmpType, .icmpv6Type: return nil
        }
        value = NamedSet(
            name: name,
            contents: contents,
            timeout: set.flags.contains(.timeout) ? set.timeout : nil,
            size: set.declaredSize,
            comment: SetUserdata(set.userdata).comment
        )
        self.families = families
        kernelNames = [set.name]
    }

    /// The set of both families; nothing where the other one is not the second half of this one.
    fileprivate func joined(with other: LiftedSet) -> LiftedSet? {
        guard families.isDisjoint(with: other.families), !families.isEmpty, !other.families.isEmpty,
            value.timeout == other.value.timeout, value.comment == other.value.comment
        else { return nil }
        var whole = self
        switch (value.contents, other.value.contents) {
        case (.addresses(let one), .addresses(let two)): whole.value.contents = .addresses(one.joined(with: two))
        case (.prefixes(let one), .prefixes(let two)): whole.value.contents = .prefixes(one.joined(with: two))
        default: return nil
        }
        whole.value.size = value.size ?? other.value.size
        whole.families.formUnion(other.families)
        whole.kernelNames += other.kernelNames
        return whole
    }
}

extension SetObject {
    /// The size that a rule file gave; nothing for the one that Weir chooses by itself.
    fileprivate var declaredSize: UInt32? {
        let isFixed = flags.isDisjoint(with: [.interval, .timeout])
        return size == 0 || size == NamedSet.size(count: elements.count, isFixed: isFixed) ? nil : size
    }
}

extension AddressSet {
    /// The addresses of both sets, which are of different families.
    fileprivate func joined(with other: AddressSet) -> AddressSet {
        AddressSet(ipv4: ipv4.isEmpty ? other.ipv4 : ipv4, ipv6: ipv6.isEmpty ? other.ipv6 : ipv6)
    }
}
