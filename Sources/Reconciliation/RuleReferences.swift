/// The sets and chains that a rule's expressions name.
struct RuleReferences {
    /// Names of the sets that are looked into or written to (`lookup`, `dynset`, `objref`).
    var sets: Set<String> = []
    /// Names of the chains that are jumped or gone to (`immediate`).
    var chains: Set<String> = []

    /// Reads a list of `NFTA_LIST_ELEM` attributes; what is malformed names nothing.
    init(_ expressions: [UInt8]) {
        expressions.withUnsafeBytes { bytes in
            forEachAttribute(of: bytes) { _, element in
                var name: UnsafeRawBufferPointer?
                forEachAttribute(of: element) { type, value in
                    switch type {
                    case Attribute.expressionName: name = value
                    case Attribute.expressionData: add(expression: text(name), data: value)
                    default: break
                    }
                }
            }
        }
    }

    private mutating func add(expression: String?, data: UnsafeRawBufferPointer) {
        switch expression {
        case "lookup", "dynset": insertSet(data, Attribute.setName)
        case "objref": insertSet(data, Attribute.objectSetName)
        case "immediate":
            forEachAttribute(of: data) { type, value in
                guard type == Attribute.immediateData else { return }
                forEachAttribute(of: value) { type, value in
                    guard type == Attribute.dataVerdict else { return }
                    forEachAttribute(of: value) { type, value in
                        guard type == Attribute.verdictChain, let name = text(value) else { return }
                        chains.insert(name)
                    }
                }
            }
        default: break
        }
    }

    private mutating func insertSet(_ data: UnsafeRawBufferPointer, _ nameType: UInt16) {
        forEachAttribute(of: data) { type, value in
            guard type == nameType, let name = text(value) else { return }
            sets.insert(name)
        }
    }
}

/// <linux/netfilter/nf_tables.h>
private enum Attribute {
    /// `NFTA_EXPR_NAME`
    static let expressionName: UInt16 = 1
    /// `NFTA_EXPR_DATA`
    static let expressionData: UInt16 = 2
    /// `NFTA_LOOKUP_SET`, `NFTA_DYNSET_SET_NAME`
    static let setName: UInt16 = 1
    /// `NFTA_OBJREF_SET_NAME`
    static let objectSetName: UInt16 = 4
    /// `NFTA_IMMEDIATE_DATA`
    static let immediateData: UInt16 = 2
    /// `NFTA_DATA_VERDICT`
    static let dataVerdict: UInt16 = 2
    /// `NFTA_VERDICT_CHAIN`
    static let verdictChain: UInt16 = 2
}

/// Calls the closure with the type and the value of each attribute, up to the first whose length does not fit.
private func forEachAttribute(of bytes: UnsafeRawBufferPointer, _ body: (UInt16, UnsafeRawBufferPointer) -> Void) {
    var offset = 0
    while bytes.count - offset >= 4 {
        let length = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
        // The two upper bits are flags.
        let type = bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self) & 0x3fff
        guard length >= 4, length <= bytes.count - offset else { return }
        body(type, UnsafeRawBufferPointer(rebasing: bytes[offset + 4..<offset + length]))
        offset += (length + 3) & ~3
    }
}

private func text(_ bytes: UnsafeRawBufferPointer?) -> String? {
    bytes.flatMap { String(validating: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
