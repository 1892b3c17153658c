import TestSupport

/// Netlink attributes as a tree, to write them in another order or with more among them.
struct AttributeTree {
    var type: UInt16
    var content: Content

    indirect enum Content {
        case value([UInt8])
        case nested([AttributeTree])
    }

    /// The attributes in some bytes; nil if these are a plain value. Numbers, addresses and names of the captures never look like attributes.
    static func list(_ bytes: [UInt8]) -> [AttributeTree]? {
        var trees: [AttributeTree] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard rest.count >= 4 else { return nil }
            let start = rest.startIndex
            let length = Int(rest[start]) | Int(rest[start + 1]) << 8
            let type = (UInt16(rest[start + 2]) | UInt16(rest[start + 3]) << 8) & 0x3fff
            guard length >= 4, length <= rest.count, type > 0, type < 128 else { return nil }
            let value = Array(rest[start + 4..<start + length])
            let nested = value.count >= 8 || value.isEmpty ? list(value) : nil
            trees.append(AttributeTree(type: type, content: nested.map { .nested($0) } ?? .value(value)))
            rest = rest.dropFirst(min((length + 3) & ~3, rest.count))
        }
        return trees
    }

    /// The attributes as bytes.
    static func bytes(_ trees: [AttributeTree]) -> [UInt8] {
        trees.flatMap { tree in
            let value =
                switch tree.content {
                case .value(let bytes): bytes
                case .nested(let trees): self.bytes(trees)
                }
            let length = 4 + value.count
            let header = [UInt8(length & 255), UInt8(length >> 8), UInt8(tree.type & 255), UInt8(tree.type >> 8)]
            return header + value + [UInt8](repeating: 0, count: (4 - length % 4) % 4)
        }
    }

    /// The attributes in another order, at each depth. What stands there more than once is a list, whose order says something.
    static func shuffled(_ trees: [AttributeTree], _ generator: inout SeededGenerator) -> [AttributeTree] {
        var result = trees.map { tree in
            guard case .nested(let parts) = tree.content else { return tree }
            return AttributeTree(type: tree.type, content: .nested(shuffled(parts, &generator)))
        }
        if Set(trees.map(\.type)).count == trees.count { result.shuffle(using: &generator) }
        return result
    }

    /// How many places there are for one more attribute: each list of attributes has one.
    static func places(_ trees: [AttributeTree]) -> Int {
        trees.reduce(1) { sum, tree in
            guard case .nested(let parts) = tree.content else { return sum }
            return sum + places(parts)
        }
    }

    /// The attributes with one more at a place.
    static func adding(_ addition: AttributeTree, at place: inout Int, of trees: [AttributeTree]) -> [AttributeTree] {
        place -= 1
        if place < 0 {
            place = .max
            return trees + [addition]
        }
        return trees.map { tree in
            guard case .nested(let parts) = tree.content, place < .max else { return tree }
            return AttributeTree(type: tree.type, content: .nested(adding(addition, at: &place, of: parts)))
        }
    }
}
