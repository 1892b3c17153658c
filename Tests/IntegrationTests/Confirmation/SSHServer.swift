import Glibc
import TestSupport

/// A real ssh server on a host, and the way to log in to it: keys and configuration of its own, on port 2222.
struct SSHServer: ~Copyable {
    private let process: BackgroundProcess
    private let directory: String

    /// Where `make setup` puts the server: it is not installed, as it would start then.
    private static let peers = "\(packageDirectory)/.build/peers"

    /// Starts it.
    init(on host: Host, address: String, directory: String) throws {
        for name in ["server", "client"] {
            try run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(directory)/\(name)").succeeded()
        }
        let configuration = """
            Port 2222
            ListenAddress \(address)
            HostKey \(directory)/server
            AuthorizedKeysFile \(directory)/client.pub
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            PidFile none

            """
        try writeFile(Array(configuration.utf8), to: "\(directory)/sshd_config")
        let options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes", "LogLevel=ERROR"]
        let ssh = "ssh -F none -i \(directory)/client -p 2222 " + options.map { "-o \($0) " }.joined()
        try writeFile(Array("exec \(ssh) root@\(address) \"$1\"\n".utf8), to: "\(directory)/login")
        // The server wants a user and a directory that its package would make, and root to be one who may log in.
        let script = """
            mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd || exit 1
            grep -v -e ^sshd: -e ^root: /etc/passwd >\(directory)/passwd
            echo 'root:x:0:0:root:/root:/bin/sh' >>\(directory)/passwd
            echo 'sshd:x:65533:65534::/run/sshd:/bin/false' >>\(directory)/passwd
            echo 'root:*:19000:0:99999:7:::' >\(directory)/shadow
            mount --bind \(directory)/passwd /etc/passwd && mount --bind \(directory)/shadow /etc/shadow || exit 1
            set -- \(Self.peers)/usr/lib/*-linux-gnu
            LD_LIBRARY_PATH=$1 exec \(Self.peers)/usr/sbin/sshd -D -e -f \(directory)/sshd_config
            """
        let process = try host.start("unshare", "--mount", "sh", "-c", script)
        try process.waitForOutput(containing: "Server listening on \(address) port 2222", timeout: 30)
        self.process = process
        self.directory = directory
    }

    /// A shell script that runs its argument in a new session.
    var login: String { "\(directory)/login" }
}

extension Tool {
    /// ssh(1) and ssh-keygen(1).
    static let ssh = Tool("ssh", package: "openssh-client")
}
