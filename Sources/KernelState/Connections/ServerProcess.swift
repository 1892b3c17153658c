import Netlink

/// A process of an ssh server, and what it shows of itself.
public struct ServerProcess: Sendable {
    /// How far somebody who has connected has come.
    public enum Stage: Sendable, Hashable {
        /// Nobody has logged in yet: anybody can come so far.
        case beforeLogin
        /// Somebody is logged in.
        case session
        /// It does not show it.
        case unknown
    }

    /// Its number.
    public var process: Int32
    /// Its name.
    public var name: String
    /// Its command line, or what it has written over it.
    public var title: String
    /// The user that it runs as.
    public var user: UInt32
    /// The inodes of its sockets.
    public var sockets: Set<UInt32>

    /// Creates a description.
    public init(process: Int32, name: String, title: String, user: UInt32, sockets: Set<UInt32>) {
        self.process = process
        self.name = name
        self.title = title
        self.user = user
        self.sockets = sockets
    }

    /// Reads what a process shows; nil if it has ended, or does not let itself be looked into.
    init?(_ files: ProcessFiles, named name: String) {
        guard let user = files.user, let sockets = files.sockets else { return nil }
        self.init(process: files.process, name: name, title: files.title, user: user, sockets: sockets)
    }

    /// Whether a process of this name is a server that people look after hosts with.
    static func isServer(_ name: String) -> Bool {
        name.hasPrefix("sshd") || name == dropbear
    }

    /// A server that says nothing about its connections.
    static let dropbear = "dropbear"

    /// What its title says. OpenSSH writes `sshd: alice [priv]`, `sshd: alice [net]`, `sshd: [accepted]` and, when somebody is logged in,
    /// `sshd: alice@pts/0`, `sshd: alice@notty` or `sshd: alice`; since 9.8 with `sshd-session:` or `sshd-auth:` in front.
    public var stage: Stage {
        guard let colon = title.firstIndex(of: ":"), title.hasPrefix("sshd"),
            !title[..<colon].contains(where: { $0 == " " || $0 == "/" })
        else { return .unknown }
        let words = title[title.index(after: colon)...].split(separator: " ")
        guard let last = words.last else { return .unknown }
        if ["[net]", "[accepted]", "[preauth]", "[pam]"].contains(last) || words == ["unknown", "[priv]"] {
            return .beforeLogin
        }
        return words.count == 1 && !last.hasPrefix("/") ? .session : .unknown
    }
}
