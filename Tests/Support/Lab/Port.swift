import Glibc

/// An end of a cable between two hosts: an interface and its addresses, with prefix lengths.
public struct Port: Sendable {
    let host: Host
    let interface: String
    let addresses: [String]

    /// Waits until the interface can send and receive.
    ///
    /// The kernel notices the carrier, and joins the multicast groups in which neighbours ask for the IPv6 addresses, a moment
    /// after `ip` has returned. A packet sent before that is lost.
    func waitUntilReady() throws {
        let interface = interface
        let groups = try addresses.compactMap { address -> String? in
            let bytes = try addressBytes(String(address.prefix { $0 != "/" }))
            guard bytes.count == 16 else { return nil }
            // The solicited-node address, RFC 4291 section 2.7.1, as /proc/net/igmp6 has it.
            let tail = bytes.suffix(3).map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
            return "\(interface) ff0200000000000000000001ff\(tail)"
        }
        let deadline = Deadline(after: 30)
        while !host.perform({ isRunning(interface) && hasJoined(groups) }) {
            guard !deadline.hasPassed else {
                throw NetworkFailure("bring up \(interface) on \(host.name)", errno: ETIMEDOUT)
            }
            usleep(500)
        }
    }
}

/// Whether an interface is up and has a carrier (`IFF_RUNNING`).
private func isRunning(_ interface: String) -> Bool {
    guard let socket = try? TestSocket(AF_INET, SOCK_DGRAM) else { return false }
    var request = ifreq()
    withUnsafeMutableBytes(of: &request.ifr_ifrn) { $0.copyBytes(from: interface.utf8.prefix($0.count - 1)) }
    guard ioctl(socket.descriptor, UInt(SIOCGIFFLAGS), &request) == 0 else { return false }
    return Int(request.ifr_ifru.ifru_flags) & IFF_RUNNING != 0
}

/// Whether interfaces have joined IPv6 multicast groups, given as name and group.
private func hasJoined(_ groups: [String]) -> Bool {
    guard !groups.isEmpty else { return true }
    let text = String(decoding: readFile("/proc/thread-self/net/igmp6") ?? [], as: UTF8.self)
    let joined = text.split(separator: "\n").map {
        $0.split(separator: " ").dropFirst().prefix(2).joined(separator: " ")
    }
    return Set(groups).isSubset(of: joined)
}
