/// What kind of session is open, and where Weir runs.
enum SessionKind: String, CaseIterable {
    case terminal = "Weir in a session with a terminal"
    case command = "Weir in a session without a terminal"
    case subsystem = "Weir in a subsystem"
    case sudo = "Weir in a session whose variable sudo(8) took away"
    case detached = "Weir in tmux(1), started by an earlier session"
    case console = "Weir at the console, somebody types in a session"
    case silent = "Weir at the console, nobody types"
    case otherUser = "Weir at the console, a session of another user"
    case forwarding = "Weir at the console, a session that only forwards"

    /// Whether Weir is started by what is typed in the session.
    var hasWeirInside: Bool {
        switch self {
        case .terminal, .command, .subsystem, .sudo, .detached: true
        case .console, .silent, .otherUser, .forwarding: false
        }
    }

    /// A command line of the session's shell that runs another one.
    func wrapping(_ command: String, _ scene: Scene) -> String {
        switch self {
        case .sudo: "env -u SSH_CONNECTION -u SSH_CLIENT \(command)"
        case .detached: "(setsid env SSH_CONNECTION='\(scene.peer) 1 \(scene.local) 22' \(command) &)"
        default: command
        }
    }
}
