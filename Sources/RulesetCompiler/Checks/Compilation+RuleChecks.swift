import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel
import Vocabulary

extension Compilation {
    /// Whether the kernel takes the rule where it stands; what is wrong is reported.
    func check(_ rule: Rule, _ located: LocatedRule) -> Bool {
        var protocols: Protocols = .any
        var isGood = true
        for match in rule.matches {
            switch match {
            case .transportProtocol(let membership):
                protocols = Protocols(membership) { self.protocols(inSet: $0) }
            case .icmp:
                protocols = .portless
            case .sourcePort, .destinationPort, .originalDestinationPort:
                guard protocols < .withPorts, isGood else { continue }
                isGood = false
                report(.portsWithoutProtocol(protocols, at: range(of: match.rank, located)))
            case .tcpFlags:
                guard protocols != .tcp, isGood else { continue }
                isGood = false
                report(.flagsWithoutTCP(at: range(of: match.rank, located)))
            default: break
            }
        }
        isGood =
            checkVerb(rule, located) && checkHook(rule, located) && checkArguments(rule, protocols, located) && isGood
        if isGood, protocols >= .withPorts { warnOfOtherProtocol(rule, located) }
        if isGood, protocols == .tcp { warnOfRefusedAnswers(rule, located) }
        return isGood
    }

    /// Which protocols a rule is about, as far as ports matter; what can do more comes later.
    enum Protocols: Comparable {
        case any
        case portless
        case withPorts
        case tcp

        fileprivate init(_ membership: Membership<[IPProtocol]>, _ members: (String) -> [IPProtocol]) {
            guard !membership.isNegated else {
                self = .any
                return
            }
            let values =
                switch membership.operand {
                case .values(let values): values
                case .namedSet(let name): members(name)
                }
            guard values.allSatisfy(\.hasPorts), !values.isEmpty else {
                self = .portless
                return
            }
            self = values == [.tcp] ? .tcp : .withPorts
        }
    }

    /// The members of a named set of protocols.
    private func protocols(inSet name: String) -> [IPProtocol] {
        guard let index = sets.index(of: name), case .protocols(let values)? = namedSets[index]?.contents else {
            return []
        }
        return values
    }

    /// Where the first match of a rank is written.
    func range(of rank: Int, _ located: LocatedRule) -> SourceRange {
        locatedMatches(located).first { $0.match.rank == rank }?.range ?? located.node.range
    }

    // MARK: Verbs

    private func checkVerb(_ rule: Rule, _ located: LocatedRule) -> Bool {
        let needs = rule.action.chainNeeds
        guard !needs.isEmpty else { return true }
        let verb = text(located.node.verbRange)
        switch located.place {
        case .direction(let direction):
            guard direction.standardChain(for: needs) == nil else { return true }
            report(.verbNotInDirection(verb, needs, direction, at: located.node.verbRange))
        case .base(let chain):
            guard let missing = ChainCall(chain).missing(for: needs) else { return true }
            report(.verbNotInChain(verb, missing, at: located.node.verbRange))
        case .regular:
            return true
        }
        return false
    }

    /// Whether packets at the hook that the rule gets to by its verb have what it asks for.
    private func checkHook(_ rule: Rule, _ located: LocatedRule) -> Bool {
        let hook: NetfilterHook
        switch located.place {
        case .direction(let direction):
            guard let chain = direction.standardChain(for: rule.action.chainNeeds) else { return true }
            hook = chain.hook
        case .base(let chain): hook = chain.hook
        case .regular: return true
        }
        for case .field(let match) in rule.matches where !match.row.places.include(hook) {
            let verb = text(located.node.verbRange)
            report(.fieldNotKnown(match.row, at: hook, verb: verb, at: range(of: Match.field(match).rank, located)))
            return false
        }
        return true
    }

    // MARK: Arguments

    private func checkArguments(_ rule: Rule, _ protocols: Protocols, _ located: LocatedRule) -> Bool {
        switch rule.action {
        case .reject(.tcpReset):
            guard protocols != .tcp else { return true }
            let place = arguments(located.node).rejectType?.range ?? located.node.range
            report(.resetWithoutTCP(at: place))
            return false
        case .redirect(let redirect):
            return checkTarget(of: rule, ports: redirect.ports, protocols, located)
        case .destinationNAT(let translation), .sourceNAT(let translation):
            return checkTarget(of: rule, ports: translation.ports, protocols, located)
        case .masquerade(let masquerade):
            return checkTarget(of: rule, ports: masquerade.ports, protocols, located)
        default:
            return true
        }
    }

    private func checkTarget(
        of rule: Rule,
        ports: Interval<UInt16>?,
        _ protocols: Protocols,
        _ located: LocatedRule
    ) -> Bool {
        let arguments = arguments(located.node)
        if ports != nil, protocols < .withPorts {
            let place = arguments.target?.port?.range ?? located.node.range
            report(.targetPortWithoutProtocol(at: place))
            return false
        }
        guard checkRanges(of: rule, newPorts: ports, located) else { return false }
        if rule.isAccepted, located.scope.chain != nil {
            report(.acceptInChain(at: arguments.andAccept ?? located.node.range))
            return false
        }
        do throws(LostCondition) {
            _ = try rule.derivedAccepts()
        } catch {
            report(.lostCondition(error, andAccept: arguments.andAccept, at: range(of: error.match.rank, located)))
            return false
        }
        return true
    }
}
