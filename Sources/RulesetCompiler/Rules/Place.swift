import NetworkTypes
import RulesetModel

/// Where on the way of a packet a rule stands.
enum Place: Hashable {
    /// Outside declared chains; the verb says which chain of the direction it is.
    case direction(RulesetModel.Direction)
    /// In a declared chain that the kernel calls.
    case base(BaseChain)
    /// In a declared chain that is jumped to: which packets come by is known once all chains are.
    case regular
}

/// How the kernel calls a declared chain.
struct BaseChain: Hashable {
    let type: ChainType
    let hook: NetfilterHook
    let priority: Int32
    let policy: ChainPolicy
}

extension Place {
    /// The direction that a rule has in the model.
    var direction: RulesetModel.Direction? {
        if case .direction(let direction) = self { direction } else { nil }
    }

    /// Whether packets came in by an interface; nothing where that is not known yet.
    var hasInputInterface: Bool? {
        switch self {
        case .direction(.output): false
        case .direction: true
        case .base(let chain): chain.hook.hasInputInterface
        case .regular: nil
        }
    }

    /// Whether packets are to leave by an interface; nothing where that is not known yet.
    var hasOutputInterface: Bool? {
        switch self {
        case .direction(.input): false
        case .direction: true
        case .base(let chain): chain.hook.hasOutputInterface
        case .regular: nil
        }
    }

    /// Whether packets may have a socket that sent them; nothing where that is not known yet.
    var hasSocket: Bool? {
        switch self {
        case .direction(let direction): direction == .output
        case .base(let chain): chain.hook.hasSocket
        case .regular: nil
        }
    }
}

extension NetfilterHook {
    /// Whether packets came in by an interface; in postrouting those do that were forwarded.
    var hasInputInterface: Bool {
        self != .output
    }

    /// Whether packets are to leave by an interface.
    var hasOutputInterface: Bool {
        switch self {
        case .forward, .output, .postrouting: true
        case .prerouting, .input: false
        }
    }

    /// Whether packets may have a socket that sent them.
    var hasSocket: Bool {
        self == .output || self == .postrouting
    }
}
