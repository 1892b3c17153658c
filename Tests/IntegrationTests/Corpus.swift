import SystemPackage
import TestSupport
import Testing

/// A rule file of `rules/`, which is documentation, example and test at once.
struct RuleFile: Sendable, CustomTestStringConvertible {
    /// Path below the package's directory.
    let path: String

    var file: String { "\(packageDirectory)/\(path)" }

    /// The directory beside it that holds what becomes of it.
    var expectations: String { path.dropLast(".weir".count) + ".expected" }

    var testDescription: String { path }

    /// All of them; a directory without one would be an oversight.
    static let all: [RuleFile] = {
        let directories = directoryContents("\(packageDirectory)/rules")
        let files = directories.flatMap { directory in
            directoryContents("\(packageDirectory)/rules/\(directory)").filter { $0.hasSuffix(".weir") }
                .map { RuleFile(path: "rules/\(directory)/\($0)") }
        }
        precondition(!files.isEmpty, "no rule files in \(packageDirectory)/rules")
        return files
    }()
}

/// Gives the namespace of the test the links that the rule files of `rules/` speak of.
func makeCorpusLinks() throws {
    let links = [
        ("eth0", ["192.0.2.1/24", "2001:db8:1::1/64"]), ("eth1", ["10.0.0.1/24", "2001:db8:2::1/64"]),
        ("eth2", ["10.0.1.1/24"]), ("vpn0", ["10.9.0.1/24"]),
    ]
    // Only the links themselves speak IPv6.
    try writeFile(Array("1".utf8), to: "/proc/sys/net/ipv6/conf/default/disable_ipv6")
    var commands: [String] = []
    for (name, _) in links {
        commands.append("link add \(name) type veth peer name \(name)-peer")
        commands += ["\(name)", "\(name)-peer"].map { "link set \($0) addrgenmode none" }
        commands += ["link set \(name)-peer up", "link set \(name) up"]
    }
    try outputOf("ip", "-batch", "-", input: commands.joined(separator: "\n") + "\n")
    commands = []
    for (name, addresses) in links {
        try writeFile(Array("0".utf8), to: "/proc/sys/net/ipv6/conf/\(name)/disable_ipv6")
        commands += addresses.map { "address add \($0)\($0.contains(":") ? " nodad" : "") dev \(name)" }
    }
    try outputOf("ip", "-batch", "-", input: commands.joined(separator: "\n") + "\n")
    // The kernel makes its own routes for them in its own time.
    for _ in 0..<100 {
        let routes = try outputOf("ip", "-6", "route", "show", "table", "local")
        let isReady = links.allSatisfy { routes.contains("multicast ff00::/8 dev \($0.0) ") }
        if isReady && ["2001:db8:1::1", "2001:db8:2::1"].allSatisfy(routes.contains) { return }
        pause(milliseconds: 10)
    }
    throw SocketFailure("wait for the kernel's routes")
}
