/// The words that the parts of a policy routing rule begin with. Outside of such rules those that are no keywords are free.
enum RoutingRuleWord: String, CaseIterable {
    case not, from, to, iif, oif, fwmark, tos, dscp, ipproto, sport, dport, uidrange
    case lookup, goto, blackhole, unreachable, prohibit, l3mdev, nop
    case suppressPrefixLength = "suppress_prefixlength"
    case suppressGroup = "suppress_ifgroup"
    case priority

    /// Whether it says what happens to the packets.
    var isAction: Bool {
        switch self {
        case .lookup, .goto, .blackhole, .unreachable, .prohibit, .l3mdev, .nop: true
        default: false
        }
    }

    /// Whether it is one of what `not` turns round.
    var isSelector: Bool {
        switch self {
        case .from, .to, .iif, .oif, .fwmark, .tos, .dscp, .ipproto, .sport, .dport, .uidrange: true
        default: false
        }
    }

    /// The word that is meant by one of another tool, or by a longer or shorter one.
    static func meant(by word: String) -> RoutingRuleWord? {
        switch word {
        case "table": .lookup
        case "proto", "protocol": .ipproto
        case "dsfield": .tos
        case "uid", "skuid", "user": .uidrange
        case "mark": .fwmark
        case "pref", "preference", "order": .priority
        case "suppress_prefixlen", "sup_prefixlen", "sup_pl": .suppressPrefixLength
        case "suppress_group", "sup_group": .suppressGroup
        default: nil
        }
    }
}
