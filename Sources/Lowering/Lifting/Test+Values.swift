import KernelObjects
import NetworkTypes
import RulesetModel

/// The values that a condition names, as the model has them; nothing where they are not of the kind that is asked for.
extension Test {
    /// Ports in network byte order.
    var ports: Membership<IntervalSet<UInt16>>? {
        switch self {
        case .equal(let value, let isNegated) where value.length == 2:
            return Membership(IntervalSet([Interval(value.port)]), isNegated: isNegated)
        case .range(let lower, let upper, let isNegated) where lower.length == 2 && upper.length == 2:
            guard let interval = Interval(lower.port, upper.port) else { return nil }
            return Membership(IntervalSet([interval]), isNegated: isNegated)
        case .among(.elements(let set), let isNegated):
            guard let ports = set.ports, !ports.isEmpty else { return nil }
            return Membership(ports, isNegated: isNegated)
        case .among(.named(let name, _), let isNegated) where name.kind == .ports:
            return Membership(.namedSet(name.name), isNegated: isNegated)
        default: return nil
        }
    }

    /// Transport protocols.
    var protocols: Membership<[IPProtocol]>? {
        switch self {
        case .equal(let value, let isNegated) where value.length == 1:
            return Membership([IPProtocol(rawValue: value.firstByte)], isNegated: isNegated)
        case .among(.elements(let set), let isNegated):
            guard let protocols = set.protocols, !protocols.isEmpty else { return nil }
            return Membership(protocols, isNegated: isNegated)
        case .among(.named(let name, _), let isNegated) where name.kind == .protocols:
            return Membership(.namedSet(name.name), isNegated: isNegated)
        default: return nil
        }
    }

    /// Interfaces by name.
    var interfaces: Membership<[InterfacePattern]>? {
        switch self {
        case .equal(let value, let isNegated):
            guard let pattern = InterfacePattern(value) else { return nil }
            return Membership([pattern], isNegated: isNegated)
        case .among(.elements(let set), let isNegated):
            guard let patterns = set.interfaces, !patterns.isEmpty else { return nil }
            return Membership(patterns, isNegated: isNegated)
        case .among(.named(let name, _), let isNegated) where name.kind == .interfaces:
            return Membership(.namedSet(name.name), isNegated: isNegated)
        default: return nil
        }
    }

    /// User and group ids: in the machine's byte order, or brought into network order so that ranges compare.
    func numbers(_ loaded: Loaded) -> Membership<IntervalSet<UInt32>>? {
        guard loaded.mask == nil else { return nil }
        switch self {
        case .equal(let value, let isNegated) where value.length == 4:
            let number = loaded.isSwapped ? value.networkOrder32 : value.hostOrder32
            return Membership(IntervalSet([Interval(number)]), isNegated: isNegated)
        case .range(let lower, let upper, let isNegated) where lower.length == 4 && upper.length == 4:
            guard loaded.isSwapped, let interval = Interval(lower.networkOrder32, upper.networkOrder32) else {
                return nil
            }
            return Membership(IntervalSet([interval]), isNegated: isNegated)
        case .among(.elements(let set), let isNegated):
            guard set.flags.contains(.interval) == loaded.isSwapped, let numbers = set.numbers, !numbers.isEmpty else {
                return nil
            }
            return Membership(numbers, isNegated: isNegated)
        default: return nil
        }
    }

    /// One mark, of which some bits may have been masked out, or a set of whole marks.
    func mark(_ loaded: Loaded) -> Membership<Mark>? {
        switch self {
        case .equal(let value, let isNegated) where value.length == 4 && !loaded.isSwapped:
            let mask = loaded.mask?.hostOrder32 ?? .max
            return Mark(value: value.hostOrder32, mask: mask).map { Membership($0, isNegated: isNegated) }
        case .among(.named(let name, _), let isNegated) where name.kind == .marks:
            guard loaded.mask == nil, loaded.isSwapped == name.isInterval else { return nil }
            return Membership(.namedSet(name.name), isNegated: isNegated)
        default: return nil
        }
    }

    /// Addresses of one family, of which the first bytes were loaded.
    func addresses(_ family: AddressFamily, _ loaded: Loaded, length: UInt32) -> Membership<AddressSet>? {
        let isWhole = length * 8 == family.addressBits
        switch self {
        case .equal(let value, let isNegated) where value.length == length:
            guard let prefix = prefix(family, loaded.mask, value) else { return nil }
            return Membership(AddressSet(AddressRange(prefix)), isNegated: isNegated)
        case .range(let lower, let upper, let isNegated) where lower.length == length && upper.length == length:
            let bounds = (IPAddress(family, lower.bits), IPAddress(family, upper.bits))
            guard isWhole, loaded.isPlain, let range = AddressRange(bounds.0, bounds.1) else { return nil }
            return Membership(AddressSet(range), isNegated: isNegated)
        case .among(.elements(let set), let isNegated):
            guard isWhole, loaded.isPlain, let addresses = set.addresses(family), !addresses.isEmpty else { return nil }
            return Membership(addresses, isNegated: isNegated)
        case .among(.named(let name, let kernelName), let isNegated) where name.kind == .addresses:
            guard isWhole, loaded.isPlain, kernelName == name.name + SetShape.suffix(of: family) else { return nil }
            return Membership(.namedSet(name.name), isNegated: isNegated)
        default: return nil
        }
    }

    /// The prefix whose address was compared: as a whole, by its first bytes, or under a mask.
    private func prefix(_ family: AddressFamily, _ mask: RegisterData?, _ value: RegisterData) -> IPPrefix? {
        var length = Int(value.length) * 8
        if let mask {
            length = (~mask.bits).leadingZeroBitCount
            guard mask.length == value.length,
                RegisterData(leadingBytes: ~(.max >> UInt128(length)), length: 16).bits == mask.bits
            else { return nil }
        }
        guard let length = UInt8(exactly: length) else { return nil }
        return IPPrefix(address: IPAddress(family, value.bits), length: length)
    }

    /// The bits of which any must be set, or none. `hasOneBit`: the property never has more than one bit, so that it can also be
    /// compared as a whole.
    func anyBits(_ loaded: Loaded, hasOneBit: Bool) -> (bits: UInt32, isNegated: Bool)? {
        guard !loaded.isSwapped else { return nil }
        switch (self, loaded.mask) {
        case (.equal(let value, let isNegated), let mask?) where value.length == 4 && mask.length == 4:
            if value.bits == 0 { return (mask.hostOrder32, !isNegated) }
            guard value == mask, mask.bits.nonzeroBitCount == 1 else { return nil }
            return (mask.hostOrder32, isNegated)
        case (.equal(let value, let isNegated), nil) where hasOneBit && value.length == 4:
            guard value.bits.nonzeroBitCount == 1 else { return nil }
            return (value.hostOrder32, isNegated)
        case (.among(.elements(let set), let isNegated), nil) where hasOneBit && set.keyLength == 4:
            var bits: UInt32 = 0
            for element in set.elements {
                guard element.start == element.end, element.start.rawValue.nonzeroBitCount == 1 else { return nil }
                bits |= RegisterData(element.start, length: 4).hostOrder32
            }
            return bits == 0 ? nil : (bits, isNegated)
        default: return nil
        }
    }
}

extension RegisterData {
    /// The bytes of a set's key.
    init(_ key: SetKey, length: Int) {
        self.init(leadingBytes: key.rawValue, length: length)
    }
}

extension IPAddress {
    /// The address with these first bytes.
    init(_ family: AddressFamily, _ bits: UInt128) {
        self =
            switch family {
            case .ipv4: .ipv4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: bits >> 96)))
            case .ipv6: .ipv6(IPv6Address(rawValue: bits))
            }
    }
}

extension InterfacePattern {
    /// The interfaces whose name a register compares with: all 16 bytes, or the first of them.
    init?(_ value: RegisterData) {
        var bytes: [UInt8] = []
        for index in 0..<Int(value.length) {
            bytes.append(UInt8(truncatingIfNeeded: value.bits >> UInt128(120 - 8 * index)))
        }
        let isPrefix = !bytes.contains(0)
        let text = bytes.prefix { $0 != 0 }
        // The name ends where the padding starts; iptables compares no more than the first NUL.
        guard bytes.dropFirst(text.count).allSatisfy({ $0 == 0 }), !isPrefix || text.count < 16,
            let text = String(validating: text, as: UTF8.self), let name = InterfaceName(text)
        else { return nil }
        self.init(name, isPrefix: isPrefix)
    }
}
