import KernelObjects

extension Difference {
    /// Compares settings. What Weir wrote and nothing desires any more gets its former value back, unless somebody else changed it.
    mutating func addSysctls(desired: [SysctlObject], observed: [SysctlObject], displaced: [Displaced.Sysctl]) {
        let values = Dictionary(observed.map { ($0.name, $0.value) }) { first, _ in first }
        var writes: [SysctlChange] = []
        for setting in desired {
            guard let wanted = setting.value else { continue }
            guard let value = values[setting.name] ?? nil else {
                conflicts.append(.noSuchSysctl(setting))
                continue
            }
            writes.append(SysctlChange(name: setting.name, old: value, new: wanted, origin: setting.origin))
        }
        let names = Set(desired.map(\.name))
        let restorations = displaced.compactMap { former -> SysctlChange? in
            guard !names.contains(former.name), let value = values[former.name] ?? nil, value == former.written else {
                return nil
            }
            return SysctlChange(name: former.name, old: value, new: former.before, isRestoration: true)
        }
        changes.sysctls = (restorations + writes).needed { $0.old != $0.new }
    }

    /// Takes back what a change did to settings.
    mutating func restoreSysctls(undoing planned: [SysctlChange], observed: [SysctlObject]) {
        let values = Dictionary(observed.map { ($0.name, $0.value) }) { first, _ in first }
        let restorations = planned.compactMap { change -> SysctlChange? in
            guard let value = values[change.name] ?? nil else { return nil }
            // The kernel, too, writes it: as often as one that it is handed on from is written.
            let isOurs =
                [change.old, change.new].contains(value)
                || planned.contains { $0.isHandedOn(to: change.name) && [$0.old, $0.new].contains(value) }
            guard isOurs else { return nil }
            return SysctlChange(name: change.name, old: value, new: change.old, isRestoration: true)
        }
        changes.sysctls = restorations.needed { $0.old != $0.new }
    }
}

extension SysctlChange {
    /// Whether the kernel writes the value to another setting, too, when this one changes: `inet_forward_change` (devinet.c),
    /// `addrconf_fixup_forwarding` and `addrconf_disable_ipv6` (addrconf.c).
    func isHandedOn(to other: String) -> Bool {
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

extension [SysctlChange] {
    /// Those that are needed, and those that the kernel would otherwise overwrite on the way; what is handed on comes first.
    fileprivate func needed(_ isNeeded: (SysctlChange) -> Bool) -> [SysctlChange] {
        let writers = filter { writer in isNeeded(writer) && contains { writer.isHandedOn(to: $0.name) } }
        let rest = filter { change in
            !writers.contains(change) && (isNeeded(change) || writers.contains { $0.isHandedOn(to: change.name) })
        }
        return writers + rest
    }
}
