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
        var names = Set(desired.map(\.name))
        // As long as a setting is desired, so is what it brings with it.
        names.formUnion(SysctlOrder.companions(of: names))
        let restorations = displaced.compactMap { former -> SysctlChange? in
            guard !names.contains(former.name), let value = values[former.name] ?? nil, value == former.written else {
                return nil
            }
            return SysctlChange(name: former.name, old: value, new: former.before, isRestoration: true)
        }
        changes.sysctls = (restorations + writes).needed { $0.old != $0.new }
    }

    /// Takes back what a change did to settings.
    /// - Parameter before: The values of before, with those of settings that the kernel writes along.
    mutating func restoreSysctls(
        undoing planned: [SysctlChange],
        before: [SysctlObject],
        observed: [SysctlObject]
    ) {
        let values = Dictionary(observed.map { ($0.name, $0.value) }) { first, _ in first }
        let restorations = planned.compactMap { change -> SysctlChange? in
            guard let value = values[change.name] ?? nil else { return nil }
            // The kernel, too, writes it: as often as one that it is handed on from is written.
            let isOurs =
                [change.old, change.new].contains(value)
                || planned.contains { writer in
                    SysctlOrder.isHandedOn(writer.name, to: change.name) && [writer.old, writer.new].contains(value)
                }
            guard isOurs else { return nil }
            return SysctlChange(name: change.name, old: value, new: change.old, isRestoration: true)
        }
        let companions = SysctlOrder.companions(of: planned.map(\.name)).subtracting(planned.map(\.name))
        let written = before.compactMap { setting -> SysctlChange? in
            guard companions.contains(setting.name), let former = setting.value, let value = values[setting.name] ?? nil
            else { return nil }
            return SysctlChange(name: setting.name, old: value, new: former, isRestoration: true)
        }
        changes.sysctls = (restorations + written).needed { $0.old != $0.new }
    }
}

extension [SysctlChange] {
    /// Those that are needed, and those that the kernel would otherwise overwrite on the way, in their order.
    fileprivate func needed(_ isNeeded: (SysctlChange) -> Bool) -> [SysctlChange] {
        let writers = filter { writer in
            isNeeded(writer) && contains { SysctlOrder.isHandedOn(writer.name, to: $0.name) }
        }
        let rest = filter { change in
            guard !writers.contains(change) else { return false }
            return isNeeded(change) || writers.contains { SysctlOrder.isHandedOn($0.name, to: change.name) }
        }
        return SysctlOrder.sorted(writers + rest, name: \.name)
    }
}
