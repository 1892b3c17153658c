import TestSupport
import Testing

/// A host before a boot. Its store is all that the host of the test, a namespace in which nothing was ever done, has of it: to the
/// generations in the store that is what another boot is.
struct FormerHost {
    let weir: Weir
    private let lab: Lab
    private let host: Host

    init(_ weir: Weir) throws {
        self.weir = weir
        lab = Lab()
        host = try lab.host("former")
    }

    /// Does something there.
    func perform<Success: Sendable>(_ body: @escaping @Sendable (Weir) throws -> Success) throws -> Success {
        let weir = weir
        return try host.perform { try body(weir) }
    }

    /// Applies rules there.
    func apply(rules: String) throws {
        try perform { _ = try $0.apply(rules: rules) }
    }

    /// Runs a command as after a boot: the kernel says that it is another one. Where the namespace of this host is still there, and
    /// something waits in it, another namespace alone is not enough.
    func runAfterBoot(_ command: String, _ arguments: [String] = []) throws -> ProcessResult {
        let identity = try weir.write("11111111-2222-3333-4444-555555555555\n", to: "boot_id")
        let script = "mount --bind '\(identity)' /proc/sys/kernel/random/boot_id && exec \"$0\" \"$@\""
        return try run(
            ["unshare", "--mount", "sh", "-c", script, Weir.program, command, "--state-dir", weir.stateDirectory]
                + arguments
        )
    }

    /// Changes a byte of what describes a generation in its file.
    func damage(generation number: Int) throws {
        let path = "\(weir.stateDirectory)/gen/\(number)"
        var bytes = try #require(readFile(path))
        bytes[20] ^= 1
        try writeFile(bytes, to: path)
    }
}

/// Hands a store's former host to the closure.
func withFormerHost(_ body: (FormerHost, Weir) throws -> Void) throws {
    try withWeir { try body(FormerHost($0), $0) }
}
