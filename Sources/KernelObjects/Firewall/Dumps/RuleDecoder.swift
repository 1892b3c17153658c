/// Reads rules from a `NFT_MSG_GETRULE` dump into canonical form: live values are zero and anonymous sets have no numbers.
///
/// Kernels differ in the order of an expression's attributes and in the defaults that they leave out. What is understood is therefore read,
/// and written as Weir writes it itself; what is not keeps the kernel's bytes.
public struct RuleDecoder: Sendable {
    private let anonymousSets: [String: SetObject]
    /// The names of those that the rules so far look into.
    public private(set) var usedSets: Set<String> = []
    private var writer = ExpressionWriter()
    private var memory = CanonicalElements()

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
        var additions: [UInt16] = []
        var reader = AttributeReader(UnsafeRawBufferPointer(rebasing: bytes[FirewallHeader.size...]))
        while let attribute = reader.next() {
            switch attribute.type {
            case RuleAttribute.handle: handle = attribute.networkOrder64
            case RuleAttribute.expressions: expressions = attribute
            case RuleAttribute.userdata: userdata = Array(attribute.value)
            // Where the rule stands.
            case ...RuleAttribute.highest: break
            default: additions.append(attribute.type)
            }
        }
        guard !reader.isMalformed, let handle else { return nil }
        let rule = RuleObject(expressions: [], userdata: userdata, additions: additions.sorted())
        var entry = RuleEntry(rule, handle: handle)
        // A rule may do nothing at all.
        if let expressions {
            guard canonicalise(expressions.value, into: &entry) else { return nil }
        }
        return entry
    }

    // MARK: Canonical form

    private mutating func canonicalise(_ list: UnsafeRawBufferPointer, into entry: inout RuleEntry) -> Bool {
        var hasCounter = false
        var place = -1
        var reader = AttributeReader(list)
        while let element = reader.next() {
            place += 1
            if memory.holds(element, at: place) {
                writer.element(element)
                hasCounter = hasCounter || memory.isCounter(at: place)
                continue
            }
            let start = writer.byteCount
            let expression = Expression(element)
            switch expression {
            case .counter(let counter):
                if !hasCounter { (entry.packets, entry.bytes) = (counter.packets, counter.bytes) }
                hasCounter = true
                writer.append(CounterExpression())
            case .lookup(var lookup):
                if let set = takeAnonymousSet(named: lookup.set, for: &entry.rule) { lookup.set = set }
                writer.append(lookup)
            case .map(var map):
                if let set = takeAnonymousSet(named: map.map, for: &entry.rule) { map.map = set }
                writer.append(map)
            case .object(.map(let name, let source)):
                let set = takeAnonymousSet(named: name, for: &entry.rule) ?? name
                writer.append(ObjectExpression.map(set, in: source))
            case .quota, .last, .dynamicSet: writer.append(expression.withoutLiveValues)
            case .unknown(let expression):
                writer.element(masked(expression, of: &entry.rule))
            default: writer.append(expression)
            }
            if writer.ends(with: element, from: start) { memory.note(element, expression, at: place) }
        }
        entry.rule.expressions = writer.finish()
        return !reader.isMalformed
    }

    /// Makes an anonymous set that is looked into a part of the rule.
    /// - Returns: The name that stands for it; nil if the set is not an anonymous one.
    private mutating func takeAnonymousSet(named name: String, for rule: inout RuleObject) -> String? {
        guard !anonymousSets.isEmpty, var set = anonymousSets[name] else { return nil }
        usedSets.insert(name)
        set.name = set.canonicalName
        rule.anonymousSets.append(set)
        return set.name
    }

    /// The bytes of an expression that is not understood, but for what packets change in it and for the numbers of sets.
    private mutating func masked(_ expression: UnknownExpression, of rule: inout RuleObject) -> [UInt8] {
        switch expression.name {
        case "counter": expression.replacing([CounterAttribute.bytes, CounterAttribute.packets], with: .zero)
        case "quota": expression.replacing([QuotaAttribute.consumed], with: .zero)
        case "last": expression.replacing([LastAttribute.isSet, LastAttribute.milliseconds], with: .zero)
        case "lookup":
            expression.text(LookupAttribute.set).flatMap { takeAnonymousSet(named: $0, for: &rule) }
                .map { expression.replacing([LookupAttribute.set], with: .text($0)) } ?? expression.element
        default: expression.element
        }
    }
}

extension Expression {
    /// The expression as it is before packets have come by.
    fileprivate var withoutLiveValues: Expression {
        switch self {
        case .counter: return .counter(CounterExpression())
        case .quota(let quota): return .quota(QuotaExpression(bytes: quota.bytes, isOver: quota.isOver))
        case .last: return .last(LastExpression())
        case .dynamicSet(var dynamic):
            dynamic.expressions = dynamic.expressions.map(\.withoutLiveValues)
            return .dynamicSet(dynamic)
        default: return self
        }
    }
}

extension SetObject {
    /// The name without the kernel's number: `__set%d`, `__map%d`.
    fileprivate var canonicalName: String {
        let digits = name.utf8.reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
        return name.dropLast(digits) + "%d"
    }
}
