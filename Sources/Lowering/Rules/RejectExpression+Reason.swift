import KernelObjects
import NetworkTypes
import RulesetModel

extension RejectExpression {
    /// What a rule of one family, or of both, tells the sender.
    init(_ reason: RejectReason, family: AddressFamily?) {
        switch reason.canonical(for: family.map { AddressFamilies($0) } ?? .both) {
        case .icmp(let code): self = .icmp(code: code.rawValue)
        case .icmpv6(let code): self = .icmp(code: code.rawValue)
        case .icmpx(let code): self = .icmpx(code: code.rawValue)
        case .tcpReset: self = .tcpReset
        }
    }
}
