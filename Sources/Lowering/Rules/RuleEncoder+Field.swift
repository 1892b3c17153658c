import KernelObjects
import NetworkTypes
import RulesetModel
import Vocabulary

/// Fields of the vocabulary: one encoder for all rows.
extension RuleEncoder {
    mutating func append(_ match: FieldMatch) throws(LoweringError.Reason) {
        let field = match.row
        guard let load = field.load.value(for: part.family) else { throw .matchesNothing }
        require(field.layer)
        writer.append(load)
        let layout = FieldLayout(field, load)
        switch match.values {
        case .masked(let value, let mask):
            writer.append(BitwiseExpression(mask: layout.loaded(mask)))
            writer.append(CompareExpression(match.isNegated ? .notEqual : .equal, layout.loaded(value)))
        case .among(let values):
            if let mask = layout.mask { writer.append(BitwiseExpression(mask: mask)) }
            append(values, field, layout, isNegated: match.isNegated)
        }
    }

    private mutating func append(
        _ values: IntervalSet<FieldValue>,
        _ field: Field,
        _ layout: FieldLayout,
        isNegated: Bool
    ) {
        let isInterval = !values.isSingles
        // Ranges compare byte by byte, which is right only in network order.
        if isInterval, layout.isHostOrder {
            writer.append(ByteorderExpression(.hostToNetwork, size: UInt32(layout.count)))
        }
        let data = isInterval ? layout.networkOrder : layout.loaded
        if values.intervals.count == 1 {
            let only = values.intervals[0]
            appendComparison(data(only.lower), data(only.upper), isNegated: isNegated)
            return
        }
        let set = SetObject.anonymous(
            keyType: field.nftDatatype,
            keyLength: UInt32(layout.count),
            byteOrder: SetDatatype(rawValue: field.nftDatatype)?.byteOrder ?? (field.isInPacket ? .network : .host),
            isInterval: isInterval,
            elements: values.intervals.map { interval in
                let end = isInterval ? layout.end(interval.upper, field.type) : data(interval.upper)
                return SetElement(start: SetKey(data(interval.lower)), end: SetKey(end))
            }
        )
        appendLookup(set, isNegated: isNegated)
    }

    /// Writes conditions that stand one after the other from `start` on, where nft makes fewer of them; gives the place after them, which is
    /// `start` where there is nothing to merge.
    mutating func appendMergedFields(_ matches: [Match], from start: Int) -> Int {
        guard let first = PayloadEquality(matches[start], part.family, transportProtocol) else { return start }
        var conditions = [first]
        var hasField = matches[start].isField
        for match in matches[(start + 1)...] {
            guard let next = PayloadEquality(match, part.family, transportProtocol) else { break }
            conditions.append(next)
            hasField = hasField || match.isField
        }
        guard conditions.count > 1, hasField else { return start }
        for condition in PayloadEquality.merged(conditions) {
            require(condition.layer)
            let length = UInt32(condition.value.length)
            writer.append(PayloadExpression(condition.base, offset: condition.offset, length: length))
            writer.append(CompareExpression(.equal, condition.value))
        }
        return start + conditions.count
    }

    /// Tests what a packet must be known to have, once.
    private mutating func require(_ layer: Layer) {
        switch layer {
        case .any: break
        case .ethernet:
            guard !hasEthernet else { return }
            hasEthernet = true
            writer.append(MetaExpression(.iifType))
            writer.append(CompareExpression(.equal, RegisterData.ethernet))
        case .transport(let number):
            guard transportProtocol != number else { return }
            transportProtocol = number
            writer.append(MetaExpression(.l4proto))
            writer.append(CompareExpression(.equal, RegisterData(number.rawValue)))
        }
    }
}

extension ExpressionWriter {
    /// Writes the expression that loads a field.
    fileprivate mutating func append(_ load: Load) {
        switch load {
        case .meta(let key): append(MetaExpression(.init(rawValue: key)))
        case .conntrack(let key, let direction):
            append(ConntrackExpression(.init(rawValue: key), direction: direction.flatMap { .init(rawValue: $0) }))
        case .payload(let base, let bits):
            let bytes = Bytes(bits)
            append(PayloadExpression(.init(base), offset: bytes.offset, length: bytes.count))
        case .extensionHeader(let place, let type, let bits):
            let bytes = Bytes(bits)
            append(ExtensionHeaderExpression(.init(place), type: type, offset: bytes.offset, length: bytes.count))
        case .extensionHeaderPresence(let place, let type):
            append(ExtensionHeaderExpression(presenceIn: .init(place), type: type))
        case .fib(let result, let flags):
            if let result = FibExpression.Result(rawValue: result) {
                append(FibExpression(result, FibExpression.Flags(rawValue: flags)))
            }
        case .route(let key): append(RouteExpression(.init(rawValue: key)))
        case .socket(let key): append(SocketExpression(.init(key)))
        }
    }
}

extension PayloadExpression.Base {
    init(_ base: Load.Base) {
        self =
            switch base {
            case .link: .link
            case .network: .network
            case .transport: .transport
            }
    }
}

extension ExtensionHeaderExpression.Place {
    init(_ place: Load.Place) {
        self =
            switch place {
            case .ipv6: .ipv6Headers
            case .tcp: .tcpOptions
            case .ipv4: .ipv4Options
            }
    }
}

extension SocketExpression.Key {
    init(_ key: Load.SocketKey) {
        self =
            switch key {
            case .transparent: .transparent
            case .mark: .mark
            case .wildcard: .wildcard
            }
    }
}

extension Match {
    fileprivate var isField: Bool {
        if case .field = self { true } else { false }
    }
}

extension Field {
    /// Whether it is a part of the packet itself.
    fileprivate var isInPacket: Bool {
        load.values.contains { $0.bits != nil }
    }
}

extension MetaExpression.Key {
    /// `NFT_META_IIFTYPE`: the hardware of the interface that the packet came in by, two bytes in the machine's order.
    static let iifType = MetaExpression.Key(rawValue: 8)
}

extension RegisterData {
    /// `ARPHRD_ETHER`, as `NFT_META_IIFTYPE` loads it.
    static let ethernet = RegisterData(port: UInt16(bigEndian: 1))
}
