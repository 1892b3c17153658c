import Vocabulary

/// The places a value can stand in, as far as they differ in grammar.
enum ValuePlace: Hashable {
    case interface, address, proto, port, tcpFlags, icmpType, icmpCode, ctState, ctStatus, mark, user, group
    case field(ValueType)
    case rate, burst, duration, number, binding, prefix, table, scope, feature, algorithm, preference

    /// What stands there, for messages.
    var noun: String {
        switch self {
        case .interface: "an interface"
        case .address: "an address"
        case .proto: "a protocol"
        case .port: "a port"
        case .tcpFlags: "a TCP flag"
        case .icmpType: "an ICMP type"
        case .icmpCode: "an ICMP code"
        case .ctState: "a connection state"
        case .ctStatus: "a connection status"
        case .mark: "a mark"
        case .user: "a user"
        case .group: "a group"
        case .field(let type): type.noun
        case .rate: "a rate"
        case .burst: "a number"
        case .duration: "a duration"
        case .number: "a number"
        case .binding: "a value"
        case .prefix: "a prefix"
        case .table: "a table"
        case .scope: "a scope"
        case .feature: "a feature"
        case .algorithm: "a congestion control algorithm"
        case .preference: "a preference"
        }
    }

    /// Whether a list may be written without braces.
    var allowsBareList: Bool {
        switch self {
        case .tcpFlags, .ctState, .ctStatus, .binding: true
        default: false
        }
    }

    /// Whether a number may be followed by a unit in a word of its own.
    var allowsUnit: Bool {
        switch self {
        case .rate, .burst, .binding: true
        default: false
        }
    }

    /// Whether a keyword is one of the words that this place has.
    ///
    /// Each of these places has a closed vocabulary of its own, in which some words are spelt like keywords.
    func allows(_ keyword: Keyword) -> Bool {
        switch (self, keyword) {
        case (.proto, .tcp), (.proto, .udp), (.proto, .sctp), (.proto, .dccp), (.proto, .udplite): true
        case (.proto, .icmp), (.proto, .icmpv6): true
        case (.ctStatus, .snat), (.ctStatus, .dnat): true
        case (.icmpType, .redirect): true
        case (.field(let type), _): type.allNames.contains(keyword.spelling)
        default: false
        }
    }
}
