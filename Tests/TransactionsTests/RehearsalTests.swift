import KernelObjects
import KernelState
import Reconciliation
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

/// What passes between the process that wants a rehearsal and the one that makes it.
struct RehearsalTests {
    private func request() throws -> RehearsalRequest {
        var before = try Snapshot.sample()
        let desired = try Snapshot.sample()
        var wanted = desired.desired
        wanted.firewall?.chains[0].rules[0].origin = 3
        wanted.routes[0].origin = 4
        wanted.routingRules[0].origin = 5
        wanted.sysctls[1].origin = 6
        before.generation = 0
        return RehearsalRequest(
            desired: wanted,
            before: before,
            outline: HostOutline(
                links: [
                    LinkClone(index: 7, name: "br0", flags: 3, mtu: 1500, hardwareAddress: [2, 0], kind: "bridge")
                ],
                addresses: [AddressClone(interfaceIndex: 7, payload: [UInt8](repeating: 9, count: 16))],
                routes: before.routes,
                routingRules: before.routingRules,
                settings: before.sysctls
            ),
            adoptsRoutes: true,
            program: "0.1"
        )
    }

    private func report() throws -> RehearsalReport {
        let sample = try Snapshot.sample()
        let firewall = try #require(sample.firewall)
        let rule = try #require(firewall.chains.first?.rules.first?.rule)
        let subjects: [KernelComplaint.Subject] = [
            .firewallBatch, .firewall(.addTable), .firewall(.deleteTable), .firewall(.addSet(firewall.sets[0])),
            .firewall(.deleteSet(firewall.sets[0])), .firewall(.addChain(firewall.chains[0])),
            .firewall(.deleteChain(firewall.chains[0])),
            .firewall(.addRule(RuleEntry(rule, origin: 12), chain: "input", before: 3)),
            .firewall(.deleteRule(RuleEntry(rule), chain: "input")),
            .firewall(.addForeignObject(firewall.foreignObjects[0])),
            .firewall(.deleteForeignObject(firewall.foreignObjects[0])), .route(.add(sample.routes[0])),
            .route(.delete(sample.routes[0])), .routingRule(.add(sample.routingRules[0])),
            .routingRule(.delete(sample.routingRules[0])),
            .sysctl(SysctlChange(name: "net.a", old: "0", new: "1", origin: 8)),
        ]
        return RehearsalReport(
            made: 5,
            notes: [
                .otherKinds(["a", "b"]), .link("x", reason: "r"), .address(interface: "y", reason: "s"),
                .route(sample.routes[0], reason: "t"), .routingRule(sample.routingRules[0], reason: "u"),
                .setting("net.x", reason: "v"), .firewall("set 's'"),
            ],
            failure: .refused(
                subjects.map {
                    let refusal = Refusal(change: nil, errno: .noSuchProcess, message: "m", missingFeature: "f")
                    return KernelComplaint(subject: $0, refusal: refusal)
                }
            )
        )
    }

    @Test func aRequestIsReadAsItWasWritten() throws {
        let request = try request()
        let bytes = request.encoded()
        let decoded = try RehearsalRequest(encoded: bytes)
        #expect(decoded.encoded() == bytes)
        #expect(decoded.desired.routes == request.desired.routes)
        #expect(decoded.desired.routingRules == request.desired.routingRules)
        #expect(decoded.desired.sysctls == request.desired.sysctls)
        #expect(decoded.desired.firewall?.chains.first?.rules.first?.origin == 3)
        #expect(decoded.outline.links == request.outline.links)
        #expect(decoded.outline.addresses == request.outline.addresses)
        #expect(decoded.before.displaced.sysctls == request.before.displaced.sysctls)
    }

    @Test func aReportIsReadAsItWasWritten() throws {
        let report = try report()
        let bytes = report.encoded()
        let decoded = try RehearsalReport(encoded: bytes)
        #expect(decoded.encoded() == bytes)
        #expect(decoded.made == 5)
        guard case .refused(let complaints) = decoded.failure, case .refused(let original) = report.failure else {
            Issue.record("another failure")
            return
        }
        #expect(complaints.map(\.origin) == original.map(\.origin))
        #expect(complaints.map(\.refusal) == original.map(\.refusal))
        guard case .firewall(.addRule(let entry, "input", nil)) = complaints[7].subject else {
            Issue.record("another subject")
            return
        }
        #expect(entry.rule == (try Snapshot.sample()).firewall?.chains.first?.rules.first?.rule)
    }

    /// Whatever bytes come: refused, or read, and never a trap.
    @Test func damageIsNoticed() throws {
        let request = try request().encoded()
        let report = try report().encoded()
        for index in 0..<max(request.count, report.count) {
            if index < request.count {
                var damaged = request
                damaged[index] ^= 0x21
                #expect(throws: MalformedBytes.self) { try RehearsalRequest(encoded: damaged) }
                #expect(throws: MalformedBytes.self) { try RehearsalRequest(encoded: Array(request.prefix(index))) }
            }
            if index < report.count {
                var damaged = report
                damaged[index] ^= 0x21
                #expect(throws: MalformedBytes.self) { try RehearsalReport(encoded: damaged) }
                #expect(throws: MalformedBytes.self) { try RehearsalReport(encoded: Array(report.prefix(index))) }
            }
        }
    }

    /// Damage that somebody sealed again.
    @Test func sealedDamageIsRefusedOrRead() throws {
        var generator = SeededGenerator(seed: 5)
        let inside = try [request().encoded(), report().encoded()].map { Array($0.dropFirst(12).dropLast(20)) }
        var read = 0
        for round in 0..<4000 {
            var bytes = inside[round % 2]
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let sealed = SealedBytes.make(.rehearsal, capacity: bytes.count) { $0.raw(bytes) }
            if round % 2 == 0 {
                if let request = try? RehearsalRequest(encoded: sealed) {
                    read += 1
                    // What is made of it for the kernel stays in bounds, too.
                    for address in request.outline.addresses { _ = address.creation(interfaceIndex: 1) }
                    for link in request.outline.links { _ = link.creation(peer: ("p", 2)) }
                }
            } else if (try? RehearsalReport(encoded: sealed)) != nil {
                read += 1
            }
        }
        #expect(read > 0)
    }
}
