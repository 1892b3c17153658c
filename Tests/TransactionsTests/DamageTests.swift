import Glibc
import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

private func firewall(_ number: UInt8) -> FirewallState {
    let base = ChainObject.Base(type: .filter, hook: .input, priority: 0)
    let rules = [RuleEntry(RuleObject(expressions: [number]))]
    return FirewallState(chains: [ChainObject(name: "input", base: base, rules: rules)])
}

private let setting = "net.ipv4.ip_forward"

private func desired(_ number: UInt8) -> DesiredState {
    DesiredState(
        firewall: firewall(number),
        routingRules: [
            RoutingRuleObject(
                family: .ipv4,
                priority: UInt32(number),
                ruleProtocol: weirProtocol,
                action: 1,
                table: UInt32(number)
            )
        ],
        sysctls: [SysctlObject(name: setting, value: "\(number)", origin: 0)]
    )
}

/// What a kernel has, in lines that can be compared.
private func lines(_ state: ObservedState) -> [String] {
    (state.firewall?.chains.flatMap { $0.rules.map { "\($0.rule.expressions)" } } ?? ["no table"])
        + state.routingRules.map { "\($0)" } + state.sysctls.map { "\($0.name) \($0.value ?? "-")" }
}

/// Bytes of a small store are damaged, and files in it cut short (in a long run every byte, and every file at every length), while a change
/// is interrupted. Nothing that is read from it then leads to a change of the kernel that nobody asked for.
struct DamageTests {
    /// The files of a store.
    private typealias Files = [String: [UInt8]]

    /// The files below a directory, by their paths.
    private static func files(in directory: String, below prefix: String = "") -> Files {
        var files: Files = [:]
        for name in directoryContents("\(directory)/\(prefix)") {
            let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
            if let bytes = readFile("\(directory)/\(path)") {
                files[path] = bytes
            } else {
                files.merge(Self.files(in: directory, below: path)) { first, _ in first }
            }
        }
        return files
    }

    private static func change(
        to desired: DesiredState,
        _ kernel: FakeKernel,
        _ store: StateStore
    ) throws(TransactionError) -> (outcome: Outcome, recoveries: [Recovery]) {
        var transaction = Transaction(kernel: kernel, store: store, program: "test")
        var recoveries: [Recovery] = []
        let outcome = try transaction.change(
            lockTimeout: .zero,
            recovered: { recoveries.append($0) },
            to: { _ throws(StoreError) in
                let source = RulesetText.Source(name: "a", bytes: [1, 2, 3])
                return .init(desired, action: .apply, text: RulesetText(sources: [source]))
            },
            approve: { _ in true }
        )
        return (outcome, recoveries)
    }

    /// A store whose second change was interrupted, and the kernel that has a part of it.
    private static func makeStore(
        _ directory: FilePath,
        wasVerified: Bool
    ) throws -> (files: Files, kernel: ObservedState) {
        let store = StateStore(directory: directory)
        let kernel = FakeKernel(ObservedState(sysctls: [SysctlObject(name: setting, value: "0")]))
        _ = try change(to: desired(1), kernel, store)
        let before = kernel.state
        // What the second change writes is what it would leave if it were killed.
        kernel.mishaps = Dictionary(uniqueKeysWithValues: (6..<60).map { ($0, .refused) })
        #expect(throws: TransactionError.self) { try change(to: desired(2), kernel, store) }
        let underWay = ChangeDirectory(2, in: store)
        var records: [JournalRecord] = [
            .begun(owner: .current, window: nil), .intent(.addRoutingRules), .done(.addRoutingRules),
            .intent(.firewall),
        ]
        kernel.state = before
        kernel.state.firewall = firewall(2)
        kernel.state.routingRules = desired(1).routingRules + desired(2).routingRules
        kernel.state.generation += 1
        if wasVerified {
            records += [.done(.firewall), .verified]
            kernel.state.routingRules = desired(2).routingRules
            kernel.state.sysctls = [SysctlObject(name: setting, value: "2")]
        }
        unlink(underWay.journalPath.string)
        let journal = try Journal(underWay.journalPath)
        for record in records { try journal.append(record) }
        return (files(in: directory.string), kernel.state)
    }

    /// Damages a file in all ways and looks what the next change makes of it.
    private func tryAll(
        wasVerified: Bool,
        _ damages: ([UInt8]) -> [[UInt8]]
    ) throws -> (tried: Int, refused: Int) {
        var tried = 0
        var refused = 0
        let stride = SoakBudget.isLong ? 1 : 43
        try withTemporaryDirectory(isInMemory: true) { (directory) throws in
            let path = FilePath(directory).appending("state")
            let (files, state) = try Self.makeStore(path, wasVerified: wasVerified)
            let found = lines(state)
            #expect(files.count == 6)
            for (name, bytes) in files where name != "lock" {
                for (index, damaged) in damages(bytes).enumerated() where index.isMultiple(of: stride) {
                    let place = "\(name), \(index)"
                    try Transactions.Files.removeDirectory(HeldPath(FilePath(directory)).appending("state"))
                    for (name, bytes) in files { try writeFile(bytes, to: path.appending(name).string) }
                    try writeFile(damaged, to: path.appending(name).string)
                    chmod(path.string, 0o700)
                    let kernel = FakeKernel(state)
                    kernel.state.generation = state.generation
                    tried += 1
                    do throws(TransactionError) {
                        _ = try Self.change(to: desired(3), kernel, StateStore(directory: path))
                        let wanted = ObservedState(
                            firewall: firewall(3),
                            routingRules: desired(3).routingRules,
                            sysctls: [SysctlObject(name: setting, value: "3")]
                        )
                        #expect(lines(kernel.state) == lines(wanted), "\(place)")
                        // What was there before Weir is still known.
                        _ = try Self.change(to: DesiredState(), kernel, StateStore(directory: path))
                        #expect(kernel.state.sysctls.first?.value == "0", "\(place)")
                    } catch {
                        refused += 1
                        guard case .store(let reason) = error else {
                            Issue.record("\(place): \(error)")
                            continue
                        }
                        #expect("\(reason)".contains(directory), "\(place): \(reason)")
                        let restored = ["[1]"] + desired(1).routingRules.map { "\($0)" } + ["\(setting) 1"]
                        let now = lines(kernel.state)
                        #expect(now == found || now == restored, "\(place): \(reason)")
                    }
                }
            }
        }
        return (tried, refused)
    }

    @Test(arguments: [true, false])
    func noDamagedByteIsBelieved(wasVerified: Bool) throws {
        let (tried, refused) = try tryAll(wasVerified: wasVerified) { bytes in
            bytes.indices.map { index in
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(index % 8)
                return damaged
            }
        }
        #expect(refused > 20)
        SoakBudget(share: 0, all: 0).say("damage: \(tried) damaged bytes of a small store, \(refused) refused by name")
    }

    @Test(arguments: [true, false])
    func nothingThatIsCutShortIsBelieved(wasVerified: Bool) throws {
        let (tried, refused) = try tryAll(wasVerified: wasVerified) { bytes in
            bytes.indices.map { Array(bytes[..<$0]) }
        }
        #expect(refused > 20)
        SoakBudget(share: 0, all: 0).say(
            "damage: \(tried) files cut short in a small store, \(refused) refused by name"
        )
    }
}
