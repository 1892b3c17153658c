public import NetworkTypes

/// What a packet must be known to have before the kernel may look for a field in it.
public enum Layer: Sendable, Hashable {
    /// Nothing beyond what every packet has.
    case any
    /// An Ethernet header: the interface that the packet came in by is of that kind.
    case ethernet
    /// The header of this transport protocol.
    case transport(IPProtocol)

    /// The protocol whose header it is.
    public var transportProtocol: IPProtocol? {
        if case .transport(let number) = self { number } else { nil }
    }
}

/// Which packets have a field, told by the place where a rule sees them.
public enum Places: Sendable, Hashable {
    /// Packets everywhere.
    case everywhere
    /// Packets that came in by an interface: not those that this host sends.
    case afterInput
    /// The same, as long as they have not been routed to an interface.
    case received
    /// Packets for this host, and those that it sends.
    case local
    /// Packets whose way out is known: not those on their way to this host, or before routing.
    case beforeOutput

    /// Whether packets at a hook have it.
    public func include(_ hook: NetfilterHook) -> Bool {
        switch (self, hook) {
        case (.everywhere, _): true
        case (.afterInput, .output), (.received, .output), (.received, .postrouting): false
        case (.afterInput, _), (.received, _): true
        case (.local, .forward), (.local, .postrouting): false
        case (.local, _): true
        case (.beforeOutput, .prerouting), (.beforeOutput, .input): false
        case (.beforeOutput, _): true
        }
    }
}
