import KernelObjects
import NetworkTypes

/// Tables that have much in common, so that every kind of change happens often.
enum RandomTable {
    static func make(_ dice: inout Dice, withForeign hasForeign: Bool) -> FirewallState? {
        guard Int.random(in: 0..<20, using: &dice) > 0 else { return nil }
        var sets: [SetObject] = []
        for name in ["a", "b", "c"] where Bool.random(using: &dice) {
            let isInterval = Int.random(in: 0..<4, using: &dice) > 0
            var set = SetObject(name, elements(&dice, isInterval: isInterval), flags: isInterval ? .interval : [])
            if Int.random(in: 0..<8, using: &dice) == 0 { set.size = 100 }
            sets.append(set)
        }
        var foreignObjects: [ForeignObject] = []
        // A chain jumps only to those after it.
        let names = ["input", "forward", "one", "two", "three"].filter { _ in
            Int.random(in: 0..<5, using: &dice) > 0
        }
        if hasForeign, Bool.random(using: &dice) {
            var map = SetObject("map", [])
            map.foreignAttributes = Array((names.last ?? "").utf8)
            sets.append(map)
            foreignObjects.append(ForeignObject(messageType: 18, name: "quota", attributes: []))
        }
        let chains = names.indices.map { index in
            let later = Array(names[(index + 1)...]).filter { $0 != "forward" }
            return chain(names[index], later: later, sets: sets.map(\.name), &dice)
        }
        return FirewallState(chains: chains, sets: sets, foreignObjects: foreignObjects)
    }

    private static func chain(_ name: String, later: [String], sets: [String], _ dice: inout Dice) -> ChainObject {
        let rules = (0..<Int.random(in: 0..<12, using: &dice)).map { place in
            // Close to a fixed order, with copies.
            let number = max(0, place + Int.random(in: -2...2, using: &dice))
            return RuleEntry(
                RuleObject(
                    number,
                    set: number % 3 == 0 ? sets.randomElement(using: &dice) : nil,
                    jump: number % 4 == 1 ? later.randomElement(using: &dice) : nil
                )
            )
        }
        let isBase = name == "input" || name == "forward"
        let base = ChainObject.Base(
            type: .filter,
            hook: name == "input" ? .input : .forward,
            priority: Int.random(in: 0..<6, using: &dice) == 0 ? 10 : 0,
            policy: Bool.random(using: &dice) ? .accept : .drop
        )
        return ChainObject(
            name: name,
            base: isBase ? base : nil,
            rules: rules,
            userdata: Int.random(in: 0..<10, using: &dice) == 0 ? [1] : []
        )
    }

    private static func elements(_ dice: inout Dice, isInterval: Bool) -> [ClosedRange<UInt32>] {
        var next: UInt32 = 0
        var intervals: [ClosedRange<UInt32>] = []
        for _ in 0..<Int.random(in: 0..<10, using: &dice) {
            let start = next + UInt32.random(in: 0..<3, using: &dice)
            let end = isInterval ? start + UInt32.random(in: 0..<3, using: &dice) : start
            intervals.append(start...end)
            next = end + 1
        }
        return intervals
    }
}
