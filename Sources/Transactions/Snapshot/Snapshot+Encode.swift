import KernelObjects
import NetworkTypes
import Reconciliation

extension Snapshot {
    /// The snapshot as bytes, but for the content of Weir's table, which is named by its digest.
    func encoded() -> [UInt8] {
        SealedBytes.make(capacity: 4096 + routes.count * 300 + routingRules.count * 200) { writer in
            writer.text(origin.boot)
            writer.number(origin.namespace)
            writer.number(generation)
            writer.optional(firewallDigest) { $0.text($1) }
            writer.list(routes) { $0.route($1) }
            writer.list(routingRules) { $0.routingRule($1) }
            writer.list(sysctls) { $0.sysctl($1) }
            writer.list(displaced.routes) { $0.route($1) }
            writer.list(displaced.sysctls) { writer, setting in
                writer.text(setting.name)
                writer.text(setting.before)
                writer.text(setting.written)
            }
            // Nearly all have none, and were written before there were any.
            if !addresses.isEmpty { writer.list(addresses) { $0.interfaceAddress($1) } }
        }
    }
}

extension FirewallState {
    /// The content of Weir's table as bytes.
    func encoded() -> [UInt8] {
        SealedBytes.make(capacity: estimatedSize) { $0.firewall(self) }
    }

    /// About how many bytes `encoded` makes.
    var estimatedSize: Int {
        var size = 4096
        for set in sets { size += 200 + set.elements.count * 40 }
        for chain in chains {
            size += 200
            for entry in chain.rules { size += 12 + entry.rule.expressions.count + entry.rule.userdata.count }
        }
        return size
    }
}

extension ByteWriter {
    fileprivate mutating func firewall(_ firewall: FirewallState) {
        flag(firewall.isDormant)
        list(firewall.sets) { $0.set($1) }
        list(firewall.chains) { $0.chain($1) }
        list(firewall.foreignObjects) { writer, object in
            writer.number(object.messageType)
            writer.text(object.name)
            writer.data(object.attributes)
        }
    }

    private mutating func chain(_ chain: ChainObject) {
        text(chain.name)
        optional(chain.base) { writer, base in
            writer.text(base.type.rawValue)
            writer.number(base.hook.rawValue)
            writer.number(base.priority)
            writer.text(base.policy.rawValue)
        }
        data(chain.userdata)
        flag(chain.isForeign)
        list(chain.rules) { $0.rule($1.rule) }
    }

    mutating func rule(_ rule: RuleObject) {
        data(rule.expressions)
        data(rule.userdata)
        list(rule.anonymousSets) { $0.set($1) }
    }

    private mutating func set(_ set: SetObject) {
        text(set.name)
        number(set.flags.rawValue)
        number(set.keyType)
        number(set.keyLength)
        number(set.timeout)
        number(set.size)
        data(set.userdata)
        optional(set.foreignAttributes) { $0.data($1) }
        let length = set.encodedKeyLength
        let hasTimeouts = set.flags.contains(.timeout)
        list(set.elements) { writer, element in
            writer.leadingBytes(element.start.rawValue, count: length)
            writer.leadingBytes(element.end.rawValue, count: length)
            if hasTimeouts { writer.number(element.timeout) }
        }
    }

    mutating func route(_ route: RouteObject) {
        number(route.key.table)
        prefix(route.key.destination)
        number(route.key.tos)
        number(route.key.metric)
        optional(route.key.source) { $0.prefix($1) }
        number(route.type)
        number(route.routeProtocol)
        number(route.scope)
        list(route.hops) { writer, hop in
            writer.optional(hop.gateway) { $0.address($1) }
            writer.optional(hop.interface) { $0.text($1) }
            writer.number(hop.weight)
            writer.flag(hop.isOnLink)
        }
        optional(route.preferredSource) { $0.address($1) }
        list(route.metrics.sorted { $0.key < $1.key }) { writer, metric in
            writer.number(metric.key)
            writer.number(metric.value)
        }
        data(route.raw)
        let hasDetails = route.congestionControl != nil || route.preference != 0
        let parts: SnapshotParts = hasDetails ? .details : []
        number(parts.union(route.hasUnknownAttributes ? .unknownAttributes : []).rawValue)
        guard hasDetails else { return }
        optional(route.congestionControl) { $0.text($1) }
        number(route.preference)
    }

    mutating func routingRule(_ rule: RoutingRuleObject) {
        number(rule.family.rawValue)
        number(rule.priority)
        number(rule.ruleProtocol)
        optional(rule.source) { $0.prefix($1) }
        optional(rule.destination) { $0.prefix($1) }
        optional(rule.inputInterface) { $0.text($1) }
        optional(rule.outputInterface) { $0.text($1) }
        optional(rule.mark) { writer, mark in
            writer.number(mark.value)
            writer.number(mark.mask)
        }
        number(rule.action)
        number(rule.table)
        data(rule.raw)
        let details = RoutingRuleDetails(rule)
        let parts: SnapshotParts = details.isEmpty ? [] : .details
        number(parts.union(rule.hasUnknownAttributes ? .unknownAttributes : []).rawValue)
        if !details.isEmpty { self.details(details) }
    }

    private mutating func details(_ details: RoutingRuleDetails) {
        flag(details.isInverted)
        flag(details.asksMasterDevice)
        number(details.packets.typeOfService)
        optional(details.packets.dscp) { $0.number($1) }
        optional(details.packets.users) { $0.interval($1) }
        optional(details.packets.ipProtocol) { $0.number($1.rawValue) }
        optional(details.packets.sourcePorts) { $0.interval($1) }
        optional(details.packets.destinationPorts) { $0.interval($1) }
        optional(details.gotoTarget) { $0.number($1) }
        optional(details.suppressedPrefixLength) { $0.number($1) }
        optional(details.suppressedGroup) { $0.number($1) }
    }

    private mutating func interval<Bound: FixedWidthInteger & UnsignedInteger>(_ interval: Interval<Bound>) {
        number(interval.lower)
        number(interval.upper)
    }

    mutating func sysctl(_ setting: SysctlObject) {
        text(setting.name)
        optional(setting.value) { $0.text($1) }
    }

    private mutating func prefix(_ prefix: IPPrefix) {
        address(prefix.address)
        number(prefix.length)
    }

    fileprivate mutating func interfaceAddress(_ address: AddressObject) {
        number(address.interfaceIndex)
        self.address(address.address)
        number(address.prefixLength)
        number(address.scope)
    }

    private mutating func address(_ address: IPAddress) {
        number(address.family.rawValue)
        switch address {
        case .ipv4(let address): number(address.rawValue)
        case .ipv6(let address): number(address.rawValue)
        }
    }
}

extension SetObject {
    /// How many bytes of a key are kept.
    var encodedKeyLength: Int {
        Int(min(keyLength, 16))
    }
}
