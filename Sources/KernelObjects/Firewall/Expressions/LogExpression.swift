/// Writes a line about the packet (`nft_log.c`).
public struct LogExpression: Sendable, Hashable {
    /// Where the line goes.
    public enum Target: Sendable, Hashable {
        /// The kernel log, at this syslog(3) level, with the details that `NF_LOG_*` flags ask for.
        case kernel(level: UInt32, flags: UInt32)
        /// The listener of an `nfnetlink_log` group, with so many bytes of the packet and after so many lines.
        case group(UInt16, snapLength: UInt32?, queueThreshold: UInt16?)
    }

    /// Text at the start of the line, at most 127 bytes; nothing and an empty text differ for the kernel.
    public var prefix: String?
    /// Where it goes.
    public var target: Target

    /// Creates an expression.
    public init(prefix: String?, target: Target) {
        self.prefix = prefix
        self.target = target
    }
}

/// `enum nft_log_attributes`
private enum LogAttribute {
    static let group: UInt16 = 1
    static let prefix: UInt16 = 2
    static let snapLength: UInt16 = 3
    static let queueThreshold: UInt16 = 4
    static let level: UInt16 = 5
    static let flags: UInt16 = 6
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ log: LogExpression) {
        expression(.log) { writer in
            if let prefix = log.prefix { writer.string(LogAttribute.prefix, prefix) }
            switch log.target {
            case .kernel(let level, let flags):
                writer.networkOrder(LogAttribute.level, level)
                if flags != 0 { writer.networkOrder(LogAttribute.flags, flags) }
            case .group(let group, let snapLength, let queueThreshold):
                writer.networkOrder(LogAttribute.group, group)
                if let snapLength { writer.networkOrder(LogAttribute.snapLength, snapLength) }
                if let queueThreshold { writer.networkOrder(LogAttribute.queueThreshold, queueThreshold) }
            }
        }
    }
}

extension LogExpression: KernelExpression {
    /// `NFTA_LOG_FLAGS`
    static let highestAttribute: UInt16 = 6

    /// `LOGLEVEL_WARNING`, the kernel's choice.
    private static let defaultLevel: UInt32 = 4

    init?(_ fields: inout ExpressionFields) {
        let prefix = fields.string(LogAttribute.prefix)
        let target: Target
        if let group = fields.networkOrder16(LogAttribute.group) {
            target = .group(
                group,
                snapLength: fields.networkOrder32(LogAttribute.snapLength),
                queueThreshold: fields.networkOrder16(LogAttribute.queueThreshold)
            )
        } else {
            target = .kernel(
                level: fields.networkOrder32(LogAttribute.level) ?? Self.defaultLevel,
                flags: fields.networkOrder32(LogAttribute.flags) ?? 0
            )
        }
        self.init(prefix: prefix, target: target)
    }
}
