/// Which part of a generation is brought back. The firewall is wanted before the network is there, and routes cannot be made before.
public enum RestoreScope: Sendable, Hashable {
    /// All of it.
    case all
    /// Weir's table, and the settings that exist.
    case firewall
    /// Routes, policy routing rules, and the settings that exist.
    case routing

    var hasFirewall: Bool { self != .routing }
    var hasRouting: Bool { self != .firewall }
}
