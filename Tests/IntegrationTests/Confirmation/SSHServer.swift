import Glibc
import TestSupport

/// A real ssh server on a host, and the way to log in to it: keys and configuration of its own.
struct SSHServer {
    private let process: KeptProcess
    private let directory: String
    private let port: Int

    /// Where `make setup` puts the server: it is not installed, as it would start then.
    private static let peers = "\(packageDirectory)/.build/peers"

    /// A user besides root who may log in.
    static let user = "weirtest"

    /// Who listens for connections.
    enum Listener {
        /// The server itself, at these addresses.
        case server([String])
        /// systemd's way: another program listens with one socket of IPv6, at which IPv4 comes in too, and starts a server for each
        /// connection.
        case activation
    }

    /// Starts it.
    init(
        on host: Host,
        _ listener: Listener,
        port: Int = 2222,
        asksForPasswords: Bool = false,
        directory: String
    ) throws {
        for name in ["server", "client"] {
            try run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(directory)/\(name)").succeeded()
        }
        var configuration = """
            Port \(port)
            HostKey \(directory)/server
            AuthorizedKeysFile /run/authorized
            StrictModes no
            UsePAM no
            PasswordAuthentication \(asksForPasswords ? "yes" : "no")
            MaxStartups 500
            PermitRootLogin prohibit-password
            PidFile none
            Subsystem shell /bin/sh

            """
        let command: String
        let sign: String
        let program = "\(Self.peers)/usr/sbin/sshd"
        let settings = "-f \(directory)/sshd_config"
        switch listener {
        case .server(let addresses):
            for address in addresses { configuration += "ListenAddress \(address)\n" }
            command = "exec \(program) -D -e \(settings)"
            // It takes the first one last.
            sign = "Server listening on \(addresses.first ?? "") port \(port)"
        case .activation:
            command =
                "exec systemd-socket-activate --accept --inetd -E LD_LIBRARY_PATH -l [::]:\(port) \(program) -i \(settings)"
            sign = "Listening on [::]:\(port)"
        }
        try writeFile(Array(configuration.utf8), to: "\(directory)/sshd_config")
        // The server wants a user and a directory that its package would make, and users who may log in.
        let script = """
            mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd || exit 1
            install -m 644 \(directory)/client.pub /run/authorized
            grep -v -e ^sshd: -e ^root: /etc/passwd >\(directory)/passwd
            echo 'root:x:0:0:root:/root:/bin/sh' >>\(directory)/passwd
            echo 'sshd:x:65533:65534::/run/sshd:/bin/false' >>\(directory)/passwd
            echo '\(Self.user):x:65532:65534::/tmp:/bin/sh' >>\(directory)/passwd
            printf 'root:*:19000:0:99999:7:::\\n\(Self.user):*:19000:0:99999:7:::\\n' >\(directory)/shadow
            mount --bind \(directory)/passwd /etc/passwd && mount --bind \(directory)/shadow /etc/shadow || exit 1
            set -- \(Self.peers)/usr/lib/*-linux-gnu
            export LD_LIBRARY_PATH=$1
            \(command)
            """
        let process = try host.start("unshare", "--mount", "sh", "-c", script)
        try process.waitForOutput(containing: sign, timeout: 30)
        self.process = KeptProcess(process)
        self.directory = directory
        self.port = port
    }

    /// The beginning of a command that logs in; what is to be run there comes after it.
    /// - Parameter options: Further options of ssh(1).
    func login(to address: String, as user: String = "root", port: Int? = nil, _ options: String...) -> String {
        let always = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes", "LogLevel=ERROR"]
        let words = always.map { "-o \($0)" } + options
        let door = "-p \(port ?? self.port) \(user)@\(address)"
        return "ssh -F none -i \(directory)/client \(words.joined(separator: " ")) \(door)"
    }

    /// Writes a shell script that runs its argument in a new session.
    /// - Returns: Its path.
    func loginScript(to address: String) throws -> String {
        try writeFile(Array("exec \(login(to: address)) \"$1\"\n".utf8), to: "\(directory)/login")
        return "\(directory)/login"
    }
}

extension Tool {
    /// ssh(1) and ssh-keygen(1).
    static let ssh = Tool("ssh", package: "openssh-client")
}
