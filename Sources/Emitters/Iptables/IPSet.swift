import Lowering
import NetworkTypes
import RulesetModel

/// A set of ipset(8).
struct IPSet {
    /// The name.
    let name: String
    /// What stands after the name in `create`.
    let arguments: [String]
    /// The members.
    let members: [String]

    /// The sets that rules of these families can look into; interfaces, marks and protocols have none and stand in the rules.
    static func all(in ruleset: Ruleset, _ families: AddressFamilies) throws(Inexpressible) -> [IPSet] {
        var result: [IPSet] = []
        for (index, set) in ruleset.sets.enumerated() {
            do {
                result += try sets(set, families)
            } catch {
                throw Inexpressible(error.reason, origin: .set(index))
            }
        }
        return result
    }

    private static func sets(_ set: NamedSet, _ families: AddressFamilies) throws(Inexpressible) -> [IPSet] {
        var result: [IPSet] = []
        switch set.contents {
        case .addresses(let members):
            for family in [AddressFamily.ipv4, .ipv6] {
                let addresses = members.only(family).ranges.map(\.first)
                // A set of addresses has no place for the one of zeros, one of networks has.
                let type = addresses.first == AddressRange(.all(family)).first ? "hash:net" : "hash:ip"
                if let part = try self.set(set, type, family, families, addresses.map(\.description)) {
                    result.append(part)
                }
            }
        case .prefixes(let members):
            for family in [AddressFamily.ipv4, .ipv6] {
                let prefixes = members.only(family).ranges.flatMap(\.prefixes).flatMap(\.halvesOfAll).map(\.description)
                if let part = try self.set(set, "hash:net", family, families, prefixes) { result.append(part) }
            }
        case .ports(let ports):
            let arguments = ["bitmap:port", "range", "0-65535"] + (try set.timeoutArguments)
            result.append(IPSet(name: set.name, arguments: arguments, members: ports.intervals.map(\.description)))
        case .interfaces, .marks, .protocols: break
        }
        return result
    }

    private static func set(
        _ set: NamedSet,
        _ type: String,
        _ family: AddressFamily,
        _ families: AddressFamilies,
        _ members: [String]
    ) throws(Inexpressible) -> IPSet? {
        let wanted = families.intersection(set.families ?? []).intersection(AddressFamilies(family))
        guard !wanted.isEmpty else { return nil }
        var arguments = [type, "family", family == .ipv4 ? "inet" : "inet6"] + (try set.timeoutArguments)
        let room = set.size.map(Int.init) ?? (members.count > Self.defaultRoom ? members.count * 2 : nil)
        if let room { arguments += ["maxelem", "\(max(room, members.count))"] }
        return IPSet(name: NamedSet.kernelName(set.name, family), arguments: arguments, members: members)
    }

    /// How many members a set takes that does not say.
    private static let defaultRoom = 65536
}

extension NamedSet {
    /// `timeout SECONDS`.
    fileprivate var timeoutArguments: [String] {
        get throws(Inexpressible) {
            guard let timeout else { return [] }
            guard timeout % 1000 == 0, timeout / 1000 <= 2_147_483 else {
                throw Inexpressible("its timeouts are whole seconds, at most 2147483")
            }
            return ["timeout", "\(timeout / 1000)"]
        }
    }
}

extension IPPrefix {
    /// The prefix, or the two halves of all addresses: a set takes no prefix of length 0.
    fileprivate var halvesOfAll: [IPPrefix] {
        guard length == 0 else { return [self] }
        let range = AddressRange(self)
        return [IPPrefix(masking: range.first, length: 1), IPPrefix(masking: range.last, length: 1)]
    }
}
