/// Sends packets of several kinds over `lo`, so that counters, quotas and limits that see them are not at zero.
func sendPacketsToMyself() throws {
    let sockets = try LocalSockets()
    for (own, packets) in [("127.0.0.1", [Packet.ping, .tcp(9), .udp(9)]), ("::1", [.ping6, .tcp(9).v6])] {
        let address = Address(stringLiteral: own)
        for packet in packets { try sockets.send(packet.from(address).to(address)) }
    }
}
