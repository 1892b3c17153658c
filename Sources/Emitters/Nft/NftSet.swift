import KernelObjects
import Lowering
import NetworkTypes

extension TextBuffer {
    /// Appends the declaration of a named set with its members, as nft lists it.
    mutating func write(nftSet set: SetObject) throws(Inexpressible) {
        write("\tset ")
        try write(nftName: set.name)
        write(" {\n")
        for property in try set.nftProperties { write("\t\t\(property)\n") }
        if !set.elements.isEmpty {
            write("\t\telements = { ")
            try write(nftElements: set.elements, of: set)
            write(" }\n")
        }
        write("\t}\n")
    }

    /// Appends members of a set, several in a line.
    mutating func write(nftElements elements: [SetElement], of set: SetObject) throws(Inexpressible) {
        guard let type = SetDatatype(rawValue: set.keyType) else { throw Inexpressible("nft does not know its type") }
        for (index, element) in elements.enumerated() {
            if index > 0 { write(index % 4 == 0 ? ",\n\t\t\t     " : ", ") }
            try write(nftElement: element, type, isInterval: set.flags.contains(.interval))
            if element.timeout > 0 {
                write(" timeout ")
                write(TimeSpan(milliseconds: element.timeout))
            }
        }
    }

    private mutating func write(
        nftElement element: SetElement,
        _ type: SetDatatype,
        isInterval: Bool
    ) throws(Inexpressible) {
        let first = element.start.rawValue
        let last = element.end.rawValue
        switch type {
        case .ipv4Address:
            let bounds = (IPv4Address(rawValue: UInt32(first >> 96)), IPv4Address(rawValue: UInt32(last >> 96)))
            guard let range = AddressRange(.ipv4(bounds.0), .ipv4(bounds.1)) else { throw .reversedElement }
            write(range)
        case .ipv6Address:
            guard let range = AddressRange(.ipv6(IPv6Address(rawValue: first)), .ipv6(IPv6Address(rawValue: last)))
            else { throw .reversedElement }
            write(range)
        case .inetService:
            guard let ports = Interval(UInt16(first >> 112), UInt16(last >> 112)) else { throw .reversedElement }
            write(ports)
        case .inetProtocol:
            write(nftProtocol: IPProtocol(rawValue: UInt8(first >> 120)))
        case .mark:
            // Keys of an interval set are in network order, so that bytes compare as numbers do; others as the machine has them.
            let (lower, upper) = (UInt32(first >> 96), UInt32(last >> 96))
            write(nftMark: isInterval ? lower : UInt32(bigEndian: lower))
            if first != last {
                write(UInt8(ascii: "-"))
                write(nftMark: upper)
            }
        case .interfaceName:
            guard let pattern = InterfacePattern(element) else {
                throw Inexpressible("a member is no interface and no start of interface names")
            }
            try write(nftInterface: pattern)
        case .userID, .groupID, .icmpType, .icmpv6Type, .conntrackState:
            throw Inexpressible("nft's named sets do not hold such values")
        }
    }
}

extension Inexpressible {
    fileprivate static let reversedElement = Inexpressible("a member ends before it starts")
}

extension SetObject {
    /// What the set is: `type ipv4_addr`, `flags interval`, `timeout 1m`.
    var nftProperties: [String] {
        get throws(Inexpressible) {
            var properties = ["type \(try nftType)"]
            if size > 0 { properties.append("size \(size)") }
            let flags = [
                flags.contains(.constant) ? "constant" : nil, flags.contains(.interval) ? "interval" : nil,
                flags.contains(.timeout) ? "timeout" : nil,
            ].compactMap(\.self)
            if !flags.isEmpty { properties.append("flags \(flags.joined(separator: ","))") }
            if timeout > 0 { properties.append("timeout \(TimeSpan(milliseconds: timeout))") }
            if let comment = SetUserdata(userdata).comment {
                var text = TextBuffer()
                try text.write(nftString: comment)
                properties.append("comment \(text.text)")
            }
            return properties
        }
    }

    /// nft's name of the type of the members.
    fileprivate var nftType: StaticString {
        get throws(Inexpressible) {
            guard foreignAttributes == nil, let type = SetDatatype(rawValue: keyType) else {
                throw Inexpressible("the set '\(name)' is of a kind that Weir does not know")
            }
            return switch type {
            case .ipv4Address: "ipv4_addr"
            case .ipv6Address: "ipv6_addr"
            case .inetService: "inet_service"
            case .inetProtocol: "inet_proto"
            case .mark: "mark"
            case .interfaceName: "ifname"
            case .userID: "uid"
            case .groupID: "gid"
            case .icmpType: "icmp_type"
            case .icmpv6Type: "icmpv6_type"
            case .conntrackState: "ct_state"
            }
        }
    }
}
