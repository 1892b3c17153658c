import SystemPackage

/// What has to happen after a change was made, so that it stays.
public struct ConfirmationTerms: Hashable, Sendable {
    /// How long it waits for the confirmation once it is made, in nanoseconds of CLOCK_BOOTTIME.
    public var window: UInt64
    /// What has to work before it may be confirmed.
    public var probes: [ConfirmationProbe]

    /// Creates terms.
    public init(window: UInt64, probes: [ConfirmationProbe] = []) {
        self.window = window
        self.probes = probes
    }
}

extension ChangeDirectory {
    private var probesPath: HeldPath { path.appending("probes") }

    /// Writes down what has to work before the change may be confirmed.
    func write(_ probes: [ConfirmationProbe]) throws(StoreError) {
        guard !probes.isEmpty else { return }
        try Files.create(probesPath, Array(probes.map { "\($0)\n" }.joined().utf8))
    }

    /// What has to work before the change may be confirmed.
    func probes() throws(StoreError) -> [ConfirmationProbe] {
        guard let bytes = try Files.read(probesPath, limit: 64 << 10) else { return [] }
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        let probes = lines.compactMap { ConfirmationProbe(String(decoding: $0, as: UTF8.self)) }
        guard probes.count == lines.count else { throw .malformed(path: probesPath.path, reason: "it holds no probes") }
        return probes
    }

    /// The file that the watchdog of the change holds a lock on as long as it lives.
    var watchdogPath: HeldPath { path.appending("watchdog") }

    /// Whether a watchdog lives.
    func isWatched() throws(StoreError) -> Bool {
        try StoreLock.isHeld(watchdogPath)
    }
}
