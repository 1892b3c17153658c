/// Who made a route or a policy routing rule, in iproute2's words (`rt_protos`), or the number where there is none.
func nameOfRouteProtocol(_ number: UInt8) -> String {
    switch number {
    case 1: "redirect"
    case 2: "kernel"
    case 3: "boot"
    case 4: "static"
    case 8: "gated"
    case 9: "ra"
    case 11: "zebra"
    case 12: "bird"
    case 16: "dhcp"
    case 18: "keepalived"
    case 42: "babel"
    case 186: "bgp"
    case 187: "isis"
    case 188: "ospf"
    case 189: "rip"
    case 192: "eigrp"
    default: "\(number)"
    }
}
