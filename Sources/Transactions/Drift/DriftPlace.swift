import KernelObjects
import Reconciliation

/// Where something of Weir's is changed: two parties that change the same place again and again fight.
enum DriftPlace: Hashable {
    case table
    case chain(String)
    case set(String)
    case object(String)
    case route(RouteObject.Key)
    case routingRule(RoutingRulePlace)
    case setting(String)
}

extension ForeignChanges {
    /// Where another program has changed something. What went with an interface or an address was not removed by a program.
    var places: Set<DriftPlace> {
        var places: Set<DriftPlace> = []
        if let firewall = drift.changes.firewall {
            if case .keep = firewall.table {} else { places.insert(.table) }
            for chain in firewall.chains { places.insert(.chain(chain.name)) }
            for set in firewall.sets { places.insert(.set(set.name)) }
            for object in firewall.addedForeignObjects + firewall.deletedForeignObjects {
                places.insert(.object(object.name))
            }
        }
        for change in drift.changes.routes where cause(of: change).circumstance == nil {
            places.insert(.route(change.key))
        }
        for change in drift.changes.routingRules {
            switch change {
            case .add(let rule), .delete(let rule): places.insert(.routingRule(RoutingRulePlace(rule)))
            }
        }
        for circumstance in drift.circumstances {
            if let name = circumstance.setting { places.insert(.setting(name)) }
            if circumstance.isAboutTable { places.insert(.table) }
        }
        return places
    }
}
