import Glibc
import KernelObjects
import NetworkTypes

/// The ssh session that the program runs in, as `SSH_CONNECTION` has it (sshd(8)): peer, its port, local address, its port.
struct SSHConnection {
    let peer: TCPEndpoint
    let local: TCPEndpoint

    /// Reads the environment; nil if there is no such session, or where the variable is not what sshd writes.
    init?() {
        guard let value = getenv("SSH_CONNECTION") else { return nil }
        self.init(String(cString: value))
    }

    /// Reads a value.
    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 4, let peer = Self.endpoint(words[0], words[1]),
            let local = Self.endpoint(words[2], words[3])
        else { return nil }
        self.peer = peer
        self.local = local
    }

    /// A link-local address may have a zone after it: `fe80::1%eth0`.
    private static func endpoint(_ address: Substring, _ port: Substring) -> TCPEndpoint? {
        guard let address = IPAddress(String(address.prefix { $0 != "%" })), let port = UInt16(port) else { return nil }
        return TCPEndpoint(address: address, port: port)
    }
}
