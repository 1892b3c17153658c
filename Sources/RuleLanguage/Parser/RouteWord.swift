import NetworkTypes

/// The words that the attributes of a route begin with. Outside of routes those that are no keywords are free.
enum RouteWord: Hashable {
    case via, dev, metric, table, src, scope, onlink, weight, tos, features, congctl, pref
    case path(RouteMetric)

    /// What can stand after the destination.
    static let ofRoute: [RouteWord] =
        [.via, .dev, .metric, .table, .src, .scope, .onlink, .tos, .features, .congctl, .pref]
        + RouteMetric.allCases.map { .path($0) }
    /// What a next hop in braces can have.
    static let ofNextHop: [RouteWord] = [.via, .dev, .weight, .onlink]

    /// The word that is written so.
    static func written(_ text: String) -> RouteWord? {
        bySpelling[text]
    }

    private static let bySpelling = Dictionary(
        uniqueKeysWithValues: Set(ofRoute + ofNextHop).map { ($0.spelling, $0) }
    )

    /// The word as it is written.
    var spelling: String {
        if case .path(let metric) = self { metric.word } else { "\(self)" }
    }

    /// The word that is meant by one of another tool.
    static func meant(by word: String) -> RouteWord? {
        switch word {
        case "gw", "gateway", "nexthop": .via
        case "dsfield": .tos
        case "preference", "prio", "distance": .metric
        case "ttl": .path(.hoplimit)
        case "congestion": .congctl
        default: nil
        }
    }
}
