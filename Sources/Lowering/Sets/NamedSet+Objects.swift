import KernelObjects
import NetworkTypes
import RulesetModel

extension NamedSet {
    /// The sets of the kernel that together hold the members.
    var objects: [SetObject] {
        switch contents {
        case .addresses(let members): addressObjects(members, isInterval: false)
        case .prefixes(let members): addressObjects(members, isInterval: true)
        case .ports(let ports):
            [object(.inetService, isInterval: !ports.isSingles, elements: ports.elements)]
        case .marks(let marks):
            [object(.mark, isInterval: !marks.isSingles, elements: marks.elements(isInterval: !marks.isSingles))]
        case .protocols(let protocols):
            [
                object(
                    .inetProtocol,
                    isInterval: false,
                    elements: protocols.map { SetElement(SetKey(byte: $0.rawValue)) }
                )
            ]
        case .interfaces(let patterns):
            [object(.interfaceName, isInterval: patterns.contains(where: \.isPrefix), elements: patterns.elements)]
        }
    }

    private func addressObjects(_ members: AddressSet, isInterval: Bool) -> [SetObject] {
        let shape = SetShape(self)
        var objects: [SetObject] = []
        // Neighbours are always joined in an interval set: one member more must not change how all others are written.
        if shape.families.contains(.ipv4) {
            let isInterval = isInterval || !members.ipv4.isSingles
            let elements = isInterval ? members.ipv4.joined.elements : members.ipv4.elements
            objects.append(
                object(.ipv4Address, name: shape.ipv4Name, isInterval: isInterval, elements: elements)
            )
        }
        if shape.families.contains(.ipv6) {
            let isInterval = isInterval || !members.ipv6.isSingles
            let elements = isInterval ? members.ipv6.joined.elements : members.ipv6.elements
            objects.append(
                object(.ipv6Address, name: shape.ipv6Name, isInterval: isInterval, elements: elements)
            )
        }
        return objects
    }

    private func object(
        _ type: SetDatatype,
        name: String? = nil,
        isInterval: Bool,
        elements: [SetElement]
    ) -> SetObject {
        var flags: SetFlags = isInterval ? .interval : []
        if timeout != nil { flags.insert(.timeout) }
        return SetObject(
            name: name ?? self.name,
            flags: flags,
            keyType: type.rawValue,
            keyLength: type.keyLength,
            timeout: timeout ?? 0,
            size: size ?? Self.size(count: elements.count, isFixed: timeout == nil && !isInterval),
            userdata: SetUserdata(byteOrder: type.byteOrder, comment: comment).bytes,
            elements: elements.sorted { $0.start < $1.start }
        )
    }

    /// From how many members on the kernel is told how many a set may have.
    private static let smallestSized = 4096

    /// The number of members that a set is declared for; 0 for no bound.
    ///
    /// The kernel fills a set of declared size more than twice as fast, since it need not grow the hash table. A power of two with
    /// room for as many members again stays the same while members come and go.
    static func size(count: Int, isFixed: Bool) -> UInt32 {
        guard isFixed, count >= smallestSized, count <= Int(UInt32.max / 4) else { return 0 }
        var size: UInt32 = 1
        while size < 2 * UInt32(count) { size *= 2 }
        return size
    }
}
