import Glibc
import TestSupport

/// A session of a real ssh client, in which a test types.
final class LiveSession {
    private let client: KeptProcess
    /// Where the client reads what is typed.
    private let keyboard: Int32
    private let forward: ForwardedSocket?
    private var typed = 0

    /// Logs in.
    init(_ kind: SessionKind, _ scene: Scene, _ server: SSHServer, directory: String) throws {
        let user = kind == .otherUser ? SSHServer.user : "root"
        var options = ""
        var words = "sh"
        forward = kind == .forwarding ? try ForwardedSocket(directory: directory) : nil
        switch kind {
        case .terminal: (options, words) = ("-tt", "")
        case .subsystem: (options, words) = ("-s", "shell")
        case .forwarding: (options, words) = ("-N -L \(ForwardedSocket.port):\(directory)/forwarded", "")
        default: break
        }
        let command = server.login(to: scene.door, as: user, port: scene.doorPort, options)
        let path = "\(directory)/keyboard"
        guard mkfifo(path, 0o600) == 0 else { throw SessionFailure("mkfifo: \(String(cString: strerror(errno)))") }
        client = KeptProcess(try scene.admin.start("sh", "-c", "exec \(command) \(words) <>\(path)"))
        keyboard = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
        guard keyboard >= 0 else { throw SessionFailure("open: \(String(cString: strerror(errno)))") }
        for _ in 0..<30 where try carries(within: 1, scene) { return }
        throw SessionFailure(
            "the session does not come about: \(String(decoding: client.process.standardError, as: UTF8.self))"
        )
    }

    deinit {
        close(keyboard)
    }

    /// Types a line.
    func type(_ line: String) {
        var line = line + "\n"
        line.withUTF8 { _ = write(keyboard, $0.baseAddress, $0.count) }
    }

    /// Whether what is typed gets there, and the answer back.
    func carries(within seconds: Double, _ scene: Scene) throws -> Bool {
        guard client.process.isRunning else { return false }
        if let forward { return try forward.carries(within: seconds, from: scene.admin) }
        typed += 1
        // The terminal shows what is typed: that is not the answer.
        type("echo li''ves-\(typed)-")
        let end = ContinuousClock.now + .seconds(seconds)
        while !String(decoding: client.process.standardOutput, as: UTF8.self).contains("lives-\(typed)-") {
            guard ContinuousClock.now < end, client.process.isRunning else { return false }
            pause(milliseconds: 10)
        }
        return true
    }
}

/// What a session forwards: connections to a port of the client's host come out at a socket that the test listens at.
private final class ForwardedSocket {
    static let port: UInt16 = 7000
    private let listener: Int32
    private var ends: (client: TCPStream, server: Int32)?

    init(directory: String) throws {
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "\(directory)/forwarded".utf8) }
        let status = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0, listen(listener, 4) == 0 else {
            throw SessionFailure("listen: \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        if let ends { close(ends.server) }
        close(listener)
    }

    /// Whether a byte gets through.
    func carries(within seconds: Double, from admin: Host) throws -> Bool {
        if ends == nil {
            guard let client = try admin.openTCP(to: "127.0.0.1", port: Self.port, within: seconds) else {
                pause(milliseconds: 100)
                return false
            }
            guard isReadable(listener, within: seconds) else { return false }
            ends = (client, accept(listener, nil, nil))
        }
        guard let ends, ends.client.send("x"), isReadable(ends.server, within: seconds) else { return false }
        var byte: UInt8 = 0
        return recv(ends.server, &byte, 1, 0) == 1
    }

    private func isReadable(_ descriptor: Int32, within seconds: Double) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, Int32(seconds * 1000)) > 0
    }
}

struct SessionFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
