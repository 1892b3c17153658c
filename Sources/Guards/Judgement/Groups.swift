/// Connections that fare alike for the same reason, in the order in which they were found.
struct Groups<Reason: Hashable> {
    private var reasons: [Reason] = []
    private var members: [Reason: [ConnectionFact]] = [:]

    mutating func add(_ fact: ConnectionFact, _ reason: Reason) {
        if members[reason] == nil { reasons.append(reason) }
        members[reason, default: []].append(fact)
    }

    func map<Result>(_ body: (Reason, [ConnectionFact]) -> Result) -> [Result] {
        reasons.map { body($0, members[$0] ?? []) }
    }
}
