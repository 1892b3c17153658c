public import NetworkTypes

/// The base chains that rules with a direction stand in; a ruleset has those that its rules and policies need.
///
/// Raw values count from 0 in the order of `allCases`.
public enum StandardChain: Int, Sendable, Hashable, CaseIterable {
    case input
    case forward
    case output
    case preroutingNAT
    case outputNAT
    case inputNAT
    case postroutingNAT
    case preroutingMangle
    case forwardMangle
    case outputMangle
    case preroutingRaw
    case outputRaw

    /// The name in the kernel.
    public var name: String {
        switch self {
        case .input: "input"
        case .forward: "forward"
        case .output: "output"
        case .preroutingNAT: "prerouting-nat"
        case .outputNAT: "output-nat"
        case .inputNAT: "input-nat"
        case .postroutingNAT: "postrouting-nat"
        case .preroutingMangle: "prerouting-mangle"
        case .forwardMangle: "forward-mangle"
        case .outputMangle: "output-mangle"
        case .preroutingRaw: "prerouting-raw"
        case .outputRaw: "output-raw"
        }
    }

    /// What the kernel lets the chain's rules do.
    public var type: ChainType {
        switch self {
        case .input, .forward, .output, .preroutingMangle, .forwardMangle, .preroutingRaw, .outputRaw: .filter
        case .preroutingNAT, .outputNAT, .inputNAT, .postroutingNAT: .nat
        case .outputMangle: .route
        }
    }

    /// Where packets come by.
    public var hook: NetfilterHook {
        switch self {
        case .input, .inputNAT: .input
        case .forward, .forwardMangle: .forward
        case .output, .outputNAT, .outputMangle, .outputRaw: .output
        case .preroutingNAT, .preroutingMangle, .preroutingRaw: .prerouting
        case .postroutingNAT: .postrouting
        }
    }

    /// The place among the chains of the hook, smaller first: `NF_IP_PRI_RAW`, `MANGLE`, `NAT_DST`, `FILTER`, `NAT_SRC`.
    public var priority: Int32 {
        switch self {
        case .preroutingRaw, .outputRaw: -300
        case .preroutingMangle, .forwardMangle, .outputMangle: -150
        case .preroutingNAT, .outputNAT: -100
        case .input, .forward, .output: 0
        case .inputNAT, .postroutingNAT: 100
        }
    }
}

extension Direction {
    /// The chain that filters packets of this direction, whose policy is the direction's policy.
    public var filterChain: StandardChain {
        switch self {
        case .input: .input
        case .output: .output
        case .forward: .forward
        }
    }

    /// The chain that a rule with these demands on its chain stands in; nil if there is none.
    ///
    /// Marks can be set in every chain, so that they choose one only if nothing else does.
    public func standardChain(for needs: ChainNeeds) -> StandardChain? {
        let needs = needs == .mangle ? needs : needs.subtracting(.mangle)
        if needs.isSubset(of: .filter) { return filterChain }
        return switch (needs, self) {
        case (.destinationNAT, .input): .preroutingNAT
        case (.destinationNAT, .output): .outputNAT
        case (.sourceNAT, .input): .inputNAT
        case (.sourceNAT, _), (.masquerade, .output), (.masquerade, .forward): .postroutingNAT
        case ([.sourceNAT, .masquerade], .output), ([.sourceNAT, .masquerade], .forward): .postroutingNAT
        case (.mangle, .input): .preroutingMangle
        case (.mangle, .output): .outputMangle
        case (.mangle, .forward): .forwardMangle
        case (.raw, .input): .preroutingRaw
        case (.raw, .output): .outputRaw
        default: nil
        }
    }
}
