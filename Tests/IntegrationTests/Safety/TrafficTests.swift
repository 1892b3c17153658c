import TestSupport
import Testing

/// Packets that the old and the new rules let through get through while one takes the place of the other.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct TrafficTests {
    /// The ports of the flows: `both` and `member` pass by any of the files, `even` and `odd` by every other one.
    private enum Port {
        static let both: UInt16 = 7001
        static let member: UInt16 = 7005
        static let even: UInt16 = 7010
        static let odd: UInt16 = 7011
        /// Only connections that there are get through to it.
        static let stream: UInt16 = 8001
    }

    /// Rules in which everything changes from round to round but what both flows pass by.
    private func rules(_ round: Int, _ generator: inout SeededGenerator) -> String {
        let isEven = round.isMultiple(of: 2)
        func unrelated() -> String {
            let port = 20000 + Int.random(in: 0..<200, using: &generator)
            let verb = ["drop", "accept", "reject", "count"].randomElement(using: &generator) ?? "drop"
            return "    \(verb) saddr 10.\(Int.random(in: 20..<90, using: &generator)).0.0/16 tcp dport \(port)\n"
        }
        let low = Int(Port.member) - Int.random(in: 0...3, using: &generator)
        let high = Int(Port.member) + Int.random(in: 0...3, using: &generator)
        let others = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
            String(30000 + 10 * Int.random(in: 0..<500, using: &generator))
        }
        let ports = Array(Set(["\(low == high ? "\(low)" : "\(low)-\(high)")"] + others)).sorted()
        var lines = (0..<Int.random(in: 0...20, using: &generator)).map { _ in unrelated() }
        // The rules that matter move about, and are others to the kernel each time.
        let place = { (generator: inout SeededGenerator) in Int.random(in: 0...lines.count, using: &generator) }
        lines.insert("    accept udp dport \(Port.both) \"round \(round)\"\n", at: place(&generator))
        lines.insert("    accept udp dport @ports\n", at: place(&generator))
        lines.insert("    accept udp dport \(isEven ? Port.even : Port.odd)\n", at: place(&generator))
        lines.insert("    accept ct state established,related\n", at: place(&generator))
        let hop = RouterUnderLoad.hops[round % 2]
        let other = RouterUnderLoad.hops[(round + 1) % 2]
        return """
            set ports: port { \(ports.joined(separator: ", ")) }
            policy forward drop
            forward {
            \(lines.joined())}
            drop in tcp dport \(isEven ? 9001 : 9002)
            route \(RouterUnderLoad.address)/32 via \(hop)
            route \(RouterUnderLoad.otherAddress)/32 via \(other) metric \(isEven ? 10 : 20)

            """
    }

    @Test func nothingIsLostThatBothLetThrough() throws {
        let budget = SoakBudget(share: 20, all: 200)
        var generator = SeededGenerator(seed: budget.seed &+ 9000)
        try withWeir { weir in
            let network = try RouterUnderLoad()
            let first = rules(0, &generator) + "accept forward tcp dport \(Port.stream)\n"
            try weir.apply(rules: first)
            let stream = try network.stream(port: Port.stream, every: 1000)
            let flows = [
                try network.datagrams(port: Port.both, every: 100),
                try network.datagrams(port: Port.member, every: 100),
                try network.datagrams(to: RouterUnderLoad.otherAddress, port: Port.both, every: 100),
            ]
            let controls = [
                try network.datagrams(port: Port.even, every: 1000), try network.datagrams(port: Port.odd, every: 1000),
            ]
            for round in 1...budget.count {
                let seen = flows.map(\.counts.received) + [stream.counts.received]
                let result = try weir.apply(rules: rules(round, &generator))
                #expect(!result.output.contains("Nothing to do"))
                // Between two changes something has to pass by each of the files.
                try expectProgress(flows, stream, since: seen)
            }
            // Nobody new gets in, so that what passes is the connection from the beginning.
            #expect(try !network.canConnect(port: Port.stream))
            let counts = flows.map { $0.stop() }
            let end = stream.finish()
            for count in counts {
                #expect(count.received == count.sent, "\(count.sent - count.received) of \(count.sent) were lost")
                #expect(count.refused == 0 && count.duplicates == 0)
            }
            #expect(end.hasEnded && end.error == 0 && !end.isDamaged, "\(end)")
            #expect(end.received == end.sent)
            // The rules did change: of what only every other file lets through some was dropped, and some was not.
            for control in controls {
                let count = control.stop()
                #expect(count.received > 0 && count.received < count.sent, "\(count)")
            }
            let sent = counts.reduce(0) { $0 + $1.sent }
            let lost = counts.reduce(0) { $0 + $1.sent - $1.received }
            budget.say(
                "traffic: \(budget.count) applies, \(sent) datagrams, \(lost) lost; a connection with \(end.received) bytes lives on"
            )
        }
    }

    /// Changes that are not made in one step: each takes something away and puts it back.
    private static let gaps = [
        [
            "nft flush chain inet weir forward",
            "nft add rule inet weir forward udp dport \(Port.both) accept",
        ],
        [
            "ip route del \(RouterUnderLoad.address)/32",
            "ip route add \(RouterUnderLoad.address)/32 via \(RouterUnderLoad.hops[0])",
        ],
    ]

    /// Otherwise nobody would know that a loss is seen.
    @Test(arguments: gaps)
    func aGapIsSeen(_ gap: [String]) throws {
        try withWeir { weir in
            var generator = SeededGenerator(seed: 1)
            let network = try RouterUnderLoad()
            try weir.apply(rules: rules(0, &generator))
            let flow = try network.datagrams(port: Port.both, every: 100)
            for command in [gap, gap, gap].joined() {
                try run(command.split(separator: " ").map(String.init)).succeeded()
            }
            let count = flow.stop()
            #expect(count.received > 0 && count.received < count.sent, "\(count)")
        }
    }

    private func expectProgress(_ flows: [DatagramFlow], _ stream: StreamFlow, since seen: [Int]) throws {
        for _ in 0..<2000 {
            let now = flows.map(\.counts.received) + [stream.counts.received]
            if zip(now, seen).allSatisfy({ $0 > $1 }) { return }
            pause(milliseconds: 5)
        }
        Issue.record("nothing passes any more")
    }
}
