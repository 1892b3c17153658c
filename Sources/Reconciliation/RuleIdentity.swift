import KernelObjects

/// A rule with a digest, to find equal rules among many.
struct RuleIdentity: Hashable {
    private let digest: UInt64
    private let rule: RuleObject

    init(_ rule: RuleObject) {
        self.rule = rule
        var fingerprint = Fingerprint()
        fingerprint.combine(rule)
        digest = fingerprint.value
    }

    static func == (left: Self, right: Self) -> Bool {
        left.digest == right.digest && isSameRule(left.rule, right.rule)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(digest)
    }
}

/// Whether two rules are equal; faster than `==`, which compares byte by byte.
func isSameRule(_ left: RuleObject, _ right: RuleObject) -> Bool {
    isSameBytes(left.expressions, right.expressions) && isSameBytes(left.userdata, right.userdata)
        && left.anonymousSets == right.anonymousSets && left.additions == right.additions
}

private func isSameBytes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return left.withUnsafeBytes { left in
        right.withUnsafeBytes { right in
            var offset = 0
            while left.count - offset >= 8 {
                let words = (
                    left.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
                    right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                )
                guard words.0 == words.1 else { return false }
                offset += 8
            }
            while offset < left.count {
                guard left[offset] == right[offset] else { return false }
                offset += 1
            }
            return true
        }
    }
}
