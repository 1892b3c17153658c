public import Diagnostics
public import Vocabulary

/// One match of a rule, or of the words that a block's rules share.
public struct ClauseSyntax: Sendable, Hashable {
    /// The match with its keywords and values.
    public let range: SourceRange
    /// What it matches.
    public let match: MatchSyntax
}

/// What a clause matches.
public enum MatchSyntax: Sendable, Hashable {
    /// `on`, `from` or `to` an interface.
    case interface(InterfaceSide, ValueSyntax)
    /// `ip` or `ip6`: the packet's family.
    case family(FamilyWord)
    /// `saddr` or `daddr`.
    case address(EndpointSide, ValueSyntax)
    /// `tcp`, `udp`, `sctp`, `dccp`, `udplite`; ports and flags are clauses of their own.
    case transport(TransportWord)
    /// `proto` with names or numbers.
    case proto(ValueSyntax)
    /// `sport` or `dport`.
    case port(EndpointSide, ValueSyntax)
    /// `flags F` or `flags F / MASK`; the value is masked or a list or a single flag.
    case tcpFlags(ValueSyntax)
    /// `icmp` or `icmpv6`, with `type T` and `code C` if they are there.
    case icmp(ICMPWord, type: ValueSyntax?, code: ValueSyntax?)
    /// `ct state`.
    case ctState(ValueSyntax)
    /// `ct status`.
    case ctStatus(ValueSyntax)
    /// `ct mark V` or `ct mark V/M`.
    case ctMark(ValueSyntax)
    /// `mark V` or `mark V/M`.
    case mark(ValueSyntax)
    /// `skuid`: the user that owns the socket.
    case skuid(ValueSyntax)
    /// `skgid`: the group that owns the socket.
    case skgid(ValueSyntax)
    /// `ct original daddr`: the destination address of the connection's first packet, before translation.
    case ctOriginalAddress(ValueSyntax)
    /// `ct original dport`: the destination port of the connection's first packet, before translation.
    case ctOriginalPort(ValueSyntax)
    /// A field of the vocabulary.
    case field(Field.ID, ValueSyntax)
    /// `limit [over] RATE [burst N]`; a rate is a quantity such as `10/second` or `5 mbytes/second`.
    case limit(ValueSyntax, isOver: Bool, burst: ValueSyntax?)
    /// `$name` where a match stands: a group of matches.
    case group(NameSyntax)
}

/// The word before an interface.
public enum InterfaceSide: Sendable, Hashable {
    /// `on`: the one interface that the direction has.
    case on
    /// `from`: the interface the packet came in by.
    case from
    /// `to`: the interface the packet goes out by.
    case to
}

/// Which of a packet's two addresses or ports.
public enum EndpointSide: Sendable, Hashable {
    /// `saddr`, `sport`.
    case source
    /// `daddr`, `dport`.
    case destination
}

/// The word for an address family.
public enum FamilyWord: Sendable, Hashable {
    /// `ip`: IPv4.
    case ip
    /// `ip6`: IPv6.
    case ip6
}

/// The word for a transport protocol.
public enum TransportWord: Sendable, Hashable, CaseIterable {
    case tcp
    case udp
    case sctp
    case dccp
    case udplite
}

/// The word for a control message protocol.
public enum ICMPWord: Sendable, Hashable {
    /// `icmp`: RFC 792.
    case icmp
    /// `icmpv6`: RFC 4443.
    case icmpv6
}
