import KernelObjects
import Netlink
import NetworkTypes
import Reconciliation
import SystemPackage

extension KernelConnection {
    /// Makes this namespace, which must be private and as the kernel makes it, like a host: interfaces, addresses, settings, routes, and
    /// policy routing rules.
    /// - Returns: What could not be made.
    public mutating func stage(_ outline: HostOutline) throws(KernelStateError) -> [StagingNote] {
        // The host's own addresses follow; the kernel must not think of others.
        try? writeSysctl("net.ipv6.conf.default.addr_gen_mode", value: "1")
        var notes = try stageLinks(outline)
        try stageSettings(outline.settings.filter { !$0.isForIPv6AtAll }, &notes)
        try stageRoutes(outline.routes, &notes)
        try stageRoutingRules(outline.routingRules, &notes)
        return notes
    }

    /// Gives settings the host's values; some settings write others, so that it takes a second look.
    ///
    /// What has the host's value already is written, too: a setting of the whole machine is there in each namespace, and cannot be
    /// changed from one that is not the first.
    private mutating func stageSettings(
        _ settings: [SysctlObject],
        _ notes: inout [StagingNote]
    ) throws(KernelStateError) {
        let refused = try write(settings) { _, _ in true }
        notes += refused
        let unknown = Set(refused.compactMap(\.nameOfSetting))
        notes += try write(settings.filter { !unknown.contains($0.name) }) { $0 != $1 }
    }

    /// Writes the values of settings that are to be written, as the closure says when it is told the host's value and the namespace's.
    mutating func write(
        _ settings: [SysctlObject],
        where isToBeWritten: (String, String) -> Bool
    ) throws(KernelStateError) -> [StagingNote] {
        var notes: [StagingNote] = []
        let present = try readSysctls(settings.map(\.name))
        for (setting, own) in zip(settings, present) {
            guard let value = setting.value else { continue }
            guard let former = own.value else {
                notes.append(.setting(setting.name, reason: "the namespace has no such setting of its own"))
                continue
            }
            guard isToBeWritten(value, former) else { continue }
            do throws(KernelStateError) {
                try writeSysctl(setting.name, value: value)
            } catch {
                notes.append(.setting(setting.name, reason: error.errno?.description ?? "\(error)"))
            }
        }
        return notes
    }

    /// Makes the routes that are missing, in as many rounds as gateways need that are reached by other routes, and deletes what the
    /// kernel made and the host has not.
    private mutating func stageRoutes(
        _ routes: [RouteObject],
        _ notes: inout [StagingNote]
    ) throws(KernelStateError) {
        let indices = try readInterfaceIndices(.stage)
        let present = try readRouting().routes
        // The kernel would refuse a gateway that is not there yet.
        let direct = only(routes, notIn: present).sorted { $0.isDirect && !$1.isDirect }
        var missing = direct
        var reasons: [String] = []
        while !missing.isEmpty {
            var sent: [RouteObject] = []
            var messages: [EncodedMessage] = []
            var refused: [(RouteObject, String)] = []
            for route in missing {
                do throws(KernelObjectsError) {
                    var message = try route.message(.add) { indices[$0] }
                    // NLM_F_CREATE | NLM_F_APPEND: routes of one key stand one after the other.
                    message.flags = 0xc00
                    messages.append(message)
                    sent.append(route)
                } catch {
                    refused.append((route, error.description))
                }
            }
            let errors = try send(messages)
            refused += errors.sorted { $0.key < $1.key }.map { (sent[$0.key], $0.value.text) }
            reasons = refused.map(\.1)
            guard refused.count < missing.count else {
                missing = refused.map(\.0)
                break
            }
            missing = refused.map(\.0)
        }
        notes += zip(missing, reasons).map { .route($0, reason: $1) }
        for route in only(try readRouting().routes, notIn: routes) {
            do throws(KernelStateError) {
                try perform([.delete(route)])
            } catch {
                notes.append(.route(route, reason: "the host has no such route; \(error)"))
            }
        }
    }

    /// Puts the policy routing rules of the host in the place of those that each namespace has.
    private mutating func stageRoutingRules(
        _ rules: [RoutingRuleObject],
        _ notes: inout [StagingNote]
    ) throws(KernelStateError) {
        let present = try readRoutingRules(.stage)
        let extra = present.filter { rule in !rules.contains { $0.isEquivalent(to: rule) } }
        let missing = rules.filter { rule in !present.contains { $0.isEquivalent(to: rule) } }
        let messages = missing.map { rule in
            var message = rule.message(.add)
            // NLM_F_CREATE alone: the host may have the same rule twice.
            message.flags = 0x400
            return message
        }
        let refused = try send(messages)
        notes += refused.sorted { $0.key < $1.key }.map { .routingRule(missing[$0.key], reason: $0.value.text) }
        _ = try send(extra.map { $0.message(.delete) })
    }

    /// The routes of one list that the other one has not; what is there twice has to be there twice.
    private func only(_ routes: [RouteObject], notIn others: [RouteObject]) -> [RouteObject] {
        var rest = Dictionary(grouping: others, by: \.key)
        return routes.filter { route in
            guard let match = rest[route.key]?.firstIndex(where: { route.isEquivalent(to: $0) }) else { return true }
            rest[route.key]?.remove(at: match)
            return false
        }
    }
}

extension RouteObject {
    /// Whether no router has to be reached first.
    fileprivate var isDirect: Bool {
        hops.allSatisfy { $0.gateway == nil || $0.isOnLink }
    }
}

extension SysctlObject {
    /// Whether it decides if an interface speaks IPv6, which has to be known before there are addresses.
    var isForIPv6AtAll: Bool {
        name.hasSuffix(".disable_ipv6")
    }
}
