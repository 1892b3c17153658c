import Glibc
import TestSupport
import Testing

/// A situation on the stage: the host is the namespace of the calling thread.
struct Play {
    private let situation: Situation
    private let scene: Scene
    private let server: SSHServer
    private let relay: SSHServer?
    private let weir: Weir
    private let session: LiveSession

    /// How long a packet may take that takes its time: the machine may be busy.
    private static let patience = 15.0
    /// How long it is listened for one that is expected not to come.
    private static let glance = 2.5

    /// Builds all of it and checks that the session lives and that one can log in.
    init(_ situation: Situation, _ weir: Weir) throws {
        self.situation = situation
        self.weir = weir
        scene = try Scene(situation.family)
        try situation.topology.build(scene)
        try situation.state.make(scene)
        server = try SSHServer(
            on: scene.host,
            scene.isActivated ? .activation : .server(["0.0.0.0", "::"]),
            port: 22,
            directory: weir.directory
        )
        relay = situation.topology == .relay ? try Self.startRelay(scene, server, weir.directory) : nil
        if let earlier = situation.file.earlier {
            try weir.apply(weir.write(earlier(scene), to: "earlier.weir"), ["--allow-lockout", "--adopt"])
        }
        try situation.tracking.prepare(scene, isSessionOpen: false)
        session = try LiveSession(situation.session, scene, server, directory: weir.directory)
        try situation.tracking.prepare(scene, isSessionOpen: true)
        try scene.forgetNeighbours()
        guard try session.carries(within: Self.patience, scene), try canLogIn(within: Self.patience) else {
            throw SessionFailure("nobody gets in before the change")
        }
    }

    /// The relay runs where the one who logs in is: the host connects to it and has it forward a port to its own server.
    private static func startRelay(
        _ scene: Scene,
        _ server: SSHServer,
        _ directory: String
    ) throws -> SSHServer {
        mkdir("\(directory)/relay", 0o755)
        let relay = try SSHServer(
            on: scene.admin,
            .server(["0.0.0.0", "::"]),
            port: 22,
            directory: "\(directory)/relay"
        )
        let login = relay.login(to: scene.family.admin, "-N -R 127.0.0.1:2222:127.0.0.1:22")
        scene.keep(try scene.host.start("sh", "-c", "exec \(login)"))
        (scene.door, scene.doorPort, scene.local, scene.peer) = ("127.0.0.1", 2222, "127.0.0.1", "127.0.0.1")
        scene.interface = "lo"
        for _ in 0..<300 {
            if try scene.admin.connect(to: "127.0.0.1", port: 2222, timeout: 1).isConnected { return relay }
            pause(milliseconds: 50)
        }
        throw SessionFailure("the relay does not forward")
    }

    /// Applies the rule file and sees what becomes of the session; where it is refused, once more with what overrides that.
    func outcome() throws -> SituationOutcome {
        let text = situation.file.text(scene)
        let file = try weir.write(text)
        let first = try apply(file, [])
        var overrides: [String] = []
        var last = first
        while last.status == 25, overrides.count < 4 {
            guard try session.carries(within: Self.patience, scene) else {
                throw SessionFailure("the session died though the change was refused: \(last.message)")
            }
            let named = last.message.matches(of: /--(?:allow-[a-z-]+|adopt)/).map { String($0.0) }
            guard let new = named.first(where: { !overrides.contains($0) }) else { break }
            overrides.append(new)
            last = try apply(file, overrides)
        }
        guard last.status == 0 else {
            return SituationOutcome(
                name: situation.name,
                rules: text,
                status: last.status,
                message: last.message,
                overrides: overrides,
                doesSessionLive: true,
                isNextLetIn: true
            )
        }
        let fate = try fate(isCutExpected: first.status == 25)
        return SituationOutcome(
            name: situation.name,
            rules: text,
            status: first.status,
            message: first.message,
            overrides: overrides,
            doesSessionLive: fate.session,
            isNextLetIn: fate.login
        )
    }

    /// What becomes of the session and of a new login, once neighbours are forgotten and what has a lifetime has ended.
    private func fate(isCutExpected: Bool) throws -> (session: Bool, login: Bool) {
        try scene.forgetNeighbours()
        if situation.topology == .advertised { pause(milliseconds: 4500) }
        if situation.name.contains("after a second") { pause(milliseconds: 2500) }
        let seconds = isCutExpected ? Self.glance : Self.patience
        // A session that lives while its neighbours are forgotten has to go on living.
        let isAlive = try (0..<2).allSatisfy { _ in try session.carries(within: seconds, scene) }
        return (isAlive, try canLogIn(within: isCutExpected ? 3 : Self.patience))
    }

    private func canLogIn(within seconds: Double) throws -> Bool {
        let command = server.login(to: scene.door, port: scene.doorPort, "-o ConnectTimeout=\(Int(seconds))")
        let result = try? scene.admin.run("sh", "-c", "exec timeout \(Int(seconds) + 5) \(command) true", timeout: 60)
        return result?.status == 0
    }

    /// Runs Weir where the situation has it.
    private func apply(_ file: String, _ options: [String]) throws -> (status: Int32, message: String) {
        let arguments = ["apply", "--yes", "--state-dir", weir.stateDirectory] + options + [file]
        guard situation.session.hasWeirInside else {
            let process = try weir.start(arguments)
            // Somebody types, or nobody does.
            while process.isRunning {
                if situation.session == .silent {
                    pause(milliseconds: 20)
                } else {
                    _ = try session.carries(within: 0.2, scene)
                }
            }
            let result = try process.finish(timeout: 60)
            return (result.status, result.errorOutput)
        }
        let files = ["status", "new", "errors"].map { "\(weir.directory)/\($0)" }
        unlink(files[0])
        let words = ([Weir.program] + arguments).joined(separator: " ")
        // What it says goes to the session too.
        let line =
            "{ { \(words) 2>&1 >/dev/null; echo $? >\(files[1]); } | tee \(files[2]); mv \(files[1]) \(files[0]); }"
        try writeFile(Array("\(line)\n".utf8), to: "\(weir.directory)/command")
        session.type(situation.session.wrapping("sh \(weir.directory)/command", scene))
        let end = ContinuousClock.now + .seconds(60)
        while access(files[0], F_OK) != 0 {
            guard ContinuousClock.now < end else { throw SessionFailure("Weir does not end in the session") }
            pause(milliseconds: 10)
        }
        let status = Int32(String(decoding: readFile(files[0]) ?? [], as: UTF8.self).filter(\.isNumber)) ?? -1
        return (status, String(decoding: readFile(files[2]) ?? [], as: UTF8.self))
    }

    /// Ends all that runs.
    func end() {
        scene.endAll()
    }
}
