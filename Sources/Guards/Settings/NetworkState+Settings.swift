public import KernelObjects
import NetworkTypes

extension NetworkState {
    /// Whether connection tracking takes packets outside of the window that it knows of.
    static let liberalTracking = "net.netfilter.nf_conntrack_tcp_be_liberal"
    /// Whether it takes up connections whose beginning it has not seen; by default it does.
    static let looseTracking = "net.netfilter.nf_conntrack_tcp_loose"
    /// For how many seconds it remembers a connection that is silent.
    static let trackingTimeout = "net.netfilter.nf_conntrack_tcp_timeout_established"
    /// After how many seconds of silence the kernel asks whether a peer lives; by default after two hours.
    static let keepalive = "net.ipv4.tcp_keepalive_time"
    /// Whether the sockets of new connections get the mark of the first packet.
    static let marksOfAccepted = "net.ipv4.tcp_fwmark_accept"

    /// The settings of an interface, or of all, that say which packets of IPv4 are taken.
    private static let ofInterfaces = ["rp_filter", "src_valid_mark", "accept_local", "route_localnet"]

    /// The settings that decide about packets: whoever makes a state reads them. Not every name that the kernel takes for
    /// an interface can be part of the name of a setting.
    public static func relevantSettings(of links: [LinkObject]) -> [String] {
        [liberalTracking, looseTracking, trackingTimeout, keepalive, marksOfAccepted]
            + ofInterfaces.map { "net.ipv4.conf.all.\($0)" }
            + links.filter { InterfaceName($0.name) != nil }.flatMap { link in
                ofInterfaces.map { link.setting("net.ipv4.conf", $0) }
                    + ["disable_ipv6", "forwarding", "accept_ra", "accept_ra_defrtr"].map {
                        link.setting("net.ipv6.conf", $0)
                    }
            }
    }

    /// Whether a setting is not 0.
    func isOn(_ name: String) -> Bool {
        settings[name].map { $0 != "0" } ?? false
    }

    /// After how many seconds of silence connection tracking forgets a connection whose ends both live; nil if it does not, since the kernel
    /// asks for a sign of life before.
    var forgetsAfter: Int? {
        guard let seconds = settings[Self.trackingTimeout].flatMap({ Int($0) }), seconds >= 0 else { return nil }
        let pause = settings[Self.keepalive].flatMap { Int($0) } ?? 7200
        return seconds > pause ? nil : seconds
    }

    /// Whether a setting of IPv4 is on for all interfaces or for one (`IN_DEV_ORCONF`).
    func isOn(_ name: String, of link: LinkObject) -> Bool {
        isOn("net.ipv4.conf.all.\(name)") || isOn(link.setting("net.ipv4.conf", name))
    }
}
