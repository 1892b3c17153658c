import NetworkTypes
import RulesetModel

extension TextBuffer {
    /// Appends what a rule does, with a blank before it; nothing for a rule that only counts.
    mutating func write(nftAction action: Action) throws(Inexpressible) {
        switch action {
        case .accept: write(" accept")
        case .drop: write(" drop")
        case .return: write(" return")
        case .count: break
        case .notrack: write(" notrack")
        case .log(let statement): try write(nftLog: statement)
        case .reject(let reason): write(nftReject: reason)
        case .redirect(let redirect):
            write(" redirect")
            try write(nftTarget: nil, redirect.ports, redirect.flags)
        case .masquerade(let masquerade):
            write(" masquerade")
            try write(nftTarget: nil, masquerade.ports, masquerade.flags)
        case .destinationNAT(let translation):
            write(" dnat")
            try write(nftTarget: translation.addresses, translation.ports, translation.flags)
        case .sourceNAT(let translation):
            write(" snat")
            try write(nftTarget: translation.addresses, translation.ports, translation.flags)
        case .setMark(let mark): write(nftMark: mark, " meta mark set ", old: "meta mark")
        case .setConnectionMark(let mark): write(nftMark: mark, " ct mark set ", old: "ct mark")
        case .jump(let chain):
            write(" jump ")
            try write(nftName: chain)
        case .goto(let chain):
            write(" goto ")
            try write(nftName: chain)
        }
    }

    /// Appends a line in the log, with a blank before it.
    mutating func write(nftLog statement: LogStatement) throws(Inexpressible) {
        write(" log")
        if !statement.prefix.isEmpty {
            // In this one place nft takes a dollar for the start of a variable's name.
            guard !statement.prefix.utf8.contains(UInt8(ascii: "$")) else {
                throw Inexpressible("nft's log prefixes hold no '$'")
            }
            write(" prefix ")
            try write(nftString: statement.prefix)
        }
        switch statement.target {
        case .kernel(.warn): break
        case .kernel(let level):
            write(" level ")
            write(level)
        case .group(let group):
            write(" group ")
            write(decimal: group)
        }
    }

    private mutating func write(nftReject reason: RejectReason) {
        write(" reject")
        switch reason {
        case .icmpx(.portUnreachable): break
        case .icmpx(let code):
            write(" with icmpx ")
            write(code)
        case .icmp(let code):
            write(" with icmp ")
            write(code)
        case .icmpv6(let code):
            write(" with icmpv6 ")
            write(code)
        case .tcpReset: write(" with tcp reset")
        }
    }

    private mutating func write(
        nftTarget addresses: TargetAddresses?,
        _ ports: Interval<UInt16>?,
        _ flags: NATFlags
    ) throws(Inexpressible) {
        if let addresses {
            write(addresses.family == .ipv4 ? " ip" : " ip6")
            if case .prefix = addresses {
                // Beside flags nft forgets that the prefix was one.
                guard ports == nil, flags.isEmpty else {
                    throw Inexpressible("nft has no new port and no flags beside a new prefix")
                }
                write(" prefix")
            }
            write(" to ")
            addresses.write(to: &self, isBracketed: addresses.family == .ipv6 && ports != nil)
        } else if ports != nil {
            write(" to ")
        }
        if let ports {
            write(UInt8(ascii: ":"))
            write(ports)
        }
        guard !flags.isEmpty else { return }
        write(UInt8(ascii: " "))
        flags.writeNames(to: &self)
    }

    private mutating func write(nftMark mark: Mark, _ verb: StaticString, old: StaticString) {
        write(verb)
        guard mark.mask != .max else { return write(nftMark: mark.value) }
        write(old)
        let kept = ~mark.mask
        // The bits to set need not be cleared before.
        if kept | mark.value != .max {
            write(" & ")
            write(nftMark: kept | mark.value)
        }
        if mark.value != 0 {
            write(" | ")
            write(nftMark: mark.value)
        }
    }
}
