/// In what order settings have to be written, since the kernel writes some of them by itself when others change.
public enum SysctlOrder {
    /// The settings in an order in which each has its value in the end: what the kernel hands on comes first.
    public static func sorted<Setting>(_ settings: [Setting], name: (Setting) -> String) -> [Setting] {
        let isWriter = settings.map { writer in settings.contains { isHandedOn(name(writer), to: name($0)) } }
        let pairs = zip(settings, isWriter)
        return pairs.filter(\.1).map(\.0) + pairs.filter { !$0.1 }.map(\.0)
    }

    /// Whether the kernel writes the value to another setting, too, when this one changes: `inet_forward_change` (devinet.c),
    /// `addrconf_fixup_forwarding` and `addrconf_disable_ipv6` (addrconf.c).
    static func isHandedOn(_ name: String, to other: String) -> Bool {
        guard name != other else { return false }
        switch name {
        case "net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding":
            return other.hasPrefix("net.ipv4.conf.") && other.hasSuffix(".forwarding") || other == "net.ipv4.ip_forward"
        case "net.ipv6.conf.all.forwarding":
            return other.hasPrefix("net.ipv6.conf.") && other.hasSuffix(".forwarding")
        case "net.ipv6.conf.all.disable_ipv6":
            return other.hasPrefix("net.ipv6.conf.") && other.hasSuffix(".disable_ipv6")
        default:
            return false
        }
    }
}
