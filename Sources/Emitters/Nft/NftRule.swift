import NetworkTypes
import RulesetModel
import Vocabulary

/// Writes rules in nft's language, so that nft makes of the text the same expressions in the same order as Weir.
struct NftRule {
    /// The hook of the chain that the rules stand in; nothing in a regular chain.
    let hook: NetfilterHook?
    /// What the rule's counter begins with.
    var packets: UInt64 = 0
    /// What the rule's counter begins with.
    var bytes: UInt64 = 0

    /// Appends a kernel rule, without a line end.
    func write(_ entry: TableContent.Rule, to text: inout TextBuffer) throws(Inexpressible) {
        do {
            try write(entry.rule, entry.family, counts: entry.counts, to: &text)
        } catch {
            throw Inexpressible(error.reason, origin: error.origin ?? entry.origin)
        }
    }

    private func write(
        _ rule: Rule,
        _ family: AddressFamily?,
        counts: Bool,
        to text: inout TextBuffer
    ) throws(Inexpressible) {
        if rule.isForwardedOnly(in: hook) { text.write("iif != 0 ") }
        try writeMatches(of: rule, family, to: &text)
        var parts = TextBuffer()
        if counts || rule.action == .count {
            parts.write(" counter")
            if packets > 0 || bytes > 0 { parts.write(" packets \(packets) bytes \(bytes)") }
        }
        if let log = rule.log { try parts.write(nftLog: log) }
        try parts.write(nftAction: rule.action)
        if let comment = rule.comment {
            parts.write(" comment ")
            try parts.write(nftString: comment)
        }
        // The first of the parts has a blank too many.
        for byte in parts.bytes.dropFirst() { text.write(byte) }
    }

    private func writeMatches(
        of rule: Rule,
        _ family: AddressFamily?,
        to text: inout TextBuffer
    ) throws(Inexpressible) {
        // Weir asks for the family first. Where only the new address of a translation tells it, or a later condition, nft has to be told.
        let first = rule.matches.first { !$0.isOnInterfaces }
        var neededFamily = first?.tellsFamily ?? false ? nil : family
        var transport: IPProtocol?
        for (index, match) in rule.matches.enumerated() {
            let next = rule.matches.dropFirst(index + 1).first
            if !match.isOnInterfaces, let family = neededFamily.take() { text.write(nftFamily: family) }
            switch match {
            case .family(let family):
                // An address, or an ICMP type, says the family too.
                if !(next?.tellsFamily ?? false) { text.write(nftFamily: family) }
                continue
            case .transportProtocol(let protocols):
                transport = protocols.single
                // So does the name of the protocol in front of what is asked for of its header.
                if let transport, next?.names(transport) ?? false { continue }
            default: break
            }
            let previous = rule.matches.prefix(index).last
            try text.write(nftMatch: match, behind: previous, family: family, transport: transport)
            text.write(UInt8(ascii: " "))
        }
        if let family = neededFamily { text.write(nftFamily: family) }
    }
}

extension TextBuffer {
    fileprivate mutating func write(nftFamily family: AddressFamily) {
        write(family == .ipv4 ? "meta nfproto ipv4 " : "meta nfproto ipv6 ")
    }
}

extension Match {
    /// Whether the match is about interfaces, which come before the family.
    fileprivate var isOnInterfaces: Bool {
        switch self {
        case .inputInterface, .outputInterface: true
        default: false
        }
    }

    /// Whether the match is about this protocol's header, which its own keyword names.
    fileprivate func names(_ transport: IPProtocol) -> Bool {
        switch self {
        case .sourcePort, .destinationPort, .tcpFlags: true
        case .field(let match): match.row.layer.transportProtocol == transport
        default: false
        }
    }

    /// Whether nft knows the family from the match.
    fileprivate var tellsFamily: Bool {
        switch self {
        case .family, .sourceAddress, .destinationAddress, .icmp: true
        case .field(let match): match.row.tellsFamily
        default: false
        }
    }
}

extension Field {
    /// Whether nft asks for the family where it comes to the field. For extension headers it does so before all else.
    fileprivate var tellsFamily: Bool {
        guard load.isPerFamily || load.families != .both else { return false }
        return load.values.allSatisfy { load in
            switch load {
            case .extensionHeader(.ipv6, _, _), .extensionHeaderPresence(.ipv6, _): false
            default: true
            }
        }
    }
}
