import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

/// The attributes of a route or a next hop, each at most once.
struct RouteAttributes {
    private(set) var via: ValueSyntax?
    private(set) var dev: ValueSyntax?
    private(set) var metric: ValueSyntax?
    private(set) var table: ValueSyntax?
    private(set) var source: ValueSyntax?
    private(set) var scope: ValueSyntax?
    private(set) var weight: ValueSyntax?
    private(set) var onlink: SourceRange?
    private(set) var typeOfService: ValueSyntax?
    private(set) var features: ValueSyntax?
    private(set) var congestionControl: ValueSyntax?
    private(set) var preference: ValueSyntax?
    private(set) var path: [(metric: RouteMetric, value: ValueSyntax)] = []
    private(set) var locked: Set<RouteMetric> = []

    init(_ list: ArraySlice<RouteAttributeSyntax>) {
        for attribute in list {
            switch attribute.kind {
            case .via(let value): via = value
            case .dev(let value): dev = value
            case .metric(let value): metric = value
            case .table(let value): table = value
            case .src(let value): source = value
            case .scope(let value): scope = value
            case .weight(let value): weight = value
            case .onlink: onlink = attribute.range
            case .tos(let value): typeOfService = value
            case .features(let value): features = value
            case .congctl(let value): congestionControl = value
            case .pref(let value): preference = value
            case .path(let metric, let value, let isLocked):
                path.append((metric, value))
                // The shortest time is locked anyway.
                if isLocked, metric.canBeLocked { locked.insert(metric) }
            }
        }
    }
}

/// What a route says beside where it leads, of whatever family.
struct RouteProperties {
    var source: IPAddress?
    var table: UInt32?
    var metric: UInt32?
    var typeOfService: UInt8 = 0
    var metrics: [RouteMetric: UInt32] = [:]
    var lockedMetrics: Set<RouteMetric> = []
    var usesECN = false
    var congestionControl: String?
    var preference = RouterPreference.medium
    var scope: RouteScope?
}

extension Compilation {
    /// Reads what a route says beside where it leads; what is wrong is reported.
    func properties(_ attributes: RouteAttributes) -> RouteProperties {
        var properties = RouteProperties(table: 254)
        properties.source = attributes.source.flatMap { address($0) }
        if let table = attributes.table { properties.table = self.table(table) }
        properties.metric = attributes.metric.flatMap { number($0, "a metric", in: 0...UInt64(UInt32.max)) }
            .map { UInt32($0) }
        properties.scope = attributes.scope.flatMap { word($0, "a scope", .unknownScope, RouteScope.self) }
        if let value = attributes.typeOfService {
            properties.typeOfService = number(value, "a type of service", in: 1...255).map { UInt8($0) } ?? 0
            let mask = PacketSelector.typeOfServiceMask(.ipv4)
            if properties.typeOfService & ~mask != 0 {
                report(.unusableTypeOfService(text(value.range), mask, at: value.range))
            }
        }
        for (metric, value) in attributes.path {
            // The kernel keeps no 0, which says the same as nothing.
            guard let number = pathMetric(metric, value), number != 0 else { continue }
            properties.metrics[metric] = number
            if attributes.locked.contains(metric) { properties.lockedMetrics.insert(metric) }
        }
        if let value = attributes.features {
            properties.usesECN = word(value, "a feature", .unknownRouteWord, RouteFeature.self) != nil
        }
        properties.congestionControl = attributes.congestionControl.flatMap { congestionControl($0) }
        if let value = attributes.preference {
            properties.preference = word(value, "a preference", .unknownRouteWord, RouterPreference.self) ?? .medium
        }
        return properties
    }

    private func pathMetric(_ metric: RouteMetric, _ value: ValueSyntax) -> UInt32? {
        let bounds = UInt64(metric.values.lowerBound)...UInt64(metric.values.upperBound)
        switch metric {
        case .mtu: return number(value, "an MTU", in: bounds).map { UInt32($0) }
        case .quickack, .fastOpenNoCookie:
            return number(value, "a value for `\(metric.word)`", in: 0...1).map { UInt32($0) }
        case .rtt, .rttvar, .rtoMin:
            guard let duration = duration(value, usual: "ms")?.milliseconds else { return nil }
            guard bounds.contains(duration) else {
                let text = text(value.range)
                report(.numberOutOfRange(text, "a time for `\(metric.word)` in milliseconds", bounds, at: value.range))
                return nil
            }
            return UInt32(duration)
        default: return number(value, "a value for `\(metric.word)`", in: bounds).map { UInt32($0) }
        }
    }

    private func congestionControl(_ value: ValueSyntax) -> String? {
        guard let word = single(value, WordValue.self) else { return nil }
        let name = string(word.range)
        guard Route.isCongestionControl(name) else {
            report(.wrongValue(text(word.range), expected: "a congestion control algorithm", at: word.range))
            return nil
        }
        return name
    }

    private func word<Value: NamedValue>(
        _ value: ValueSyntax,
        _ noun: String,
        _ code: DiagnosticCode,
        _ type: Value.Type
    ) -> Value? {
        guard let word = single(value, WordValue.self) else { return nil }
        return named(word.range, expected: noun, code: code, type)
    }
}

/// What `features` can ask for.
private enum RouteFeature: NamedValue, CaseIterable {
    case ecn

    static let nameTable = NameTable<Self>([("ecn", .ecn)])
}
