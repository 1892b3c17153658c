/// In what order settings have to be written, since the kernel writes some of them by itself when others change, and looks at some before it
/// removes what it has.
public enum SysctlOrder {
    /// The settings in an order in which each has its value in the end and takes nothing with it that another one keeps: what others look at
    /// comes first, then what the kernel hands on.
    public static func sorted<Setting>(_ settings: [Setting], name: (Setting) -> String) -> [Setting] {
        let ranks = settings.map { setting in
            if isLookedAt(name(setting)) { return 0 }
            return settings.contains { isHandedOn(name(setting), to: name($0)) } ? 1 : 2
        }
        return (0...2).flatMap { rank in zip(settings, ranks).filter { $0.1 == rank }.map(\.0) }
    }

    /// Whether the kernel looks at a setting when it becomes a router, to see which default routes to keep (`rt6_purge_dflt_routers`).
    static func isLookedAt(_ name: String) -> Bool {
        name.hasPrefix("net.ipv6.conf.") && name.hasSuffix(".accept_ra")
    }

    /// What forwarding of IPv4 has a say in (`SysctlEffect.writes`).
    static let redirects = "net.ipv4.conf.all.accept_redirects"

    /// The settings that the kernel writes otherwise than it was told when one of these is written: they have to be known as well.
    public static func companions(of names: some Sequence<String>) -> Set<String> {
        Set(names.lazy.filter { isHandedOn($0, to: redirects) }.map { _ in redirects })
    }

    /// Whether the kernel writes another setting, too, when this one changes: `inet_forward_change` (devinet.c),
    /// `addrconf_fixup_forwarding` and `addrconf_disable_ipv6` (addrconf.c).
    static func isHandedOn(_ name: String, to other: String) -> Bool {
        guard name != other else { return false }
        switch name {
        case "net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding":
            return other == redirects || other.hasPrefix("net.ipv4.conf.") && other.hasSuffix(".forwarding")
                || other == "net.ipv4.ip_forward"
        case "net.ipv6.conf.all.forwarding":
            return other.hasPrefix("net.ipv6.conf.") && other.hasSuffix(".forwarding")
        case "net.ipv6.conf.all.disable_ipv6":
            return other.hasPrefix("net.ipv6.conf.") && other.hasSuffix(".disable_ipv6")
        default:
            return false
        }
    }
}
