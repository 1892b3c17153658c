import Glibc
import KernelObjects
public import Netlink
import Reconciliation
import SystemPackage

/// Hears of what anybody changes in the kernel of one network namespace: Weir's nf_tables table, routes, policy routing rules, interfaces
/// and their addresses.
///
/// What is announced is a reason to read, not what was read: announcements may be lost, and some changes are not announced at all. Begin
/// to listen before reading, and nothing is missed. Settings (sysctl) announce nothing.
public struct KernelMonitor: ~Copyable {
    private var firewall: NetlinkSocket
    private var routing: NetlinkSocket
    /// Whether something of the batch that is being announced is in Weir's table; its end tells who made it.
    private var isTableTouched = false

    /// `NFNLGRP_NFTABLES`
    private static let firewallGroup: UInt32 = 7

    /// Begins to listen in a namespace; the calling thread stays where it is.
    public init(in namespace: borrowing NetworkNamespace) throws(KernelStateError) {
        let firewall = try Self.listener(.netfilter, in: namespace, [Self.firewallGroup])
        let routing = try Self.listener(.route, in: namespace, KernelConnection.routingGroups)
        self.firewall = firewall
        self.routing = routing
    }

    private static func listener(
        _ family: NetlinkSocket.Family,
        in namespace: borrowing NetworkNamespace,
        _ groups: [UInt32]
    ) throws(KernelStateError) -> NetlinkSocket {
        do throws(NetlinkError) {
            return try NetlinkSocket.listener(family, in: namespace, groups: groups)
        } catch {
            throw KernelStateError(.watch, error)
        }
    }

    /// Begins to listen in the namespace of a connection.
    public init(of connection: borrowing KernelConnection) throws(KernelStateError) {
        try self.init(in: connection.namespace)
    }

    /// Waits until something is announced, or one of the given descriptors is readable, or the time is over.
    /// - Parameters:
    ///   - milliseconds: How long to wait; negative for as long as it takes.
    ///   - descriptors: What else to wait for.
    /// - Returns: What was announced; nothing of it where the waiting ended otherwise.
    public mutating func wait(
        milliseconds: Int32,
        orFor descriptors: [Int32] = []
    ) throws(KernelStateError) -> KernelNews {
        var entries = ([firewall.descriptor, routing.descriptor] + descriptors).map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        // A signal ends the waiting too: whoever wants to go on does.
        if poll(&entries, nfds_t(entries.count), milliseconds) < 0, errno != EINTR {
            throw KernelStateError(.watch, .system, errno: Errno(rawValue: errno))
        }
        return try takeNews()
    }

    /// What was announced since the last time, without waiting.
    public mutating func takeNews() throws(KernelStateError) -> KernelNews {
        var news = KernelNews()
        do throws(NetlinkError) {
            let tables = try firewall.takeAnnouncements()
            for message in tables.messages { note(table: message, in: &news) }
            let routes = try routing.takeAnnouncements()
            for message in routes.messages { note(routing: message, in: &news) }
            if tables.hasLost {
                // The beginning of a batch may be among what is lost.
                isTableTouched = false
            }
            if tables.hasLost || routes.hasLost { news.noteLoss() }
        } catch {
            throw KernelStateError(.watch, error)
        }
        return news
    }

    private mutating func note(table message: NetlinkReply, in news: inout KernelNews) {
        let payload = message.payload.span.bytes
        do throws(KernelObjectsError) {
            guard message.header.type == FirewallMessage.newGeneration else {
                if try FirewallDump.isAboutWeirsTable(payload) { isTableTouched = true }
                return
            }
            guard isTableTouched else { return }
            isTableTouched = false
            let (process, name) = try FirewallDump.author(payload)
            news.add(.init(.firewall, by: process.map { ChangeAuthor(process: Int32(clamping: $0), name: name) }))
        } catch {
            news.noteLoss()
        }
    }

    private func note(routing message: NetlinkReply, in news: inout KernelNews) {
        do throws(KernelObjectsError) {
            guard let subject = try KernelNews.Subject(message) else { return }
            news.add(.init(subject, by: ChangeAuthor(portID: message.header.portID)))
        } catch {
            news.noteLoss()
        }
    }
}

extension KernelNews.Subject {
    /// What an announcement of rtnetlink is about; nothing where it is of no interest.
    fileprivate init?(_ message: NetlinkReply) throws(KernelObjectsError) {
        let payload = message.payload.span.bytes
        switch message.header.type {
        case RoutingMessage.newLink:
            guard let link = try RoutingDump.link(payload) else { return nil }
            self = .link(name: link.name, isUp: link.isUp)
        case RoutingMessage.deleteLink:
            guard let link = try RoutingDump.link(payload) else { return nil }
            self = .deletedLink(name: link.name)
        case RoutingMessage.newAddress, RoutingMessage.deleteAddress:
            guard let address = try RoutingDump.address(payload) else { return nil }
            self = .address(address.address, interfaceIndex: address.interfaceIndex)
        case RoutingMessage.newRoute, RoutingMessage.deleteRoute:
            guard let route = try RoutingDump.route(payload, interfaceName: { _ in nil }), !route.isKernelsOwn else {
                return nil
            }
            self = .route(route.key)
        case RoutingMessage.newRule, RoutingMessage.deleteRule:
            guard let rule = try RoutingDump.routingRule(payload) else { return nil }
            self = .routingRule(RoutingRulePlace(rule))
        case RoutingMessage.newNextHop, RoutingMessage.deleteNextHop:
            self = .nextHop
        default:
            return nil
        }
    }
}
