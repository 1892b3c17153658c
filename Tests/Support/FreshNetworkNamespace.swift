public import Testing

/// Gives each test case a network namespace of its own: its body, the processes it starts and the sockets it opens are inside,
/// `lo` is up, and nothing else exists.
///
/// Inside are also the asynchronous functions it calls, `async let` and task groups; outside are `Task {}`, `Task.detached`
/// and main-actor code.
public struct FreshNetworkNamespace: TestTrait, SuiteTrait, TestScoping {
    /// A suite hands the trait on to its tests.
    public var isRecursive: Bool { true }

    /// Runs the test case on a thread in a new namespace.
    public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        await Gate.shared.enter()
        do {
            try await withTaskExecutorPreference(try NamespaceThread()) { try await function() }
        } catch {
            await Gate.shared.leave()
            throw error
        }
        await Gate.shared.leave()
    }
}

extension Trait where Self == FreshNetworkNamespace {
    /// Each test case runs in a network namespace of its own.
    public static var freshNetworkNamespace: Self { FreshNetworkNamespace() }
}

/// Keeps the number of namespaces that live at the same time within reason.
private actor Gate {
    static let shared = Gate()

    private var free = 32
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func enter() async {
        if free > 0 {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        guard !waiting.isEmpty else {
            free += 1
            return
        }
        waiting.removeFirst().resume()
    }
}
