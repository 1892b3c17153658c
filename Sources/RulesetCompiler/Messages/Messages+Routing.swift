import Diagnostics
import NetworkTypes
import RulesetModel

// MARK: - Routing tables

extension Diagnostic {
    static func kernelTableName(_ name: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.reservedTable, "'\(name)' is the name of one of the kernel's own routing tables", at: range)
    }

    static func kernelTableNumber(_ number: UInt64, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .reservedTable,
            "the routing table \(number) is the kernel's own, which has a name: `default` (253), `main` (254), `local` (255)",
            at: range
        )
    }

    static func localTable(at range: SourceRange) -> Diagnostic {
        Diagnostic(.reservedTable, "the kernel alone keeps the routing table `local`", at: range)
    }
}

extension Diagnostic {
    static func secondTableName(_ number: UInt32, first: SourceRange, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .duplicateDefinition,
            "the routing table \(number) has a name already",
            at: range,
            notes: [.init("it is named here", at: first)]
        )
    }
}

// MARK: - Routes

extension Diagnostic {
    static func routeWithoutWay(at range: SourceRange) -> Diagnostic {
        Diagnostic(.routeWithoutWay, "a route needs a gateway (`via`) or an interface (`dev`)", at: range)
    }

    static func refusedRouteWithWay(_ refusal: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .conflictingRoute,
            "a `\(refusal)` route leads nowhere, so it has no gateway and no interface",
            at: range
        )
    }

    static func routeWithTwoWays(at range: SourceRange) -> Diagnostic {
        Diagnostic(.conflictingRoute, "the next hops are in braces; this belongs to one of them", at: range)
    }

    static func duplicateNextHop(first: SourceRange, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .conflictingRoute,
            "the route has this next hop already; give it a larger `weight`",
            at: range,
            notes: [.init("it is here", at: first)]
        )
    }

    static func onlinkWithoutGateway(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .conflictingRoute,
            "`onlink` says of a gateway (`via`) that it is on an interface (`dev`)",
            at: range
        )
    }

    static func linkLocalGateway(at range: SourceRange) -> Diagnostic {
        Diagnostic(.wrongGateway, "a link-local gateway needs its interface: `dev`", at: range)
    }

    static func routeOfTwoFamilies(
        _ destination: IPPrefix,
        at range: SourceRange,
        destination place: SourceRange
    ) -> Diagnostic {
        let (own, opposite) = destination.family == .ipv4 ? ("IPv4", "IPv6") : ("IPv6", "IPv4")
        return Diagnostic(
            .wrongGateway,
            "this is \(opposite), but the destination is \(own)",
            at: range,
            notes: [.init("the destination", at: place)]
        )
    }

    static func propertyOfOtherFamily(_ noun: String, _ family: AddressFamily, at range: SourceRange) -> Diagnostic {
        let name = family == .ipv4 ? "IPv4" : "IPv6"
        return Diagnostic(.conflictingRoute, "the kernel keeps no \(noun) for routes of \(name)", at: range)
    }

    static func localRouteWithoutInterface(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .conflictingRoute,
            "a `local` route ends at this host: it has an interface (`dev`, mostly `lo`), and no gateway",
            at: range
        )
    }

    static func duplicateRoute(_ destination: IPPrefix, first: SourceRange, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .duplicateRoute,
            "there is a route to \(destination) with this table, metric and type of service already",
            at: range,
            notes: [.init("it is here", at: first)]
        )
    }
}

// MARK: - Routing rules

extension Diagnostic {
    static func reservedPriority(_ text: String, _ possible: ClosedRange<UInt64>, at range: SourceRange) -> Diagnostic {
        let limits = "\(possible.lowerBound) to \(possible.upperBound)"
        return Diagnostic(
            .reservedPriority,
            "'\(shortened(text))' cannot be a priority: it must be from \(limits), the others are the kernel's own",
            at: range
        )
    }

    static func mistakablePriority(
        _ priority: UInt32,
        _ family: AddressFamily,
        other: SourceRange,
        at range: SourceRange
    ) -> Diagnostic {
        let name = family == .ipv4 ? "IPv4" : "IPv6"
        return Diagnostic(
            .duplicatePriority,
            "the kernel cannot tell this routing rule from another one of \(name) with the priority \(priority)",
            at: range,
            notes: [
                .init("it is here", at: other),
                .init("one asks for the same as the other, or for more: each needs a priority of its own"),
            ]
        )
    }

    static func crowdedPriority(_ priority: UInt32, _ most: Int, at range: SourceRange) -> Diagnostic {
        Diagnostic(.duplicatePriority, "more than \(most) routing rules have the priority \(priority)", at: range)
    }

    static func nothingToInvert(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .conflictingRoutingRule,
            "`not` turns round what the rule asks for, and it asks for nothing: no packet could match",
            at: range
        )
    }

    static func nothingToSuppress(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .conflictingRoutingRule,
            "this is about the routes that a lookup finds, and the rule has no `lookup`",
            at: range
        )
    }

    static func unusableTypeOfService(_ text: String, _ mask: UInt8, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .conflictingRoutingRule,
            "the type of service '\(shortened(text))' has bits that the kernel does not compare here; it does those of 0x\(String(mask, radix: 16))",
            at: range,
            notes: [.init("`dscp` compares all six bits of the field, the upper ones of the same byte")]
        )
    }

    static func typeOfServiceTwice(at range: SourceRange) -> Diagnostic {
        Diagnostic(.conflictingRoutingRule, "`tos` and `dscp` are about the same byte of the header", at: range)
    }

    static func backwardGoto(_ target: UInt32, from priority: UInt32, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .conflictingRoutingRule,
            "`goto` leads only to a larger priority; \(target) does not come after \(priority)",
            at: range
        )
    }

    static func gotoNowhere(_ target: UInt32, _ family: AddressFamily, at range: SourceRange) -> Diagnostic {
        let name = family == .ipv4 ? "IPv4" : "IPv6"
        return Diagnostic(
            .conflictingRoutingRule,
            "no routing rule of \(name) in this file has the priority \(target), so the kernel would pass over the `goto`",
            at: range,
            notes: [.init("a rule with `nop` can be a place to go to: `rule nop priority \(target)`")]
        )
    }

    static func noPriorityLeft(from first: UInt32, at range: SourceRange) -> Diagnostic {
        Diagnostic(.reservedPriority, "no priority from \(first) on is left for this routing rule", at: range)
    }
}

// MARK: - Kernel settings

extension Diagnostic {
    static func invalidSysctlName(_ name: String, at range: SourceRange) -> Diagnostic {
        let problem =
            name.hasPrefix("net.")
            ? "is not the name of a kernel setting: words of letters, digits, '_', '-' and '/' with dots between them"
            : "is not below `net.`: other kernel settings are not Weir's business"
        // Below /proc/sys, and for sysctl(8) too, the words have slashes between them; a slash here is a dot in a word.
        let isPath = name.contains("/") && !name.contains(".")
        let dotted = isPath ? String(name.map { $0 == "/" ? "." : $0 }) : nil
        return Diagnostic(
            .invalidSysctl,
            "'\(shortened(name))' \(isPath ? "has slashes between its words, not dots" : problem)",
            at: range,
            fixIts: didYouMean(dotted, range)
        )
    }

    static func invalidSysctlValue(at range: SourceRange) -> Diagnostic {
        Diagnostic(.invalidSysctl, "the value of a kernel setting is text on one line, and not empty", at: range)
    }
}
