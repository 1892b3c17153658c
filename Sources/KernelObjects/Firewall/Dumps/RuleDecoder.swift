/// Reads rules from a `NFT_MSG_GETRULE` dump into canonical form: live values are zero and anonymous sets have no numbers.
public struct RuleDecoder: Sendable {
    private let anonymousSets: [String: SetObject]
    /// The names of those that the rules so far look into.
    public private(set) var usedSets: Set<String> = []
    private var writer = AttributeWriter(capacity: 4096)

    /// Creates a decoder.
    /// - Parameter anonymousSets: The sets that live in rules, with their members, by the names that the kernel has given them.
    public init(anonymousSets: [String: SetObject] = [:]) {
        self.anonymousSets = anonymousSets
    }

    /// A rule, from a `NFT_MSG_NEWRULE`.
    public mutating func rule(_ payload: RawSpan) throws(KernelObjectsError) -> RuleEntry {
        let kind = "NFT_MSG_NEWRULE"
        let entry = payload.withUnsafeBytes { rule($0) }
        guard let entry else { throw .malformed(message: kind) }
        return entry
    }

    private mutating func rule(_ bytes: UnsafeRawBufferPointer) -> RuleEntry? {
        guard bytes.count >= FirewallHeader.size else { return nil }
        var handle: UInt64?
        var expressions: AttributeReader.Attribute?
        var userdata: [UInt8] = []
        var reader = AttributeReader(UnsafeRawBufferPointer(rebasing: bytes[FirewallHeader.size...]))
        while let attribute = reader.next() {
            switch attribute.type {
            case RuleAttribute.handle: handle = attribute.networkOrder64
            case RuleAttribute.expressions: expressions = attribute
            case RuleAttribute.userdata: userdata = Array(attribute.value)
            default: break
            }
        }
        guard !reader.isMalformed, let handle else { return nil }
        var entry = RuleEntry(RuleObject(expressions: [], userdata: userdata), handle: handle)
        // A rule may do nothing at all.
        if let expressions {
            guard canonicalise(expressions.value, into: &entry) else { return nil }
        }
        return entry
    }

    // MARK: Canonical form

    /// Most rules are copied whole; only what has live values or sets in it is looked at.
    private mutating func canonicalise(_ list: UnsafeRawBufferPointer, into entry: inout RuleEntry) -> Bool {
        var live = LiveValues(Array(list))
        var lookups = false
        var reader = AttributeReader(list)
        while let element = reader.next() {
            guard let expression = ElementHead(element) else { continue }
            switch expression.name {
            case ExpressionName.counter.head: live.readCounter(expression.data, in: list)
            case ExpressionName.quota.head: live.readQuota(expression.data, in: list)
            case ExpressionName.lookup.head: lookups = lookups || anonymousSet(expression.data) != nil
            default: break
            }
        }
        guard !reader.isMalformed else { return false }
        entry.packets = live.packets
        entry.bytes = live.bytes
        entry.rule.expressions = live.expressions
        if lookups { live.expressions.withUnsafeBytes { renameSets($0, into: &entry.rule) } }
        return true
    }

    /// The anonymous set that a lookup uses.
    private func anonymousSet(_ data: AttributeReader.Attribute) -> SetObject? {
        guard !anonymousSets.isEmpty else { return nil }
        var reader = data.nested
        while let attribute = reader.next() {
            guard attribute.type == LookupAttribute.set else { continue }
            // Names of people's sets hardly ever start like this.
            guard attribute.value.starts(with: [UInt8(ascii: "_"), UInt8(ascii: "_")]) else { return nil }
            return anonymousSets[attribute.name]
        }
        return nil
    }

    private mutating func renameSets(_ list: UnsafeRawBufferPointer, into rule: inout RuleObject) {
        writer.removeAll()
        var reader = AttributeReader(list)
        while let element = reader.next() {
            guard let expression = ElementHead(element), expression.name == ExpressionName.lookup.head,
                var set = anonymousSet(expression.data)
            else {
                writer.raw(element.whole)
                continue
            }
            usedSets.insert(set.name)
            set.name = set.canonicalName
            let start = writer.open(ExpressionAttribute.element)
            writer.leadingBytes(
                ExpressionAttribute.name,
                ExpressionName.lookup.bits,
                count: ExpressionName.lookup.length
            )
            let data = writer.open(ExpressionAttribute.data)
            var fields = expression.data.nested
            while let field = fields.next() {
                if field.type == LookupAttribute.set {
                    writer.name(LookupAttribute.set, set.name)
                } else {
                    writer.raw(field.whole)
                }
            }
            writer.close(data)
            writer.close(start)
            rule.anonymousSets.append(set)
        }
        rule.expressions = writer.bytes
    }
}

/// The first bytes of an expression's name, and its data.
private struct ElementHead {
    let name: UInt64
    let data: AttributeReader.Attribute

    /// Nothing for expressions without data, and for those whose name is not first: the kernel does not write such.
    @inline(__always)
    init?(_ element: AttributeReader.Attribute) {
        var reader = element.nested
        guard element.type == ExpressionAttribute.element, let name = reader.next(),
            name.type == ExpressionAttribute.name, name.whole.count >= 12,
            let data = reader.next(), data.type == ExpressionAttribute.data
        else { return nil }
        // Shorter names are padded with zeros.
        self.name = UInt64(bigEndian: name.whole.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
        self.data = data
    }
}

/// The numbers in a rule that packets change.
private struct LiveValues {
    /// The expressions, with those numbers zeroed as they are read.
    private(set) var expressions: [UInt8]
    private(set) var packets: UInt64 = 0
    private(set) var bytes: UInt64 = 0
    private var hasCounter = false

    init(_ expressions: [UInt8]) {
        self.expressions = expressions
    }

    mutating func readCounter(_ data: AttributeReader.Attribute, in list: UnsafeRawBufferPointer) {
        var reader = data.nested
        while let attribute = reader.next() {
            guard let value = attribute.networkOrder64 else { continue }
            if !hasCounter {
                switch attribute.type {
                case CounterAttribute.bytes: bytes = value
                case CounterAttribute.packets: packets = value
                default: break
                }
            }
            if value != 0 { zero(attribute, in: list) }
        }
        hasCounter = true
    }

    mutating func readQuota(_ data: AttributeReader.Attribute, in list: UnsafeRawBufferPointer) {
        // NFTA_QUOTA_CONSUMED
        let consumed: UInt16 = 4
        var reader = data.nested
        while let attribute = reader.next() {
            if attribute.type == consumed { zero(attribute, in: list) }
        }
    }

    private mutating func zero(_ attribute: AttributeReader.Attribute, in list: UnsafeRawBufferPointer) {
        guard let start = list.baseAddress, let value = attribute.value.baseAddress else { return }
        let place = value - start..<value - start + attribute.value.count
        for position in place.clamped(to: expressions.indices) { expressions[position] = 0 }
    }
}

extension SetObject {
    /// The name without the kernel's number: `__set%d`, `__map%d`.
    fileprivate var canonicalName: String {
        let digits = name.utf8.reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
        return name.dropLast(digits) + "%d"
    }
}
