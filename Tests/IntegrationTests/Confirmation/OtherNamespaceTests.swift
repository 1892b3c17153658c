import Glibc
import TestSupport
import Testing

/// Two namespaces that live share a state directory, which only `--state-dir` brings about: what waits in one of them is that one's.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct OtherNamespaceTests {
    /// Commands that change something, and those that decide about what waits.
    private static let commands = [
        ["recover"], ["recover", "--discard-damaged"], ["apply", "--yes", "FILE"], ["revert", "--yes"],
        ["confirm"], ["cancel", "2"], ["extend", "2", "5m"],
    ]

    private func expectRefused(_ host: Host, _ weir: Weir, _ words: String...) throws {
        let file = try weir.write("policy in drop\n", to: "other.weir")
        for command in Self.commands where !words.contains("gone") || !command.contains("--discard-damaged") {
            let arguments = command.dropFirst().map { $0 == "FILE" ? file : $0 }
            let result = try host.perform { try weir.run(command[0], arguments) }
            result.finished(24)
            #expect(result.errorOutput.contains("change of another network namespace"), "\(command)")
            #expect(result.errorOutput.contains("waits to be confirmed"), "\(command)")
            for word in words { #expect(result.errorOutput.contains(word), "\(command): \(result.errorOutput)") }
            #expect(try host.outputOf("nft", "list", "tables").isEmpty, "\(command)")
        }
    }

    @Test func whatWaitsInAnotherNamespaceIsTakenBackThere() throws {
        try withHostInWindow { host in
            let other = try Lab().host("other")
            let change = try host.apply("1h")
            let watchdog = try host.watchdog(of: change)
            try expectRefused(other, host.weir, "'weir cancel \(change)")
            #expect(try !host.isAsBefore())
            #expect(!HostInWindow.hasEnded(watchdog, within: 0))
            // What was confirmed may be brought back elsewhere: that changes nothing of what waits.
            let weir = host.weir
            _ = try other.perform { try weir.run("restore").succeeded() }
            #expect(try other.outputOf("nft", "list", "ruleset").contains("dport 22"))
            #expect(try !host.isAsBefore())
            try host.weir.run("cancel").succeeded()
            try host.expectTakenBack(as: "it was cancelled")
            // Then the directory is free for the other one.
            _ = try other.perform { try weir.run("recover").succeeded() }
        }
    }

    /// Who sees other processes than there are, or may not look at them, does not know that a namespace is gone.
    @Test(arguments: [
        ["unshare", "--pid", "--fork", "--mount-proc"], ["setpriv", "--bounding-set", "-sys_ptrace"],
    ])
    func whoSeesNotAllProcessesTakesNoNamespaceForGone(blindfold: [String]) throws {
        try withHostInWindow { host in
            let (weir, other) = (host.weir, try Lab().host("other"))
            let watchdog = try host.watchdog(of: host.apply("1h"))
            kill(watchdog, SIGKILL)
            #expect(HostInWindow.hasEnded(watchdog))
            let result = try other.perform {
                try run(blindfold + [Weir.program, "recover", "--state-dir", weir.stateDirectory])
            }
            result.finished(24)
            #expect(result.errorOutput.contains("change of another network namespace"), "\(result.errorOutput)")
            #expect(directoryContents("\(weir.stateDirectory)/txn") == ["2"])
            try weir.run("cancel").succeeded()
            try host.expectTakenBack(as: "it was cancelled")
        }
    }

    @Test func whatNobodyWatchesOverIsFinishedThereOrPutAway() throws {
        try withHostInWindow { host in
            let (weir, other) = (host.weir, try Lab().host("other"))
            let watchdog = try host.watchdog(of: host.apply("1h"))
            kill(watchdog, SIGKILL)
            #expect(HostInWindow.hasEnded(watchdog))
            try expectRefused(other, weir, "gone", "weir recover --discard-damaged")
            // Nor is a watchdog started in the wrong namespace.
            #expect(HostInWindow.hasEnded(try host.watchdog(of: 2), within: 0))
            let result = try other.perform { try weir.run("recover", ["--discard-damaged"]).succeeded() }
            #expect(result.output.contains("Moved aside: \(weir.stateDirectory)/damaged/txn-2\n"))
            #expect(directoryContents("\(weir.stateDirectory)/txn") == [])
        }
    }
}
