import CLinux
import Glibc
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

/// Takes CAP_NET_ADMIN away from the test's thread for the rest of the test, as for somebody who is not root.
///
/// Programs that the test starts get it back; start those with `setpriv --reuid=nobody`.
public func dropNetworkAdministration() throws(NamespaceFailure) {
    precondition(NamespaceThread.isCurrent, "only a thread of the test's own may lose its capabilities")
    guard linux_drop_capability(Int32(LINUX_NETWORK_ADMINISTRATION)) == 0 else {
        throw NamespaceFailure(operation: "drop CAP_NET_ADMIN", errno: errno)
    }
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
