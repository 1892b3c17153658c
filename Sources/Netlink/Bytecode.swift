import CNetfilter
public import SystemPackage

/// A rule as libnftnl understands it: the virtual machine's instructions in the words of `nft --debug=netlink`.
///
/// It is the second opinion on what was encoded or read, for people and for tests. It owns libnftnl's rule and frees it at the
/// end of its life.
public struct Bytecode: ~Copyable {
    /// `struct nftnl_rule`, owned.
    private let rule: OpaquePointer

    /// Lets libnftnl read a rule.
    ///
    /// Give it only what the kernel dumped or this program encoded: libnftnl ends the process (`exit`) when an attribute has
    /// not the size that it expects.
    /// - Parameter payload: The payload of a `NFT_MSG_NEWRULE` message: `struct nfgenmsg` and attributes.
    /// - Throws: If libnftnl does not understand it: it refuses a whole rule for one expression that it does not know.
    public init(rulePayload payload: [UInt8]) throws(BytecodeError) {
        let isReadable = payload.withUnsafeBytes { isWellFormedRule($0) }
        guard isReadable else { throw BytecodeError(errno: .invalidArgument) }
        guard let rule = nftnl_rule_alloc() else { throw BytecodeError(errno: .noMemory) }
        // NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWRULE
        let header = NetlinkHeader(type: 10 << 8 | 6, flags: .request, sequence: 0)
        var message: [UInt8] = []
        message.reserveCapacity(NetlinkHeader.encodedSize + payload.count)
        header.encode(payloadSize: payload.count, into: &message)
        message += payload
        let status = message.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: nlmsghdr.self) { nftnl_rule_nlmsg_parse($0.baseAddress, rule) }
        }
        guard status == 0 else {
            let error = BytecodeError(errno: .last)
            nftnl_rule_free(rule)
            throw error
        }
        self.rule = rule
    }

    deinit {
        nftnl_rule_free(rule)
    }

    /// The instructions in order, each like `[ meta load l4proto => reg 1 ]`.
    public var instructions: [String] {
        guard let iterator = nftnl_expr_iter_create(rule) else { return [] }
        defer { nftnl_expr_iter_destroy(iterator) }
        var instructions: [String] = []
        while let expression = nftnl_expr_iter_next(iterator) {
            let name = nftnl_expr_get_str(expression, UInt16(NFTNL_EXPR_NAME)).map { String(cString: $0) } ?? ""
            instructions.append("[ \(name) \(operands(of: expression))]")
        }
        return instructions
    }

    /// What libnftnl prints after an expression's name, with a space at its end.
    private func operands(of expression: OpaquePointer) -> String {
        var capacity = 256
        while true {
            var size = 0
            let text = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                buffer.withMemoryRebound(to: CChar.self) {
                    let type = UInt32(NFTNL_OUTPUT_DEFAULT.rawValue)
                    size = Int(nftnl_expr_snprintf($0.baseAddress, $0.count, expression, type, 0))
                }
                count = max(0, min(size, capacity - 1))
            }
            if size < capacity { return String(decoding: text, as: UTF8.self) }
            capacity = size + 1
        }
    }
}

/// libnftnl did not understand a rule.
public struct BytecodeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The error number that libnftnl left; `EOPNOTSUPP` or `EINVAL` for an unknown expression.
    public var errno: Errno

    /// One line for people.
    public var description: String { "libnftnl cannot read the rule: \(errno.description)" }
}

/// Whether a rule has the frame that libnftnl takes for granted: attributes whose lengths fit, and a name in each expression.
private func isWellFormedRule(_ payload: UnsafeRawBufferPointer) -> Bool {
    guard payload.count >= 4 else { return false }
    var walk = AttributeWalk(payload, from: 4)
    while let attribute = walk.next() {
        // NFTA_RULE_EXPRESSIONS
        if attribute.type == 4, !isWellFormedList(attribute.value, depth: 0) { return false }
    }
    return walk.isComplete
}

/// Whether each member of a list of expressions has a name (`NFTA_EXPR_NAME`) that ends.
private func isWellFormedList(_ list: UnsafeRawBufferPointer, depth: Int) -> Bool {
    var walk = AttributeWalk(list)
    while let member = walk.next() {
        if !isWellFormedExpression(member.value, depth: depth) { return false }
    }
    return walk.isComplete
}

private func isWellFormedExpression(_ expression: UnsafeRawBufferPointer, depth: Int) -> Bool {
    var isNamed = false
    var isDynamicSet = false
    var walk = AttributeWalk(expression)
    while let attribute = walk.next() {
        switch attribute.type {
        case 1:
            guard attribute.value.last == 0 else { return false }
            isNamed = true
            isDynamicSet = attribute.value.elementsEqual("dynset\0".utf8)
        case 2 where isDynamicSet:
            guard depth < 4, isWellFormedDynamicSet(attribute.value, depth: depth + 1) else { return false }
        default:
            continue
        }
    }
    return isNamed && walk.isComplete
}

/// A dynset expression holds others: one in `NFTA_DYNSET_EXPR` (7), or a list in `NFTA_DYNSET_EXPRESSIONS` (10).
private func isWellFormedDynamicSet(_ data: UnsafeRawBufferPointer, depth: Int) -> Bool {
    var walk = AttributeWalk(data)
    while let attribute = walk.next() {
        if attribute.type == 7, !isWellFormedExpression(attribute.value, depth: depth) { return false }
        if attribute.type == 10, !isWellFormedList(attribute.value, depth: depth) { return false }
    }
    return walk.isComplete
}
