/// Answers a client's TCP SYN in the place of the server (`nft_synproxy.c`).
public struct SynproxyExpression: Sendable, Hashable {
    /// The options of TCP that the server understands (`NF_SYNPROXY_OPT_*`).
    public struct Options: OptionSet, Sendable, Hashable {
        public let rawValue: UInt32

        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// The largest segment size (`NF_SYNPROXY_OPT_MSS`).
        public static let segmentSize = Options(rawValue: 0x01)
        /// The scale of the window (`NF_SYNPROXY_OPT_WSCALE`).
        public static let windowScale = Options(rawValue: 0x02)
        /// Selective acknowledgements (`NF_SYNPROXY_OPT_SACK_PERM`).
        public static let selectiveAcknowledgement = Options(rawValue: 0x04)
        /// Timestamps (`NF_SYNPROXY_OPT_TIMESTAMP`).
        public static let timestamp = Options(rawValue: 0x08)
        /// Congestion notifications (`NF_SYNPROXY_OPT_ECN`).
        public static let congestionNotification = Options(rawValue: 0x10)
    }

    /// The server's largest segment size.
    public var segmentSize: UInt16
    /// The server's scale of the window.
    public var windowScale: UInt8
    /// The options of TCP that the server understands.
    public var options: Options

    /// Creates an expression.
    public init(segmentSize: UInt16 = 0, windowScale: UInt8 = 0, _ options: Options = []) {
        self.segmentSize = segmentSize
        self.windowScale = windowScale
        self.options = options
    }
}

/// `enum nft_synproxy_attributes`
private enum SynproxyAttribute {
    static let segmentSize: UInt16 = 1
    static let windowScale: UInt16 = 2
    static let options: UInt16 = 3
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ synproxy: SynproxyExpression) {
        expression(.synproxy) { writer in
            writer.networkOrder(SynproxyAttribute.segmentSize, synproxy.segmentSize)
            writer.byte(SynproxyAttribute.windowScale, synproxy.windowScale)
            writer.networkOrder(SynproxyAttribute.options, synproxy.options.rawValue)
        }
    }
}

extension SynproxyExpression: KernelExpression {
    /// `NFTA_SYNPROXY_FLAGS`
    static let highestAttribute: UInt16 = 3

    init?(_ fields: inout ExpressionFields) {
        let options = fields.networkOrder32(SynproxyAttribute.options) ?? 0
        self.init(
            segmentSize: fields.networkOrder16(SynproxyAttribute.segmentSize) ?? 0,
            windowScale: fields.byte(SynproxyAttribute.windowScale) ?? 0,
            Options(rawValue: options)
        )
    }
}
