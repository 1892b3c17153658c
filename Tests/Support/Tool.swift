import Glibc
public import Testing

/// A program that tests run, and the Debian package that has it.
public struct Tool: Hashable, Sendable {
    /// Name of the program.
    public let name: String
    /// The package for `apt-get install`.
    public let package: String

    /// Names a program and its package.
    public init(_ name: String, package: String) {
        self.name = name
        self.package = package
    }

    /// nft(8).
    public static let nft = Tool("nft", package: "nftables")
    /// ip(8).
    public static let ip = Tool("ip", package: "iproute2")
    /// iptables(8), in its nf_tables variant.
    public static let iptables = Tool("iptables", package: "iptables")
    /// iptables-legacy(8), for the kernel's older firewall.
    public static let iptablesLegacy = Tool("iptables-legacy", package: "iptables")
    /// ip6tables(8), in its nf_tables variant.
    public static let ip6tables = Tool("ip6tables", package: "iptables")
    /// iptables-restore(8).
    public static let iptablesRestore = Tool("iptables-restore", package: "iptables")
    /// ip6tables-restore(8).
    public static let ip6tablesRestore = Tool("ip6tables-restore", package: "iptables")
    /// ipset(8).
    public static let ipset = Tool("ipset", package: "ipset")
    /// conntrack(8).
    public static let conntrack = Tool("conntrack", package: "conntrack")
    /// nc(1), OpenBSD's.
    public static let netcat = Tool("nc", package: "netcat-openbsd")
    /// tcpdump(8).
    public static let tcpdump = Tool("tcpdump", package: "tcpdump")
    /// sysctl(8).
    public static let sysctl = Tool("sysctl", package: "procps")
    /// script(1), which gives a program a terminal.
    public static let script = Tool("script", package: "bsdutils")
    /// systemd-analyze(1).
    public static let systemdAnalyze = Tool("systemd-analyze", package: "systemd")
    /// setpriv(1).
    public static let setpriv = Tool("setpriv", package: "util-linux")
    /// nsenter(1).
    public static let nsenter = Tool("nsenter", package: "util-linux")

    /// readelf(1).
    public static let readelf = Tool("readelf", package: "binutils")
    /// clang(1), which comes with Swift.
    public static let clang = Tool("clang", package: "clang")

    /// Full path of the program, from PATH and the directories of system programs; nil if it is not installed.
    public var path: String? { Self.find(name) }

    static func find(_ name: String) -> String? {
        if name.utf8.contains(UInt8(ascii: "/")) { return access(name, X_OK) == 0 ? name : nil }
        let search = getenv("PATH").map { String(cString: $0) } ?? ""
        let directories = search.split(separator: ":").map(String.init) + ["/usr/local/sbin", "/usr/sbin", "/sbin"]
        return directories.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}

/// Fails a test, by name and with the way to help, if a program is missing.
public struct RequiredTools: TestTrait, SuiteTrait {
    private let tools: [Tool]

    /// Names the programs.
    public init(tools: [Tool]) {
        self.tools = tools
    }

    /// A suite hands the requirement on to its tests.
    public var isRecursive: Bool { true }

    /// Refuses to run the test without its programs.
    public func prepare(for test: Test) async throws {
        let missing = tools.filter { $0.path == nil }
        guard missing.isEmpty else { throw MissingTools(tools: missing) }
    }
}

/// Programs that a test needs and that are not installed.
public struct MissingTools: Error, CustomStringConvertible {
    fileprivate let tools: [Tool]

    /// The programs and how to get them.
    public var description: String {
        let names = tools.map(\.name).joined(separator: ", ")
        let packages = Set(tools.map(\.package)).sorted().joined(separator: " ")
        return "not installed: \(names); apt-get install \(packages)"
    }
}

extension Trait where Self == RequiredTools {
    /// The test needs these programs and fails without them.
    public static func requires(_ tools: Tool...) -> Self { RequiredTools(tools: tools) }
}
