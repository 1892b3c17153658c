import KernelObjects
import NetworkTypes
import RulesetModel
import Vocabulary

/// Follows the expressions of one rule, keeping in mind what stands in each register, and collects what they mean.
struct RuleReader {
    let lifter: RuleLifter
    /// The anonymous sets that no expression has looked into yet.
    var anonymousSets: ArraySlice<SetObject>

    /// The conditions so far.
    var matches: [Match] = []
    /// The family that was tested for.
    var family: AddressFamily?
    /// What is done with the packet.
    var action: Action?
    /// The line that is written before.
    var log: LogStatement?
    /// How the rule differs from Weir's own.
    var notes: LiftNotes = .noCounter
    /// Whether packets of this host were shut out by their lack of an input interface.
    var isForwardedOnly = false

    private var registers: [Register: Loaded] = [:]
    /// The lower bound of a range whose upper bound the next expression may give.
    private var openRange: (register: Register, lower: RegisterData)?
    private var hasCounter = false
    private var hasLimit = false
    private var hasLog = false

    init(lifter: RuleLifter, anonymousSets: [SetObject]) {
        self.lifter = lifter
        self.anonymousSets = anonymousSets[...]
    }

    /// Takes in the next expression; false where it has no place in a rule of the language.
    mutating func read(_ expression: Expression) -> Bool {
        // Whatever stands after the action would happen after it, or never.
        guard action == nil else { return false }
        if let open = openRange {
            openRange = nil
            if case .compare(let compare) = expression, compare.operator == .lessOrEqual,
                compare.source == open.register, compare.value.length == open.lower.length
            {
                return test(open.register, .range(open.lower, compare.value, isNegated: false))
            }
            guard test(open.register, .from(open.lower)) else { return false }
        }
        switch expression {
        case .meta(let meta) where !meta.isSet: registers[meta.register] = Loaded(.meta(meta.key))
        case .conntrack(let conntrack) where !conntrack.isSet:
            registers[conntrack.register] = Loaded(.conntrack(conntrack.key, conntrack.direction))
        case .payload(let payload): registers[payload.destination] = Loaded(.payload(payload))
        case .immediate(.data(let value, let register)): registers[register] = Loaded(.constant(value))
        case .bitwise(let bitwise): return read(bitwise)
        case .byteorder(let byteorder): return read(byteorder)
        case .compare(let compare): return read(compare)
        case .range(let range):
            let isNegated = range.operator == .notEqual
            return test(range.source, .range(range.lower, range.upper, isNegated: isNegated))
        case .lookup(let lookup): return read(lookup)
        case .limit(let limit): return read(limit)
        case .counter:
            guard !hasCounter else { return false }
            hasCounter = true
            notes.remove(.noCounter)
        case .log(let expression):
            guard !hasLog, let statement = LogStatement(expression) else { return false }
            hasLog = true
            log = statement
        case .immediate(.verdict), .meta, .conntrack, .nat, .redirect, .masquerade, .reject, .notrack:
            action = readAction(expression)
            return action != nil
        case .extensionHeader(let header): return load(expression, into: header.destination)
        case .fib(let fib): return load(expression, into: fib.destination)
        case .route(let route): return load(expression, into: route.destination)
        case .socket(let socket): return load(expression, into: socket.destination)
        case .connectionLimit, .duplicate, .dynamicSet, .flowOffload, .forward, .hash, .inner, .ipsec, .last, .logic,
            .map,
            .numberGenerator, .object, .osf, .payloadWrite, .queue, .quota, .shift, .synproxy, .tcpOption,
            .transparentProxy, .tunnel, .unknown:
            return false
        }
        return true
    }

    /// Takes note that there are no more expressions; false where the rule does nothing that the language can say.
    mutating func finish() -> Bool {
        if let open = openRange, !test(open.register, .from(open.lower)) { return false }
        guard action == nil else { return anonymousSets.isEmpty }
        if let statement = log {
            action = .log(statement)
            log = nil
        } else if hasCounter {
            action = .count
        }
        return action != nil && anonymousSets.isEmpty
    }

    /// Takes note of what only fields of the vocabulary are loaded from; false where none is.
    private mutating func load(_ expression: Expression, into register: Register) -> Bool {
        guard let load = Load(expression) else { return false }
        registers[register] = Loaded(.field(load))
        return true
    }

    /// What stands in a register.
    func content(_ register: Register) -> Loaded? {
        registers[register]
    }

    /// The constant that stands in a register.
    func constant(_ register: Register) -> RegisterData? {
        guard let loaded = registers[register], case .constant(let value) = loaded.source else { return nil }
        return loaded.isPlain ? value : nil
    }

    private mutating func read(_ bitwise: BitwiseExpression) -> Bool {
        guard var loaded = registers[bitwise.source], loaded.isPlain else { return false }
        loaded.mask = bitwise.mask
        loaded.xor = bitwise.xor
        registers[bitwise.destination] = loaded
        return true
    }

    private mutating func read(_ byteorder: ByteorderExpression) -> Bool {
        guard var loaded = registers[byteorder.source], loaded.isPlain, byteorder.operation == .hostToNetwork,
            byteorder.length == byteorder.size
        else { return false }
        loaded.isSwapped = true
        registers[byteorder.destination] = loaded
        return true
    }

    private mutating func read(_ compare: CompareExpression) -> Bool {
        switch compare.operator {
        case .equal: return test(compare.source, .equal(compare.value, isNegated: false))
        case .notEqual: return test(compare.source, .equal(compare.value, isNegated: true))
        case .greaterOrEqual:
            openRange = (compare.source, compare.value)
            return true
        case .lessOrEqual: return test(compare.source, .upTo(compare.value))
        case .greater:
            guard let next = compare.value.successor else { return false }
            return test(compare.source, .from(next))
        case .less:
            guard let previous = compare.value.predecessor else { return false }
            return test(compare.source, .upTo(previous))
        }
    }

    private mutating func read(_ lookup: LookupExpression) -> Bool {
        let set: Test.Members
        if lookup.set == SetObject.anonymousName {
            guard let anonymous = anonymousSets.popFirst() else { return false }
            set = .elements(anonymous)
        } else {
            guard let name = lifter.setNames[lookup.set] else { return false }
            set = .named(name, kernelName: lookup.set)
        }
        return test(lookup.source, .among(set, isNegated: lookup.isInverted))
    }

    private mutating func read(_ limit: LimitExpression) -> Bool {
        guard !hasLog, let period = Limit.Period(rawValue: limit.period), limit.rate > 0 else { return false }
        if hasCounter { notes.insert(.countsEarly) }
        hasLimit = true
        let unit: Limit.Unit = limit.unit == .packets ? .packets : .bytes
        let match = Limit(rate: limit.rate, unit: unit, period: period, burst: limit.burst, isOver: limit.isOver)
        matches.append(.limit(match))
        return true
    }

    /// Takes in a condition on what stands in a register.
    private mutating func test(_ register: Register, _ test: Test) -> Bool {
        // A line in the log, or a rate that is used up, for packets that the rule then does not hold for: no word for that.
        guard !hasLimit, !hasLog, let loaded = registers[register] else { return false }
        if hasCounter { notes.insert(.countsEarly) }
        return add(loaded, test)
    }
}

/// What stands in a register.
struct Loaded {
    /// Where the bytes come from.
    enum Source {
        case meta(MetaExpression.Key)
        case conntrack(ConntrackExpression.Key, ConntrackExpression.Direction?)
        case payload(PayloadExpression)
        case field(Load)
        case constant(RegisterData)
    }

    /// Where the bytes come from.
    var source: Source
    /// The bits that were left of them.
    var mask: RegisterData?
    /// The bits that were turned over then.
    var xor: RegisterData?
    /// Whether they were brought into network byte order.
    var isSwapped = false

    init(_ source: Source) {
        self.source = source
    }

    /// What fields are told by; nil for a constant.
    var load: Load? {
        switch source {
        case .meta(let key): .meta(key.rawValue)
        case .conntrack(let key, let direction): .conntrack(key.rawValue, direction: direction?.rawValue)
        case .payload(let payload): Load(.payload(payload))
        case .field(let load): load
        case .constant: nil
        }
    }

    /// Whether the bytes are as they were loaded.
    var isPlain: Bool {
        mask == nil && !isSwapped
    }
}

/// A condition on the content of a register.
enum Test {
    /// The members of a set.
    enum Members {
        case elements(SetObject)
        case named(LiftedSetName, kernelName: String)
    }

    case equal(RegisterData, isNegated: Bool)
    case range(RegisterData, RegisterData, isNegated: Bool)
    case among(Members, isNegated: Bool)

    /// Everything from a value on.
    static func from(_ lower: RegisterData) -> Test {
        .range(lower, RegisterData(leadingBytes: .max, length: Int(lower.length)), isNegated: false)
    }

    /// Everything up to a value.
    static func upTo(_ upper: RegisterData) -> Test {
        .range(RegisterData(leadingBytes: 0, length: Int(upper.length)), upper, isNegated: false)
    }

    /// Whether the opposite is meant.
    var isNegated: Bool {
        switch self {
        case .equal(_, let isNegated), .range(_, _, let isNegated), .among(_, let isNegated): isNegated
        }
    }
}

extension RegisterData {
    /// The number of bits below the last byte that counts.
    private var shift: UInt128 {
        UInt128(128 - 8 * Int(length))
    }

    /// The next larger value of the same length, or nil after the largest.
    fileprivate var successor: RegisterData? {
        let (sum, overflow) = bits.addingReportingOverflow(1 << shift)
        return overflow ? nil : RegisterData(leadingBytes: sum, length: Int(length))
    }

    /// The next smaller value of the same length, or nothing before zero.
    fileprivate var predecessor: RegisterData? {
        bits == 0 ? nil : RegisterData(leadingBytes: bits - 1 << shift, length: Int(length))
    }
}
