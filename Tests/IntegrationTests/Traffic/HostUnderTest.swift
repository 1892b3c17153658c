import TestSupport

/// The host that the rules are applied to: the namespace of the test, with links to a namespace from which the test itself
/// plays everybody else, frame by frame.
///
/// Nothing out there answers by itself, so that what is seen is exactly what the host did.
final class HostUnderTest {
    private let outside: NamespaceThread
    private var sockets: [String: LinkSocket] = [:]
    private let local: LocalSockets
    /// Tells the questions for the host's hardware address apart.
    private var question: UInt16 = 0

    /// Something that was seen, and where.
    struct Event: Hashable, CustomStringConvertible {
        /// The link it left by; nothing for a packet that the host took as its own.
        var link: String?
        /// The last number of the neighbour that it was handed to.
        var neighbour: UInt8?
        var packet: Packet

        var description: String {
            "\(link.map { "out by \($0) to neighbour \(neighbour ?? 0)" } ?? "taken by the host"): \(packet)"
        }
    }

    init(links: [Link] = Link.all) throws {
        outside = try NamespaceThread()
        try Self.build(links, outside: outside)
        for link in links {
            sockets[link.name] = try outside.perform { () throws in
                // The other end must not send anything of its own, and takes frames for any address.
                try LinkSocket(interface: link.name)
            }
        }
        local = try LocalSockets()
        try settle()
    }

    /// Makes the links, with addresses, neighbours and default routes, in two runs of ip(8).
    private static func build(_ links: [Link], outside: NamespaceThread) throws {
        for (name, value) in [
            ("ipv4/conf/all/forwarding", "1"), ("ipv6/conf/all/forwarding", "1"), ("ipv4/icmp_ratelimit", "0"),
            ("ipv4/conf/all/rp_filter", "0"), ("ipv4/conf/default/rp_filter", "0"), ("ipv6/icmp/ratelimit", "0"),
            ("ipv6/conf/default/accept_dad", "0"), ("ipv6/conf/default/router_solicitations", "0"),
            ("ipv6/conf/default/accept_ra", "0"), ("ipv4/conf/all/send_redirects", "0"),
            ("ipv4/conf/default/send_redirects", "0"),
        ] {
            try writeFile(Array(value.utf8), to: "/proc/sys/net/\(name)")
        }
        var commands: [String] = []
        for link in links {
            let name = link.name
            commands.append("link add \(name) type veth peer name \(name) netns \(outside.path)")
            for isIPv6 in [false, true] {
                let own = link.address(1, isIPv6: isIPv6)
                commands.append("address add \(own)/\(isIPv6 ? "64 nodad" : "24") dev \(name)")
            }
            commands.append("link set \(name) address 02:00:00:00:00:01 up")
            for number in 2...4 {
                for isIPv6 in [false, true] {
                    let neighbour = link.address(number, isIPv6: isIPv6)
                    let hardware = "02:00:00:00:00:0\(number)"
                    commands.append("neighbour add \(neighbour) lladdr \(hardware) nud permanent dev \(name)")
                }
            }
        }
        // Hosts beyond the networks that some routes lead to directly.
        for (address, number) in [("8.8.8.8", 8), ("2001:4860:4860::8888", 8), ("10.66.0.1", 6)] {
            commands += links.filter { $0.name == "vpn0" }
                .map { "neighbour add \(address) lladdr 02:00:00:00:00:0\(number) nud permanent dev \($0.name)" }
        }
        let first = links[0]
        commands.append("route add default via \(first.address(2, isIPv6: false)) dev \(first.name) metric 500")
        commands.append("route add default via \(first.address(2, isIPv6: true)) dev \(first.name) metric 2000")
        try outputOf("ip", "-batch", "-", input: commands.joined(separator: "\n") + "\n")
        let ups = links.map { "link set \($0.name) addrgenmode none up\n" }.joined()
        try outside.perform { () throws in _ = try outputOf("ip", "-batch", "-", input: ups) }
    }

    /// Waits until the links carry frames in both directions, which the kernel decides in its own time.
    private func settle() throws {
        for name in sockets.keys { try awaitAnswer(on: name) }
        _ = local.receive()
    }

    /// Lets a neighbour send a packet to the host.
    func inject(_ packet: Packet, on link: String) throws {
        try socket(link).send(
            [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2] + Array(bigEndian: packet.isIPv6 ? 0x86dd : 0x0800 as UInt16)
                + packet.bytes
        )
    }

    /// Sends a packet as the host itself.
    func send(_ packet: Packet) throws {
        try local.send(packet)
    }

    /// All that has happened since the last call.
    ///
    /// Frames of a CPU are handled in order: an ARP question after the packets, which no IP rule concerns, is answered after
    /// them.
    func events() throws -> [Event] {
        guard let link = sockets.keys.min() else { return [] }
        var events = try awaitAnswer(on: link)
        for (name, socket) in sockets {
            while let frame = socket.receive() {
                if let event = Event(frame, link: name) { events.append(event) }
            }
        }
        events += local.receive().map { Event(link: nil, neighbour: nil, packet: $0) }
        return events
    }

    private func socket(_ link: String) -> LinkSocket {
        guard let socket = sockets[link] else { preconditionFailure("no link \(link)") }
        return socket
    }

    /// Asks the host for its hardware address and waits for the answer; what came before it is returned.
    @discardableResult
    private func awaitAnswer(on name: String) throws -> [Event] {
        let socket = socket(name)
        let link = Link.named(name)
        question &+= 1
        let asker: [UInt8] = [2, 0, 0, 1] + Array(bigEndian: question)
        let addresses = [link.address(4, isIPv6: false), link.address(1, isIPv6: false)].map(\.bytes)
        let frame: [UInt8] =
            [UInt8](repeating: 0xff, count: 6) + asker + [8, 6, 0, 1, 8, 0, 6, 4, 0, 1] + asker + addresses[0]
            + [0, 0, 0, 0, 0, 0] + addresses[1]
        var events: [Event] = []
        for _ in 0..<100 {
            try socket.send(frame)
            socket.wait(milliseconds: 20)
            while let frame = socket.receive() {
                if let event = Event(frame, link: name) { events.append(event) }
                let isAnswer =
                    frame.count >= 22 && frame.bigEndian16(at: 12) == 0x0806 && frame.bigEndian16(at: 20) == 2
                if isAnswer && Array(frame[..<6]) == asker { return events }
            }
        }
        throw NoAnswer(link: name)
    }

    private struct NoAnswer: Error, CustomStringConvertible {
        let link: String
        var description: String { "the host does not answer on \(link)" }
    }
}

extension HostUnderTest.Event {
    /// Reads an Ethernet frame; nothing for what is no IP packet, or the upkeep of the link.
    fileprivate init?(_ frame: [UInt8], link: String) {
        guard frame.count > 14, let packet = Packet(Array(frame[14...])), !packet.isLinkUpkeep else { return nil }
        self.init(link: link, neighbour: frame[5], packet: packet)
    }
}
