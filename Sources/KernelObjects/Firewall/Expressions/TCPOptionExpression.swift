/// Changes an option of TCP (`nft_exthdr.c`).
public enum TCPOptionExpression: Sendable, Hashable {
    /// Writes 2 or 4 bytes of the option with a type; the largest segment size is never made larger.
    case write(type: UInt8, offset: UInt32, length: UInt32, from: Register)
    /// Takes the option with a type out.
    case strip(type: UInt8)
}

extension ExpressionWriter {
    /// Writes the expression. The kernel does not take all of what it says itself: `FirewallBatch` leaves away what it must not be sent.
    public mutating func append(_ option: TCPOptionExpression) {
        expression(.exthdr) { writer in
            var (number, first, size): (UInt8, UInt32, UInt32) = (0, 0, 0)
            switch option {
            case .write(let type, let offset, let length, let source):
                writer.networkOrder(ExtensionHeaderAttribute.source, source.rawValue)
                (number, first, size) = (type, offset, length)
            case .strip(let type): number = type
            }
            writer.byte(ExtensionHeaderAttribute.type, number)
            writer.networkOrder(ExtensionHeaderAttribute.offset, first)
            writer.networkOrder(ExtensionHeaderAttribute.length, size)
            writer.networkOrder(ExtensionHeaderAttribute.flags, UInt32(0))
            let place = ExtensionHeaderExpression.Place.tcpOptions
            writer.networkOrder(ExtensionHeaderAttribute.place, place.rawValue)
        }
    }
}

extension TCPOptionExpression: KernelExpression {
    static let highestAttribute = ExtensionHeaderExpression.highestAttribute

    init?(_ fields: inout ExpressionFields) {
        let offset = fields.networkOrder32(ExtensionHeaderAttribute.offset) ?? 0
        let length = fields.networkOrder32(ExtensionHeaderAttribute.length) ?? 0
        let place = fields.networkOrder32(ExtensionHeaderAttribute.place)
        guard let type = fields.byte(ExtensionHeaderAttribute.type),
            fields.networkOrder32(ExtensionHeaderAttribute.flags) ?? 0 == 0,
            place == ExtensionHeaderExpression.Place.tcpOptions.rawValue
        else { return nil }
        if let source = fields.networkOrder32(ExtensionHeaderAttribute.source) {
            self = .write(type: type, offset: offset, length: length, from: Register(rawValue: source))
        } else if offset == 0, length == 0 {
            self = .strip(type: type)
        } else {
            return nil
        }
    }
}
