import TestSupport
import Testing

/// A host before a boot. Its store is all that the host of the test, a namespace in which nothing was ever done, has of it: to the store
/// that is what another boot is.
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
