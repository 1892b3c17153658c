import NetworkTypes
import RulesetModel
import Testing

struct MeaningTests {
    @Test(arguments: [
        (RejectReason.icmp(.hostUnreachable), AddressFamilies.both, RejectReason.icmpx(.hostUnreachable)),
        (.icmp(.hostUnreachable), .ipv4, .icmp(.hostUnreachable)),
        (.icmp(.hostUnreachable), .ipv6, .icmpv6(.addressUnreachable)),
        (.icmp(.netProhibited), .both, .icmp(.netProhibited)),
        (.icmp(.netProhibited), .ipv6, .icmpv6(.adminProhibited)),
        (.icmpv6(.policyFail), .both, .icmpv6(.policyFail)), (.icmpv6(.policyFail), .ipv4, .icmp(.adminProhibited)),
        (.icmpv6(.noRoute), .both, .icmpx(.noRoute)), (.icmpx(.noRoute), .ipv4, .icmp(.netUnreachable)),
        (.icmpx(.noRoute), .ipv6, .icmpv6(.noRoute)), (.tcpReset, .both, .tcpReset), (.tcpReset, .ipv4, .tcpReset),
    ])
    func aReasonHasOneSpellingForItsFamilies(reason: RejectReason, families: AddressFamilies, canonical: RejectReason) {
        #expect(reason.canonical(for: families) == canonical)
        #expect(canonical.canonical(for: families) == canonical)
    }

    @Test func theFamiliesOfARuleAreThoseOfItsParts() throws {
        let v4 = Match.sourceAddress(Membership(AddressSet(try AddressRange("10.0.0.0/8")), isNegated: true))
        let v6 = Match.icmp(ICMPMatch(family: .ipv6, types: [128]))
        let named = Match.destinationAddress(Membership(.namedSet("lan")))
        let nat = Action.sourceNAT(AddressTranslation(addresses: TargetAddresses(try AddressRange("2001:db8::1"))))
        func families(_ matches: [Match], _ action: Action = .accept) -> AddressFamilies {
            Rule(matches: matches, action: action).families { $0 == "lan" ? .ipv6 : .both }
        }
        #expect(families([]) == .both)
        #expect(families([v4]) == .ipv4)
        #expect(families([v4, v6]) == [])
        #expect(families([named]) == .ipv6)
        #expect(families([], nat) == .ipv6)
        #expect(families([.family(.ipv4)], nat) == [])
    }

    @Test func aSetWithATimeoutIsForBothFamilies() throws {
        let members = AddressSet(try AddressRange("10.0.0.1"))
        #expect(NamedSet(name: "a", contents: .addresses(members)).families == .ipv4)
        #expect(NamedSet(name: "a", contents: .addresses(members), timeout: 1000).families == .both)
        #expect(NamedSet(name: "a", contents: .prefixes(AddressSet())).families == .both)
        #expect(NamedSet(name: "a", contents: .protocols([.tcp])).families == nil)
    }

    @Test func aLimitThatTheKernelCannotCountIsKnown() {
        #expect(Limit(rate: 10, period: .second).isWithinKernelBounds)
        #expect(Limit(rate: 5 << 20, unit: .bytes, period: .second).isWithinKernelBounds)
        #expect(!Limit(rate: 1 << 40, unit: .bytes, period: .second).isWithinKernelBounds)
        #expect(!Limit(rate: 1 << 20, unit: .bytes, period: .week).isWithinKernelBounds)
        #expect(!Limit(rate: 1, period: .week, burst: .max).isWithinKernelBounds)
        #expect(!Limit(rate: 0, period: .second).isWithinKernelBounds)
        #expect(!Limit(rate: 1, period: .second, burst: 0).isWithinKernelBounds)
    }
}
