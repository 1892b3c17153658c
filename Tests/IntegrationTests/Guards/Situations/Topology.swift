import TestSupport

/// How the host is reached: addresses, interfaces, routes, tunnels.
enum Topology: String, CaseIterable {
    case cable = "on one cable"
    case linkLocal = "with link-local addresses"
    case activation = "IPv4 at a socket of IPv6"
    case routed = "through a router"
    case far = "three routers away"
    case advertised = "with a default route of router advertisements"
    case asymmetric = "with answers by another cable"
    case sourceRouted = "with a routing table for the second cable"
    case otherInterface = "at the other interface's address"
    case addressOnLoopback = "at an address of lo"
    case routedAddress = "at an address that is only routed to the host"
    case bridge = "at a bridge"
    case macvlan = "at a macvlan"
    case twoHops = "with a default route of two next hops"
    case nexthopObject = "with a default route of a nexthop object"
    case onLink = "with a router that is only on the link"
    case vxlan = "through a tunnel"
    case byTunnel = "with wg-quick's rules, through the tunnel"
    case besideTunnel = "with wg-quick's rules, beside the tunnel"
    case relay = "through ssh -R at a relay"
    case translated = "at a port that another program translates"

    var families: [Family] {
        switch self {
        case .linkLocal, .advertised: [.ipv6]
        case .activation, .onLink, .translated: [.ipv4]
        default: Family.allCases
        }
    }

    /// Builds the network.
    func build(_ scene: Scene) throws {
        let family = scene.family
        switch self {
        case .cable: try scene.connectDirectly()
        case .activation:
            try scene.connectDirectly()
            scene.isActivated = true
        case .linkLocal:
            try scene.connectDirectly()
            try scene.ip("address add fe80::a/64 dev eth0 nodad")
            try scene.ip("address add fe80::b/64 dev eth0 nodad", on: scene.admin)
            (scene.door, scene.local, scene.peer) = ("fe80::a%eth0", "fe80::a", "fe80::b")
        case .routed: try scene.connectByRouter()
        case .far: try farAway(scene)
        case .advertised: try advertised(scene)
        case .asymmetric:
            try scene.connectByRouter(defaultRoute: false)
            try scene.host.route("default", via: family.otherRouter)
        case .sourceRouted:
            try scene.connectByRouter()
            try scene.ip(
                "route add default via \(family.otherRouter) table 102",
                "rule add from \(family.otherHost) lookup 102 priority 500"
            )
            (scene.door, scene.local) = (family.otherHost, family.otherHost)
            (scene.interface, scene.otherInterface) = ("eth1", "eth0")
        case .otherInterface:
            let router = try scene.connectByRouter()
            try scene.ip("route add \(family.otherHost)\(family.single) via \(family.host)", on: router)
            (scene.door, scene.local) = (family.otherHost, family.otherHost)
        case .addressOnLoopback, .routedAddress:
            let router = try scene.connectByRouter()
            if self == .routedAddress {
                try scene.ip("route add local \(family.serviceNetwork) dev lo")
            } else {
                try scene.ip("address add \(family.service)\(family.single) dev lo")
            }
            try scene.ip("route add \(family.serviceNetwork) via \(family.host)", on: router)
            (scene.door, scene.local) = (family.service, family.service)
        case .bridge, .macvlan: try onTop(scene)
        case .twoHops:
            try scene.connectByRouter(defaultRoute: false)
            try scene.ip(
                "route add default nexthop via \(family.router) weight 1 nexthop via \(family.otherRouter) weight 1"
            )
        case .nexthopObject:
            try scene.connectByRouter(defaultRoute: false)
            try scene.ip("nexthop add id 7 via \(family.router) dev eth0", "route add default nhid 7")
        case .onLink:
            let router = try scene.connectByRouter(defaultRoute: false)
            try scene.ip(
                "address flush dev eth0",
                "address add \(family.service)/32 dev eth0",
                "route add default via \(family.router) dev eth0 onlink"
            )
            try scene.ip("route add \(family.service) dev eth0", on: router)
            (scene.door, scene.local) = (family.service, family.service)
        case .vxlan: try vxlan(scene)
        case .byTunnel, .besideTunnel: try tunnel(scene)
        case .relay: try scene.connectByRouter()
        case .translated:
            try scene.connectByRouter()
            try scene.host.outputOf("nft", "-f", "-", input: Self.translation)
            scene.doorPort = 2022
        }
    }

    private static let translation = """
        table ip theirs-nat {
            chain prerouting { type nat hook prerouting priority -100; tcp dport 2022 redirect to :22; }
        }

        """

    /// Three routers, each of which takes one off from the time to live.
    private func farAway(_ scene: Scene) throws {
        let family = scene.family
        let first = try scene.connectByRouter()
        let middle = [("10.1.1", "2001:db8:a1::"), ("10.1.2", "2001:db8:a2::")]
        func address(_ number: Int, _ end: Int) -> String {
            family == .ipv4 ? "\(middle[number].0).\(end)" : "\(middle[number].1)\(end)"
        }
        let prefix = family == .ipv4 ? "10.7.0." : "2001:db8:7::"
        // The one who logs in moves two routers further away.
        var last = first
        for number in 0..<2 {
            let next = try scene.add("router\(number)")
            next.forward()
            try scene.lab.link(
                last.port("next0", family.withLength(address(number, 1))),
                next.port("previous0", family.withLength(address(number, 2)))
            )
            try next.route("default", via: address(number, 1))
            try last.route(prefix + "0" + (family == .ipv4 ? "/24" : "/64"), via: address(number, 2))
            last = next
        }
        try scene.lab.link(
            last.port("next0", family.withLength(prefix + "1")),
            scene.admin.port("eth1", family.withLength(prefix + "2"))
        )
        try scene.ip("route replace default via \(prefix)1", on: scene.admin)
        scene.peer = prefix + "2"
    }

    /// A router that says every half second that it is one for the next three seconds.
    private func advertised(_ scene: Scene) throws {
        let router = try scene.connectByRouter(defaultRoute: false)
        let script = """
            import socket, struct, time
            s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58)
            s.setsockopt(41, socket.IPV6_MULTICAST_HOPS, 255)
            index = socket.if_nametoindex("eth0")
            s.setsockopt(41, socket.IPV6_MULTICAST_IF, index)
            message = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 3, 0, 0)
            while True:
                s.sendto(message, ("ff02::1", 0, 0, index))
                time.sleep(0.5)
            """
        scene.keep(try router.start("python3", "-c", script))
        for _ in 0..<300 {
            if try scene.host.outputOf("ip", "-6", "route", "show", "default").contains("proto ra") { return }
            pause(milliseconds: 100)
        }
    }

    /// The first cable becomes a port of a bridge, or gets an interface on top.
    private func onTop(_ scene: Scene) throws {
        let family = scene.family
        try scene.connectByRouter()
        let name = self == .bridge ? "br0" : "mv0"
        try scene.ip(
            "address flush dev eth0",
            self == .bridge ? "link add br0 type bridge" : "link add link eth0 name mv0 type macvlan mode bridge"
        )
        if self == .bridge { try scene.ip("link set eth0 master br0") }
        try scene.ip(
            "link set \(name) up",
            "address add \(family.withLength(family.host)) dev \(name)\(family == .ipv6 ? " nodad" : "")",
            "route replace default via \(family.router)"
        )
        // Otherwise it is chance which of the two interfaces answers for the address.
        if self == .macvlan { try scene.set("net.ipv4.conf.eth0.arp_ignore=1") }
        scene.interface = name
    }

    /// A tunnel to the one who logs in: its own packets go through the router.
    private func vxlan(_ scene: Scene) throws {
        let family = scene.family
        try scene.connectByRouter()
        let ends = [
            (scene.host, family.host, family.admin, family.tunnel),
            (scene.admin, family.admin, family.host, family.tunnelAdmin),
        ]
        for (end, local, remote, address) in ends {
            try scene.ip(
                "link add tunnel0 type vxlan id 7 local \(local) remote \(remote) dstport 4789",
                "link set tunnel0 up",
                "address add \(family.withLength(address)) dev tunnel0\(family == .ipv6 ? " nodad" : "")",
                on: end
            )
        }
        (scene.door, scene.local, scene.peer) = (family.tunnel, family.tunnel, family.tunnelAdmin)
        scene.interface = "tunnel0"
    }

    /// What wg-quick(8) makes of a tunnel that takes all: the tunnel is the second cable, at whose other end the one who logs in is too.
    private func tunnel(_ scene: Scene) throws {
        let family = scene.family
        let router = try scene.connectByRouter()
        try scene.ip(
            "link set eth1 down",
            "link set eth1 name wg0",
            "link set wg0 up",
            "address replace \(family.withLength(family.otherHost)) dev wg0\(family == .ipv6 ? " nodad" : "")",
            "route add default dev wg0 table 51820",
            "rule add not fwmark 51820 table 51820",
            "rule add table main suppress_prefixlength 0"
        )
        scene.otherInterface = "wg0"
        // A tunnel has no neighbours: whoever is asked for answers.
        try scene.set("net.ipv4.conf.eth1.proxy_arp=1", "net.ipv6.conf.eth1.proxy_ndp=1", on: router)
        if family == .ipv6 { try scene.ip("neigh add proxy \(family.admin) dev eth1", on: router) }
        if self == .byTunnel {
            (scene.door, scene.local) = (family.otherHost, family.otherHost)
            (scene.interface, scene.otherInterface) = ("wg0", "eth0")
        } else {
            // What leads somewhere in particular is not for the tunnel.
            try scene.host.route(family.adminNetwork, via: family.router)
        }
    }
}
