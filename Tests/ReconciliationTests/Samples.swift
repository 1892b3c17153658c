import KernelObjects
import NetworkTypes
import Reconciliation

extension RuleObject {
    /// A rule that does something known by a number, perhaps looks into a set, perhaps jumps to a chain.
    ///
    /// The comment says the same, so that the fake table need not trust the code that reads expressions.
    init(_ number: Int, set: String? = nil, jump: String? = nil) {
        var expressions = element("meta", attribute(1, bytes(of: UInt32(number))))
        if let set { expressions += element("lookup", attribute(1, text(set)) + attribute(2, bytes(of: 1))) }
        if let jump {
            let verdict = attribute(1, [0xff, 0xff, 0xff, 0xfd]) + attribute(2, text(jump))
            let data = attribute(2, verdict)
            expressions += element("immediate", attribute(1, bytes(of: 0)) + attribute(2, data))
        }
        self.init(
            expressions: expressions,
            userdata: Array("\(number) \(set ?? "-") \(jump ?? "-")".utf8)
        )
    }

    var usedSets: [String] { comment[1] == "-" ? [] : [comment[1]] }
    var usedChains: [String] { comment[2] == "-" ? [] : [comment[2]] }
    private var comment: [String] {
        String(decoding: userdata, as: UTF8.self).split(separator: " ").map(String.init)
    }
}

private func element(_ name: String, _ data: [UInt8]) -> [UInt8] {
    attribute(1, attribute(1, text(name)) + attribute(2, data))
}

private func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
    let length = UInt16(value.count + 4)
    let header = [UInt8(length & 0xff), UInt8(length >> 8), UInt8(type & 0xff), UInt8(type >> 8)]
    return header + value + Array(repeating: 0, count: (4 - value.count % 4) % 4)
}

private func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

private func bytes(of number: UInt32) -> [UInt8] {
    [UInt8(number >> 24), UInt8(number >> 16 & 0xff), UInt8(number >> 8 & 0xff), UInt8(number & 0xff)]
}

extension ChainObject {
    static func input(_ rules: [RuleObject], policy: ChainPolicy = .accept, priority: Int32 = 0) -> ChainObject {
        ChainObject(
            name: "input",
            base: Base(type: .filter, hook: .input, priority: priority, policy: policy),
            rules: rules.map { RuleEntry($0) }
        )
    }

    static func regular(_ name: String, _ rules: [RuleObject]) -> ChainObject {
        ChainObject(name: name, rules: rules.map { RuleEntry($0) })
    }
}

extension SetObject {
    /// An interval set of 4-byte keys.
    init(_ name: String, _ intervals: [ClosedRange<UInt32>], flags: SetFlags = .interval) {
        self.init(
            name: name,
            flags: flags,
            keyType: 7,
            keyLength: 4,
            elements: intervals.map { SetElement($0) }
        )
    }
}

extension SetElement {
    init(_ interval: ClosedRange<UInt32>, timeout: UInt64 = 0) {
        self.init(
            start: SetKey(rawValue: UInt128(interval.lowerBound) << 96),
            end: SetKey(rawValue: UInt128(interval.upperBound) << 96),
            timeout: timeout
        )
    }
}

/// What distinguishes tables: everything but handles and counters.
func description(of state: FirewallState?) -> [String] {
    guard let state else { return ["no table"] }
    var lines: [String] = []
    for chain in state.chains.sorted(by: { $0.name < $1.name }) {
        lines.append("chain \(chain.name) \(String(describing: chain.base)) \(chain.userdata)")
        lines += chain.rules.map { "  \(String(decoding: $0.rule.userdata, as: UTF8.self))" }
    }
    for set in state.sets.sorted(by: { $0.name < $1.name }) {
        lines.append("set \(set.name) \(set.flags.rawValue) \(set.keyType) \(set.size) \(set.timeout)")
        lines += set.elements.map { "  \($0.start.rawValue >> 96)-\($0.end.rawValue >> 96)" }
    }
    return lines + state.foreignObjects.map(\.name)
}

/// Numbers that are the same in every run (SplitMix64).
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var result = state
        result = (result ^ result >> 30) &* 0xbf58_476d_1ce4_e5b9
        result = (result ^ result >> 27) &* 0x94d0_49bb_1331_11eb
        return result ^ result >> 31
    }
}
