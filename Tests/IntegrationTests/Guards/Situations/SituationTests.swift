import Glibc
import Synchronization
import TestSupport
import Testing

/// Nobody is cut off in silence: real sessions of a real ssh server in networks, on hosts and with rule files of all kinds, and what
/// really becomes of them.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .ssh))
struct SituationTests {
    private static let budget = SoakBudget(share: 25, all: SituationTable.all.count)
    /// How many are tried at the same time: most of it is waiting.
    private static let lanes = 6

    @Test func nobodyIsCutInSilence() throws {
        var generator = SeededGenerator(seed: Self.budget.seed)
        var chosen = Array(SituationTable.all.shuffled(using: &generator).prefix(Self.budget.count))
        if let only = getenv("WEIR_SITUATION").map({ String(cString: $0) }) {
            chosen = SituationTable.all.filter { $0.name.contains(only) }
        }
        let outcomes = try outcomes(of: chosen)
        var counts: [SituationOutcome.Verdict: Int] = [:]
        for outcome in outcomes {
            counts[outcome.verdict, default: 0] += 1
            switch outcome.verdict {
            case .silentCut, .warnedCut, .broken: Issue.record("\(outcome.line)")
            case .madeRightly, .refusedRightly, .falseRefusal, .refusedAsUnknown: break
            }
        }
        // Whoever is refused without need learns to override.
        let needless = counts[.falseRefusal, default: 0] + counts[.refusedAsUnknown, default: 0]
        #expect(needless * 10 <= outcomes.count, "\(needless) of \(outcomes.count) were refused without need")
        let words = SituationOutcome.Verdict.allCases.map { "\(counts[$0, default: 0]) \($0.rawValue)" }
        Self.budget.say("situations: \(outcomes.count): \(words.joined(separator: "; "))")
    }

    /// What only one situation in many would show is played every time.
    static let always: [Situation] = {
        let starts = [
            "drops what comes for the address: IPv4 at an address that is only routed to the host",
            "routes the relay elsewhere: IPv4 through ssh -R at a relay",
        ]
        // The kernel took the default route and keeps it, and takes no further advertisement.
        let router = SituationFile(
            "a router takes advertisements no more",
            after: { _ in "sysctl net.ipv6.conf.eth0.accept_ra = 2\nsysctl net.ipv6.conf.all.forwarding = 1\n" },
            { _ in "sysctl net.ipv6.conf.eth0.accept_ra = 1\nsysctl net.ipv6.conf.all.forwarding = 1\n" }
        )
        // Which type of service a session has only the server knows.
        let service = HostState("with a table for types of service") { scene in
            try scene.ip(
                "route add default via \(scene.family.otherRouter) table 77",
                "rule add priority 500 tos 0x08 lookup 77",
                "rule add priority 501 tos 0x18 lookup 77"
            )
        }
        let out = SituationFile("drops what goes out by the second cable") { _ in "drop out on eth1 tcp sport 22\n" }
        return starts.compactMap { start in SituationTable.all.first { $0.name.hasPrefix(start) } } + [
            Situation(
                topology: .advertised,
                family: .ipv6,
                state: .plain,
                tracking: .none,
                session: .console,
                file: router
            ),
            Situation(
                topology: .routed,
                family: .ipv4,
                state: service,
                tracking: .none,
                session: .terminal,
                file: out
            ),
        ]
    }()

    @Test func whatWouldCutIsRefused() throws {
        let outcomes = try outcomes(of: Self.always)
        #expect(outcomes.count == 4)
        for outcome in outcomes where outcome.verdict != .refusedRightly { Issue.record("\(outcome.line)") }
    }

    private func outcomes(of situations: [Situation]) throws -> [SituationOutcome] {
        let next = Mutex(0)
        let found = Mutex<[SituationOutcome?]>(Array(repeating: nil, count: situations.count))
        let lanes = try (0..<Self.lanes).map { _ in
            try BackgroundThread(repeating: {
                let index = next.withLock { number in
                    defer { number += 1 }
                    return number
                }
                guard index < situations.count else { return false }
                let outcome = Self.play(situations[index])
                if !outcome.verdict.isRight { Self.budget.say(outcome.line) }
                found.withLock { $0[index] = outcome }
                return true
            })
        }
        for lane in lanes { lane.finish() }
        return found.withLock { $0.compactMap(\.self) }
    }

    /// Plays a situation in a namespace of its own.
    private static func play(_ situation: Situation) -> SituationOutcome {
        do {
            let thread = try NamespaceThread()
            return try thread.perform {
                try withWeir { weir in
                    let play = try Play(situation, weir)
                    defer { play.end() }
                    return try play.outcome()
                }
            }
        } catch {
            return SituationOutcome(
                name: situation.name,
                rules: "",
                status: -1,
                message: "\(error)",
                overrides: [],
                doesSessionLive: true,
                isNextLetIn: true
            )
        }
    }
}
