import ArgumentParser
import Glibc

/// When output is coloured.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    /// On a terminal, unless `NO_COLOR` is set or the terminal is dumb.
    case auto
    case always
    case never

    /// Whether what is written to this descriptor is coloured.
    func isOn(for descriptor: Int32) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto: isatty(descriptor) == 1 && !Self.isRefused
        }
    }

    private static var isRefused: Bool {
        environment("NO_COLOR").map { !$0.isEmpty } ?? (environment("TERM") == "dumb")
    }
}

/// The value of an environment variable.
func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}
