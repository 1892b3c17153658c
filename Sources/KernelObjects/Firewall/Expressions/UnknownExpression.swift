/// An expression that is carried along as the kernel sent it.
public struct UnknownExpression: Sendable, Hashable {
    /// The kind (`NFTA_EXPR_NAME`).
    public var name: String
    /// The whole `NFTA_LIST_ELEM` attribute.
    public var element: [UInt8]

    /// Creates an expression.
    public init(name: String, element: [UInt8]) {
        self.name = name
        self.element = element
    }

    /// The name of the extension of iptables that a `match` or a `target` runs (`NFTA_MATCH_NAME`, `NFTA_TARGET_NAME`); nil for
    /// other expressions.
    public var extensionName: String? {
        name == "match" || name == "target" ? text(1) : nil
    }
}

extension UnknownExpression {
    /// Takes an expression as it is.
    init(_ element: AttributeReader.Attribute) {
        var name: String?
        var reader = element.nested
        while name == nil, let attribute = reader.next() {
            if attribute.type == ExpressionAttribute.name { name = attribute.string }
        }
        // Malformed bytes can end before the last padding.
        let padding = padded(element.whole.count) - element.whole.count
        self.init(name: name ?? "", element: element.whole + [UInt8](repeating: 0, count: padding))
    }
}

extension UnknownExpression {
    /// What some of the expression's attributes become.
    enum Substitute {
        /// As many zero bytes.
        case zero
        /// A text.
        case text(String)
    }

    /// The element, with some of the attributes of its data replaced.
    func replacing(_ types: Set<UInt16>, with substitute: Substitute) -> [UInt8] {
        var writer = AttributeWriter(capacity: element.count + 32)
        element.withUnsafeBytes { bytes in
            var elements = AttributeReader(bytes)
            guard let element = elements.next() else { return }
            let start = writer.open(element.type)
            var parts = element.nested
            while let part = parts.next() {
                guard part.type == ExpressionAttribute.data else {
                    writer.raw(part.whole)
                    continue
                }
                let data = writer.open(part.type)
                var fields = part.nested
                while let field = fields.next() {
                    guard types.contains(field.type) else {
                        writer.raw(field.whole)
                        continue
                    }
                    switch substitute {
                    case .zero: writer.data(field.type, [UInt8](repeating: 0, count: field.value.count))
                    case .text(let text): writer.string(field.type, text)
                    }
                }
                writer.close(data)
            }
            writer.close(start)
        }
        return writer.takeBytes()
    }

    /// The text in one of the attributes of the expression's data.
    func text(_ type: UInt16) -> String? {
        field(type) { $0.string }
    }

    /// The bytes of one of the attributes of the expression's data.
    public func data(_ type: UInt16) -> [UInt8]? {
        field(type) { Array($0.value) }
    }

    /// The number of 32 bits in one of the attributes of the expression's data.
    public func number(_ type: UInt16) -> UInt32? {
        field(type) { $0.networkOrder32 }
    }

    private func field<Value>(_ type: UInt16, _ read: (AttributeReader.Attribute) -> Value?) -> Value? {
        element.withUnsafeBytes { bytes in
            var elements = AttributeReader(bytes)
            guard var parts = elements.next()?.nested else { return nil }
            while let part = parts.next() {
                guard part.type == ExpressionAttribute.data else { continue }
                var fields = part.nested
                while let field = fields.next() {
                    if field.type == type { return read(field) }
                }
            }
            return nil
        }
    }
}
