public import KernelObjects
public import NetworkTypes
import RulesetModel

/// The members of a kernel set as the model has them; nothing where the keys are of another kind.
extension SetObject {
    private var datatype: SetDatatype? {
        SetDatatype(rawValue: keyType)
    }

    /// Ports.
    var ports: IntervalSet<UInt16>? {
        guard keyLength == 2 else { return nil }
        return intervals { RegisterData($0, length: 2).port }
    }

    /// Numbers of four bytes; an interval set has them in network byte order, a hash set in the machine's.
    var numbers: IntervalSet<UInt32>? {
        guard keyLength == 4 else { return nil }
        let isInterval = flags.contains(.interval)
        return intervals {
            let data = RegisterData($0, length: 4)
            return isInterval ? data.networkOrder32 : data.hostOrder32
        }
    }

    /// Transport protocols.
    var protocols: [IPProtocol]? {
        guard keyLength == 1, elements.allSatisfy({ $0.start == $0.end }) else { return nil }
        return elements.map { IPProtocol(rawValue: RegisterData($0.start, length: 1).firstByte) }.sorted()
    }

    /// Interfaces by name.
    var interfaces: [InterfacePattern]? {
        guard keyLength == 16, datatype == .interfaceName else { return nil }
        let patterns = elements.compactMap { InterfacePattern($0) }
        return patterns.count == elements.count ? patterns.sorted() : nil
    }

    /// Addresses of one family.
    func addresses(_ family: AddressFamily) -> AddressSet? {
        guard Int(keyLength) * 8 == family.addressBits, datatype != .interfaceName else { return nil }
        switch family {
        case .ipv4:
            return intervals { IPv4Address(rawValue: RegisterData($0, length: 4).networkOrder32) }
                .map { AddressSet(ipv4: $0) }
        case .ipv6:
            return intervals { IPv6Address(rawValue: $0.rawValue) }.map { AddressSet(ipv6: $0) }
        }
    }

    private func intervals<Bound>(_ value: (SetKey) -> Bound) -> IntervalSet<Bound>? {
        let intervals = elements.compactMap { Interval(value($0.start), value($0.end)) }
        return intervals.count == elements.count ? IntervalSet(intervals) : nil
    }
}

extension InterfacePattern {
    /// The interfaces of one member of a kernel set: one name, or all that start alike.
    public init?(_ element: SetElement) {
        if element.start == element.end {
            self.init(RegisterData(element.start, length: 16))
            return
        }
        let freeBits = (element.start.rawValue ^ element.end.rawValue)
        let count = freeBits.leadingZeroBitCount / 8
        guard freeBits == UInt128.max >> UInt128(8 * count), element.start.rawValue & freeBits == 0, count > 0 else {
            return nil
        }
        self.init(RegisterData(element.start, length: count))
        guard isPrefix else { return nil }
    }
}
