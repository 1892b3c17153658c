import KernelObjects
import NetworkTypes
import RulesetModel

/// Connections, marks, sockets and rates.
extension RuleEncoder {
    /// Any of some bits of a connection's property, or none of them.
    mutating func append(_ key: ConntrackExpression.Key, anyOf bits: UInt32, isNegated: Bool) {
        writer.append(ConntrackExpression(key))
        writer.append(BitwiseExpression(mask: RegisterData(hostOrder: bits)))
        writer.append(CompareExpression(isNegated ? .equal : .notEqual, RegisterData(hostOrder: UInt32(0))))
    }

    /// Compares a mark that stands in the register, or looks it up.
    mutating func append(_ match: Membership<Mark>) throws(LoweringError.Reason) {
        switch match.operand {
        case .namedSet(let name):
            if sets[name]?.isInterval == true { writer.append(ByteorderExpression(.hostToNetwork, size: 4)) }
            try appendLookup(name, .marks, isNegated: match.isNegated)
        case .values(let mark):
            if mark.mask != .max { writer.append(BitwiseExpression(mask: RegisterData(hostOrder: mark.mask))) }
            let value = RegisterData(hostOrder: mark.value)
            writer.append(CompareExpression(match.isNegated ? .notEqual : .equal, value))
        }
    }

    /// User or group ids of the sending socket.
    mutating func append(
        _ ids: Membership<IntervalSet<UInt32>>,
        key: MetaExpression.Key,
        type: SetDatatype
    ) throws(LoweringError.Reason) {
        // The language has no sets of ids.
        guard case .values(let values) = ids.operand else { throw .unknownSet(ids.operand.setName) }
        writer.append(MetaExpression(key))
        let isInterval = !values.isSingles
        // Ranges compare byte by byte, which is right only in network order.
        if isInterval { writer.append(ByteorderExpression(.hostToNetwork, size: 4)) }
        if values.intervals.count == 1, let only = values.intervals.first {
            if isInterval {
                appendComparison(
                    RegisterData(networkOrder: only.lower),
                    RegisterData(networkOrder: only.upper),
                    isNegated: ids.isNegated
                )
            } else {
                let value = RegisterData(hostOrder: only.lower)
                writer.append(CompareExpression(ids.isNegated ? .notEqual : .equal, value))
            }
        } else {
            let elements = values.elements(isInterval: isInterval)
            try appendLookup(type, isInterval: isInterval, elements: elements, isNegated: ids.isNegated)
        }
    }

    mutating func append(_ limit: Limit) {
        writer.append(
            LimitExpression(
                rate: limit.rate,
                period: limit.period.rawValue,
                burst: limit.burst,
                unit: limit.unit == .packets ? .packets : .bytes,
                isOver: limit.isOver
            )
        )
    }
}

extension Operand {
    /// The name of the set; empty where values are given.
    fileprivate var setName: String {
        if case .namedSet(let name) = self { name } else { "" }
    }
}
