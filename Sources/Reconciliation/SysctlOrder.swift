/// In what order settings have to be written, since the kernel writes some of them by itself when others change.
public enum SysctlOrder {
    /// The settings in an order in which each has its value in the end: what the kernel hands on comes first.
    public static func sorted<Setting>(_ settings: [Setting], name: (Setting) -> String) -> [Setting] {
        let isWriter = settings.map { writer in settings.contains { isHandedOn(name(writer), to: name($0)) } }
        let pairs = zip(settings, isWriter)
        return pairs.filter(\.1).map(\.0) + pairs.filter { !$0.1 }.map(\.0)
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
