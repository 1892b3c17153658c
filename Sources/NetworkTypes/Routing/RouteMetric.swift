/// What a route says of the connections over it (`RTAX_*` in <linux/rtnetlink.h>), in the words of ip(8).
public enum RouteMetric: UInt16, Sendable, Hashable, Comparable, CaseIterable {
    /// The path's largest packet, in bytes.
    case mtu = 2
    /// The largest window that is offered to peers, in bytes.
    case window = 3
    /// The first estimate of the time to the peer and back.
    case rtt = 4
    /// The first estimate of how much that time varies.
    case rttvar = 5
    /// The first slow start threshold, in segments.
    case ssthresh = 6
    /// The largest congestion window, in segments.
    case cwnd = 7
    /// The largest segment that is offered to peers, in bytes.
    case advmss = 8
    /// How far segments may be out of order before they count as lost.
    case reordering = 9
    /// The hop limit, or time to live, of packets.
    case hoplimit = 10
    /// The first congestion window, in segments.
    case initcwnd = 11
    /// The shortest time after which a segment is sent again.
    case rtoMin = 13
    /// The first window that is offered to peers, in segments.
    case initrwnd = 14
    /// Whether each segment is acknowledged at once.
    case quickack = 15
    /// Whether TCP Fast Open needs no cookie.
    case fastOpenNoCookie = 17

    /// The word of the rule language.
    public var word: String {
        switch self {
        case .rtoMin: "rto_min"
        case .fastOpenNoCookie: "fastopen_no_cookie"
        default: "\(self)"
        }
    }

    /// The metric that a word stands for.
    public init?(word: String) {
        guard let metric = Self.byWord[word] else { return nil }
        self = metric
    }

    private static let byWord = Dictionary(uniqueKeysWithValues: allCases.map { ($0.word, $0) })

    /// How many of the kernel's units make a millisecond, for a length of time; nil for what is none.
    public var unitsPerMillisecond: UInt32? {
        switch self {
        case .rtt: 8
        case .rttvar: 4
        case .rtoMin: 1
        default: nil
        }
    }

    /// Whether it may be kept from being changed by what is learnt (`RTAX_LOCK`). The shortest time counts only if it is, so it always is.
    public var canBeLocked: Bool {
        self != .rtoMin && self != .fastOpenNoCookie
    }

    /// The values that make sense and that the kernel keeps as they are, times in milliseconds. It keeps no 0.
    public var values: ClosedRange<UInt32> {
        switch self {
        // An IPv4 header with options and 8 bytes at least (RFC 791), and what the kernel cuts larger ones down to
        // (`ip_metrics_convert`).
        case .mtu: 68...65520
        case .advmss: 1...65495
        case .hoplimit: 1...255
        case .quickack, .fastOpenNoCookie: 1...1
        default: 1...UInt32.max / (unitsPerMillisecond ?? 1)
        }
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }
}
