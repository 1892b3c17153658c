import KernelObjects
import NetworkTypes
import Reconciliation
import Testing

@testable import Transactions

extension Snapshot {
    /// A snapshot in which everything occurs.
    static func sample() throws -> Snapshot {
        let anonymous = SetObject(
            name: "__set%d",
            flags: [.anonymous, .constant, .interval],
            keyType: 13,
            keyLength: 2,
            elements: [SetElement(start: SetKey(rawValue: 22 << 112), end: SetKey(rawValue: 80 << 112))]
        )
        let rule = RuleObject(expressions: [1, 2, 3, 4], anonymousSets: [anonymous], userdata: [0, 2, 0x61, 0])
        let base = ChainObject.Base(type: .nat, hook: .postrouting, priority: -100, policy: .drop)
        var foreignSet = SetObject(name: "theirs", flags: [.map], keyType: 7, keyLength: 64)
        foreignSet.foreignAttributes = [9, 9]
        let timed = SetObject(
            name: "seen",
            flags: [.timeout, .evaluated],
            keyType: 8,
            keyLength: 16,
            timeout: 60_000,
            size: 65_535,
            userdata: [0, 4, 2, 0, 0, 0],
            elements: [SetElement(start: SetKey(rawValue: .max), end: SetKey(rawValue: .max), timeout: 5000)]
        )
        var foreignChain = ChainObject(name: "odd", rules: [RuleEntry(RuleObject(expressions: []))], userdata: [7])
        foreignChain.isForeign = true
        let firewall = FirewallState(
            chains: [ChainObject(name: "input", base: base, rules: [RuleEntry(rule)]), foreignChain],
            sets: [timed, foreignSet],
            foreignObjects: [ForeignObject(messageType: 2578, name: "quota", attributes: [1, 2, 3])]
        )
        let router = IPAddress.ipv6(IPv6Address(rawValue: 1))
        var route = RouteObject(
            key: .init(
                table: 1000,
                destination: try #require(IPPrefix(address: .ipv4(IPv4Address(rawValue: 0x0a00_0000)), length: 8)),
                tos: 4,
                metric: 7
            ),
            routeProtocol: weirProtocol,
            hops: [
                .init(gateway: router, interface: "eth0", weight: 3),
                .init(gateway: nil, interface: nil, isOnLink: true),
            ],
            preferredSource: .ipv4(IPv4Address(rawValue: 5)),
            metrics: [2: 1400, 8: 10],
            congestionControl: "reno",
            preference: 3,
            raw: [1, 2, 3]
        )
        var displaced = Displaced(sysctls: [.init(name: "net.ipv4.ip_forward", before: "0", written: "1")])
        displaced.routes = [route]
        route.key.source = IPPrefix(address: router, length: 128)
        route.hasUnknownAttributes = true
        return Snapshot(
            origin: KernelInstance(boot: "b7a5d9d1", namespace: 42),
            generation: 77,
            firewall: firewall,
            firewallDigest: firewall.digest,
            routes: [route],
            routingRules: [
                RoutingRuleObject(
                    family: .ipv6,
                    priority: 10_000,
                    ruleProtocol: weirProtocol,
                    source: IPPrefix(address: router, length: 128),
                    inputInterface: "lo",
                    outputInterface: "eth1",
                    mark: Mark(value: 2, mask: 0xff),
                    action: 1,
                    table: 1000,
                    raw: [4]
                ),
                RoutingRuleObject(
                    family: .ipv4,
                    priority: 10_001,
                    ruleProtocol: weirProtocol,
                    packets: PacketSelector(
                        typeOfService: 4,
                        dscp: 5,
                        users: Interval(6, 7),
                        ipProtocol: .udp,
                        sourcePorts: Interval(8),
                        destinationPorts: Interval(9, 10)
                    ),
                    isInverted: true,
                    asksMasterDevice: true,
                    action: 2,
                    gotoTarget: 11,
                    suppressedPrefixLength: 12,
                    suppressedGroup: 13,
                    hasUnknownAttributes: true
                ),
            ],
            sysctls: [SysctlObject(name: "net.a", value: nil), SysctlObject(name: "net.b", value: "1 2")],
            displaced: displaced
        )
    }
}
