/// Something about a packet, its connection or the host that a condition can ask for: one row of the vocabulary.
///
/// All that Weir knows of a field stands in its row. Whatever reads, writes, encodes or reads back a condition takes it from there.
public struct Field: Sendable {
    /// A row's place in `Field.all`; two bytes, so that conditions stay small.
    public struct ID: Sendable, Hashable {
        let index: UInt16
    }

    /// What people write before the values; in JSON, with hyphens, the type of the condition.
    public let words: String
    /// Other words for the same.
    public let aliases: [String]
    /// What its values are.
    public let type: ValueType
    /// Where the kernel finds it.
    public let load: PerFamily<Load>
    /// What a packet must be known to have before.
    public let layer: Layer
    /// Which packets have it.
    public let places: Places
    /// nft's number for the type of its values, which it keeps in anonymous sets.
    public let nftDatatype: UInt32
    /// nft's words before the values.
    public let nft: PerFamily<String>
    /// iptables' words.
    public let iptables: PerFamily<IptablesWords>
    /// What it is, for the reference.
    public let summary: String
    /// An example of its values, for the reference.
    public let example: String

    init(
        _ words: String,
        aliases: [String] = [],
        _ type: ValueType,
        _ load: PerFamily<Load>,
        layer: Layer = .any,
        places: Places = .everywhere,
        nft: PerFamily<String>? = nil,
        nftDatatype: UInt32? = nil,
        iptables: PerFamily<IptablesWords>,
        example: String,
        _ summary: String
    ) {
        self.words = words
        self.aliases = aliases
        self.type = type
        self.load = load
        self.layer = layer
        self.places = places
        self.nft = nft ?? .both(words)
        self.nftDatatype = nftDatatype ?? type.nftDatatype
        self.iptables = iptables
        self.summary = summary
        self.example = example
    }

    /// All rows. A row's place is its identity within a run only: nothing stores it.
    public static let all: [Field] = meta + conntrack + routing + socket + link + network + transport + options
}

extension Field.ID {
    /// The row.
    public var field: Field {
        Field.all[Int(index)]
    }

    /// The rows' places in their order.
    public static let all = Field.all.indices.map { Field.ID(index: UInt16($0)) }

    /// The place among the rows.
    public var rawValue: Int {
        Int(index)
    }
}

extension Field {
    /// Whether bits of a value can be asked for under a mask: `5/0xff`. nft shifts the bits of fields that are no whole bytes, and cannot
    /// print a mask in an extension header.
    public var hasMasks: Bool {
        guard case .number(let bits) = type, bits % 8 == 0 else { return false }
        return load.values.allSatisfy { if case .extensionHeader = $0 { false } else { true } }
    }

    /// Whether the kernel has the values in the machine's byte order, so that ranges compare only once they are swapped.
    public var isHostOrder: Bool {
        guard type.bits > 8, !type.isText else { return false }
        return load.values.allSatisfy { $0.bits == nil }
    }
}
