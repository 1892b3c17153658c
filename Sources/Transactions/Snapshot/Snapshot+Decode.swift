import KernelObjects
import NetworkTypes
import Reconciliation

extension Snapshot {
    /// Reads what `encoded` made; the content of Weir's table is still missing.
    init(encoded bytes: [UInt8]) throws(MalformedBytes) {
        self = try SealedBytes.read(bytes) { (reader) throws(MalformedBytes) in try Snapshot(from: &reader) }
    }

    private init(from reader: inout ByteReader) throws(MalformedBytes) {
        let origin = KernelInstance(boot: try reader.text(), namespace: try reader.number())
        self.init(origin: origin, generation: try reader.number())
        firewallDigest = try reader.optional { (reader) throws(MalformedBytes) in try reader.text() }
        routes = try reader.list(smallest: 30) { (reader) throws(MalformedBytes) in try reader.route() }
        routingRules = try reader.list(smallest: 20) { (reader) throws(MalformedBytes) in try reader.routingRule() }
        sysctls = try reader.list(smallest: 5) { (reader) throws(MalformedBytes) in try reader.sysctl() }
        displaced.routes = try reader.list(smallest: 30) { (reader) throws(MalformedBytes) in try reader.route() }
        displaced.sysctls = try reader.list(smallest: 12) { (reader) throws(MalformedBytes) in
            Displaced.Sysctl(name: try reader.text(), before: try reader.text(), written: try reader.text())
        }
        guard reader.remaining > 0 else { return }
        addresses = try reader.list(smallest: 11) { (reader) throws(MalformedBytes) in try reader.interfaceAddress() }
    }
}

extension FirewallState {
    /// Reads what `encoded` made.
    init(encoded bytes: [UInt8]) throws(MalformedBytes) {
        self = try SealedBytes.read(bytes) { (reader) throws(MalformedBytes) in try reader.firewall() }
    }
}

extension ByteReader {
    mutating func sysctl() throws(MalformedBytes) -> SysctlObject {
        SysctlObject(
            name: try text(),
            value: try optional { (reader) throws(MalformedBytes) in try reader.text() }
        )
    }

    fileprivate mutating func firewall() throws(MalformedBytes) -> FirewallState {
        var firewall = FirewallState(isDormant: try flag())
        firewall.sets = try list(smallest: 33) { (reader) throws(MalformedBytes) in try reader.set() }
        firewall.chains = try list(smallest: 14) { (reader) throws(MalformedBytes) in try reader.chain() }
        firewall.foreignObjects = try list(smallest: 10) { (reader) throws(MalformedBytes) in
            ForeignObject(messageType: try reader.number(), name: try reader.text(), attributes: try reader.data())
        }
        return firewall
    }

    private mutating func chain() throws(MalformedBytes) -> ChainObject {
        var chain = ChainObject(name: try text())
        chain.base = try optional { (reader) throws(MalformedBytes) in try reader.chainBase() }
        chain.userdata = try data()
        chain.isForeign = try flag()
        chain.rules = try list(smallest: 12) { (reader) throws(MalformedBytes) in RuleEntry(try reader.rule()) }
        return chain
    }

    mutating func rule() throws(MalformedBytes) -> RuleObject {
        var rule = RuleObject(expressions: try data())
        rule.userdata = try data()
        rule.anonymousSets = try list(smallest: 33) { (reader) throws(MalformedBytes) in try reader.set() }
        return rule
    }

    private mutating func chainBase() throws(MalformedBytes) -> ChainObject.Base {
        guard let type = ChainType(rawValue: try text()), let hook = NetfilterHook(rawValue: try number()) else {
            throw MalformedBytes(reason: "it has a chain of an unknown kind")
        }
        let priority: Int32 = try number()
        guard let policy = ChainPolicy(rawValue: try text()) else {
            throw MalformedBytes(reason: "it has a chain with an unknown policy")
        }
        return ChainObject.Base(type: type, hook: hook, priority: priority, policy: policy)
    }

    private mutating func set() throws(MalformedBytes) -> SetObject {
        var set = SetObject(
            name: try text(),
            flags: SetFlags(rawValue: try number()),
            keyType: try number(),
            keyLength: try number(),
            timeout: try number(),
            size: try number(),
            userdata: try data(),
            foreignAttributes: try optional { (reader) throws(MalformedBytes) in try reader.data() }
        )
        let length = set.encodedKeyLength
        let hasTimeouts = set.flags.contains(.timeout)
        set.elements = try list(smallest: 2 * length + (hasTimeouts ? 8 : 0)) { (reader) throws(MalformedBytes) in
            SetElement(
                start: SetKey(rawValue: try reader.leadingBytes(count: length)),
                end: SetKey(rawValue: try reader.leadingBytes(count: length)),
                timeout: hasTimeouts ? try reader.number() : 0
            )
        }
        return set
    }

    mutating func route() throws(MalformedBytes) -> RouteObject {
        let key = RouteObject.Key(
            table: try number(),
            destination: try prefix(),
            tos: try number(),
            metric: try number(),
            source: try optional { (reader) throws(MalformedBytes) in try reader.prefix() }
        )
        var route = RouteObject(
            key: key,
            type: try number(),
            routeProtocol: try number(),
            scope: try number(),
            hops: try list(smallest: 5) { (reader) throws(MalformedBytes) in try reader.hop() },
            preferredSource: try optional { (reader) throws(MalformedBytes) in try reader.address() },
            metrics: try metrics(),
            raw: try data()
        )
        let parts = try snapshotParts()
        route.hasUnknownAttributes = parts.contains(.unknownAttributes)
        guard parts.contains(.details) else { return route }
        route.congestionControl = try optional { (reader) throws(MalformedBytes) in try reader.text() }
        route.preference = try number()
        return route
    }

    private mutating func hop() throws(MalformedBytes) -> RouteObject.Hop {
        RouteObject.Hop(
            gateway: try optional { (reader) throws(MalformedBytes) in try reader.address() },
            interface: try optional { (reader) throws(MalformedBytes) in try reader.text() },
            weight: try number(),
            isOnLink: try flag()
        )
    }

    private mutating func metrics() throws(MalformedBytes) -> [UInt16: UInt32] {
        var metrics: [UInt16: UInt32] = [:]
        let pairs = try list(smallest: 6) { (reader) throws(MalformedBytes) in
            (try reader.number(UInt16.self), try reader.number(UInt32.self))
        }
        for (metric, value) in pairs { metrics[metric] = value }
        return metrics
    }

    mutating func routingRule() throws(MalformedBytes) -> RoutingRuleObject {
        guard let family = AddressFamily(rawValue: try number()) else {
            throw MalformedBytes(reason: "it has an unknown address family")
        }
        var rule = RoutingRuleObject(
            family: family,
            priority: try number(),
            ruleProtocol: try number(),
            source: try optional { (reader) throws(MalformedBytes) in try reader.prefix() },
            destination: try optional { (reader) throws(MalformedBytes) in try reader.prefix() },
            inputInterface: try optional { (reader) throws(MalformedBytes) in try reader.text() },
            outputInterface: try optional { (reader) throws(MalformedBytes) in try reader.text() },
            mark: try optional { (reader) throws(MalformedBytes) in
                guard let mark = Mark(value: try reader.number(), mask: try reader.number()) else {
                    throw MalformedBytes(reason: "it has a mark outside its mask")
                }
                return mark
            },
            action: try number(),
            table: try number(),
            raw: try data()
        )
        let parts = try snapshotParts()
        rule.hasUnknownAttributes = parts.contains(.unknownAttributes)
        if parts.contains(.details) { try routingRuleDetails().apply(to: &rule) }
        return rule
    }

    private mutating func snapshotParts() throws(MalformedBytes) -> SnapshotParts {
        let parts = SnapshotParts(rawValue: try number())
        guard parts.isSubset(of: [.unknownAttributes, .details]) else {
            throw MalformedBytes(reason: "it has a part of an unknown kind")
        }
        return parts
    }

    private mutating func routingRuleDetails() throws(MalformedBytes) -> RoutingRuleDetails {
        RoutingRuleDetails(
            isInverted: try flag(),
            asksMasterDevice: try flag(),
            packets: PacketSelector(
                typeOfService: try number(),
                dscp: try optional { (reader) throws(MalformedBytes) in try reader.number() },
                users: try optional { (reader) throws(MalformedBytes) in try reader.interval() },
                ipProtocol: try optional { (reader) throws(MalformedBytes) in IPProtocol(rawValue: try reader.number())
                },
                sourcePorts: try optional { (reader) throws(MalformedBytes) in try reader.interval() },
                destinationPorts: try optional { (reader) throws(MalformedBytes) in try reader.interval() }
            ),
            gotoTarget: try optional { (reader) throws(MalformedBytes) in try reader.number() },
            suppressedPrefixLength: try optional { (reader) throws(MalformedBytes) in try reader.number() },
            suppressedGroup: try optional { (reader) throws(MalformedBytes) in try reader.number() }
        )
    }

    private mutating func interval<Bound: IntervalBound & FixedWidthInteger & BitwiseCopyable>() throws(MalformedBytes)
        -> Interval<Bound>
    {
        guard let interval = Interval<Bound>(try number(), try number()) else {
            throw MalformedBytes(reason: "it has an interval that ends before it begins")
        }
        return interval
    }

    private mutating func prefix() throws(MalformedBytes) -> IPPrefix {
        guard let prefix = IPPrefix(address: try address(), length: try number()) else {
            throw MalformedBytes(reason: "it has a prefix with host bits")
        }
        return prefix
    }

    fileprivate mutating func interfaceAddress() throws(MalformedBytes) -> AddressObject {
        AddressObject(
            interfaceIndex: try number(),
            address: try address(),
            prefixLength: try number(),
            scope: try number()
        )
    }

    private mutating func address() throws(MalformedBytes) -> IPAddress {
        switch AddressFamily(rawValue: try number()) {
        case .ipv4: return .ipv4(IPv4Address(rawValue: try number()))
        case .ipv6: return .ipv6(IPv6Address(rawValue: try number()))
        case nil: throw MalformedBytes(reason: "it has an unknown address family")
        }
    }
}
