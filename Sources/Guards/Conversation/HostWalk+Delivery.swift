import KernelObjects
import NetworkTypes

extension HostWalk {
    /// Whether what comes in is for this host.
    func deliver(_ packet: Packet) -> Passage {
        guard case .link(let link) = packet.input else { return Passage(packet: packet) }
        if packet.family == .ipv6 {
            let setting = link.setting("net.ipv6.conf", "disable_ipv6")
            if state.isOn(setting) { return Passage(packet: nil, cuts: [.familyDisabled(setting: setting)]) }
        }
        let question = RouteQuestion(
            from: packet.source,
            to: packet.destination,
            mark: packet.mark,
            inputInterface: link.name
        )
        let delivery = Delivery(question, by: link, in: state)
        switch delivery.truth {
        case .yes: return Passage(packet: packet)
        case .no: return Passage(packet: nil, cuts: [delivery.cut])
        case .maybe: return Passage(packet: packet, cuts: [delivery.cut], doubts: delivery.doubts)
        }
    }
}
