import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation
import SystemPackage
import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct KernelMonitorTests {
    private static let links = """
        link add left type veth peer name left-end
        link set left up
        link set left-end up
        address add 192.0.2.1/24 dev left
        """

    /// Collects what is announced until something is, and then until nothing more comes.
    private func news(of monitor: inout KernelMonitor) throws -> KernelNews {
        var news = try monitor.wait(milliseconds: 10_000)
        while true {
            let more = try monitor.wait(milliseconds: 200)
            if more.isEmpty { return news }
            news.add(more)
        }
    }

    /// Waits for an event; what came before it is in the list too.
    private func events(
        of monitor: inout KernelMonitor,
        until isMeant: (KernelNews.Subject) -> Bool
    ) throws -> [KernelNews.Event] {
        var events: [KernelNews.Event] = []
        for _ in 0..<100 {
            events += try monitor.wait(milliseconds: 500).events
            if events.contains(where: { isMeant($0.subject) }) { return events }
        }
        throw NotAnnounced(events: events)
    }

    private struct NotAnnounced: Error {
        let events: [KernelNews.Event]
    }

    @Test func aChangeOfTheTableIsAnnouncedWithTheProcessThatMadeIt() throws {
        try outputOf("nft", "add table inet weir; add chain inet weir input")
        let connection = try KernelConnection()
        var monitor = try KernelMonitor(of: connection)
        let nft = try BackgroundProcess(["nft", "add rule inet weir input tcp dport 22 accept"])
        let process = nft.processID
        _ = try nft.finish()
        let news = try news(of: &monitor)
        #expect(news.events == [.init(.firewall, by: ChangeAuthor(process: process, name: "nft"))])
        #expect(news.parts == .firewall)
        #expect(!news.hasLost)
    }

    @Test func tablesOfOthersAreNotAnnounced() throws {
        try outputOf("nft", "add table inet weir")
        let connection = try KernelConnection()
        var monitor = try KernelMonitor(of: connection)
        try outputOf("nft", "add table inet theirs; add chain inet theirs input; add table ip weir")
        #expect(try monitor.wait(milliseconds: 300).isEmpty)
        try outputOf("nft", "flush ruleset")
        #expect(try news(of: &monitor).events.map(\.subject) == [.firewall])
    }

    @Test func routesAndPolicyRoutingRulesAreAnnouncedByTheirPlace() throws {
        try outputOf("ip", "-batch", "-", input: Self.links)
        let connection = try KernelConnection()
        var monitor = try KernelMonitor(of: connection)
        let ip = try BackgroundProcess(["ip", "route", "add", "203.0.113.0/24", "via", "192.0.2.9", "metric", "5"])
        let process = ip.processID
        _ = try ip.finish()
        let network = try #require(IPAddress("203.0.113.0"))
        let prefix = try #require(IPPrefix(address: network, length: 24))
        let key = RouteObject.Key(table: 254, destination: prefix, metric: 5)
        // Interfaces that come up are announced in between.
        let events = try events(of: &monitor) { $0 == .route(key) }
        #expect(events.first { $0.subject == .route(key) }?.author?.process == process)

        try outputOf("ip", "-6", "rule", "add", "from", "2001:db8::/32", "lookup", "200", "priority", "300")
        _ = try self.events(of: &monitor) { subject in
            guard case .routingRule(let place) = subject else { return false }
            return place.family == .ipv6 && place.priority == 300
        }
    }

    @Test func aLinkThatGoesDownIsAnnounced() throws {
        try outputOf("ip", "-batch", "-", input: Self.links)
        let connection = try KernelConnection()
        var monitor = try KernelMonitor(of: connection)
        try outputOf("ip", "link", "set", "left", "down")
        let down = KernelNews.Subject.link(name: "left", isUp: false)
        _ = try events(of: &monitor) { $0 == down }
        try outputOf("ip", "link", "del", "left")
        let address = try #require(IPAddress("192.0.2.1"))
        let gone = try events(of: &monitor) { $0 == .deletedLink(name: "left") }
        #expect(gone.contains { if case .address(address, _) = $0.subject { true } else { false } })
    }

    @Test func withAnInterfaceItsRoutesMayHaveChanged() {
        var news = KernelNews()
        #expect(news.isEmpty && news.parts == [])
        news.add(.init(.link(name: "left", isUp: false), by: nil))
        #expect(news.parts == [.links, .routing])
        news.add(.init(.firewall, by: nil))
        #expect(news.parts == [.links, .routing, .firewall])
    }

    @Test func whatIsAnnouncedAgainAndAgainIsOneEvent() {
        var news = KernelNews()
        for _ in 0..<20_000 { news.add(.init(.firewall, by: nil)) }
        #expect(news.events.count == 1 && !news.hasLost)
        for number in 0..<20_000 { news.add(.init(.deletedLink(name: "l\(number)"), by: nil)) }
        #expect(news.events.count == 10_000 && news.hasLost && news.parts == .all)
    }

    @Test func anotherDescriptorEndsTheWaiting() throws {
        let connection = try KernelConnection()
        var monitor = try KernelMonitor(of: connection)
        // The end of a pipe that nobody writes to any more is readable.
        let ends = try FileDescriptor.pipe()
        try ends.writeEnd.close()
        defer { try? ends.readEnd.close() }
        #expect(try monitor.wait(milliseconds: -1, orFor: [ends.readEnd.rawValue]).isEmpty)
    }
}
