/// What one `NFTA_LIST_ELEM` says, as far as it is known.
struct ExpressionReading {
    /// The expression; nil if it is of an unknown kind, or says something that has no words here.
    private(set) var expression: Expression?
    /// Attributes that the expression has besides, and that no kernel had when this was written. The expression means what it says only
    /// as far as these leave it alone.
    private(set) var additions: [UInt16] = []

    /// Reads an element.
    init(_ element: AttributeReader.Attribute) {
        var name: UInt128?
        var data: AttributeReader?
        var isPlain = true
        var reader = element.nested
        while let attribute = reader.next() {
            switch attribute.type {
            case ExpressionAttribute.name where name == nil: name = attribute.leadingBits
            case ExpressionAttribute.data where data == nil: data = attribute.nested
            default: isPlain = false
            }
        }
        guard isPlain, !reader.isMalformed, let name else { return }
        // A kernel may leave out what is empty.
        var fields = ExpressionFields(data ?? AttributeReader(UnsafeRawBufferPointer(start: nil, count: 0)))
        switch name {
        case ExpressionName.bitwise.bits: readBitwise(&fields)
        case ExpressionName.byteorder.bits: read(&fields, Expression.byteorder)
        case ExpressionName.cmp.bits: read(&fields, Expression.compare)
        case ExpressionName.counter.bits: read(&fields, Expression.counter)
        case ExpressionName.ct.bits: read(&fields, Expression.conntrack)
        case ExpressionName.immediate.bits: read(&fields, Expression.immediate)
        case ExpressionName.limit.bits: read(&fields, Expression.limit)
        case ExpressionName.log.bits: read(&fields, Expression.log)
        case ExpressionName.lookup.bits:
            if fields.has(LookupAttribute.destination) {
                read(&fields, Expression.map)
            } else {
                read(&fields, Expression.lookup)
            }
        case ExpressionName.masq.bits: read(&fields, Expression.masquerade)
        case ExpressionName.meta.bits: read(&fields, Expression.meta)
        case ExpressionName.nat.bits: read(&fields, Expression.nat)
        case ExpressionName.notrack.bits: read(&fields) { (_: NotrackExpression) in .notrack }
        case ExpressionName.payload.bits:
            if fields.has(PayloadAttribute.source) {
                read(&fields, Expression.payloadWrite)
            } else {
                read(&fields, Expression.payload)
            }
        case ExpressionName.range.bits: read(&fields, Expression.range)
        case ExpressionName.redir.bits: read(&fields, Expression.redirect)
        case ExpressionName.reject.bits: read(&fields, Expression.reject)
        case ExpressionName.connlimit.bits: read(&fields, Expression.connectionLimit)
        case ExpressionName.dup.bits: read(&fields, Expression.duplicate)
        case ExpressionName.dynset.bits: read(&fields, Expression.dynamicSet)
        case ExpressionName.exthdr.bits:
            if fields.has(ExtensionHeaderAttribute.destination) {
                read(&fields, Expression.extensionHeader)
            } else {
                read(&fields, Expression.tcpOption)
            }
        case ExpressionName.fib.bits: read(&fields, Expression.fib)
        case ExpressionName.flowOffload.bits: read(&fields, Expression.flowOffload)
        case ExpressionName.fwd.bits: read(&fields, Expression.forward)
        case ExpressionName.hash.bits: read(&fields, Expression.hash)
        case ExpressionName.inner.bits: read(&fields, Expression.inner)
        case ExpressionName.last.bits: read(&fields, Expression.last)
        case ExpressionName.numgen.bits: read(&fields, Expression.numberGenerator)
        case ExpressionName.objref.bits: read(&fields, Expression.object)
        case ExpressionName.osf.bits: read(&fields, Expression.osf)
        case ExpressionName.queue.bits: read(&fields, Expression.queue)
        case ExpressionName.quota.bits: read(&fields, Expression.quota)
        case ExpressionName.rt.bits: read(&fields, Expression.route)
        case ExpressionName.socket.bits: read(&fields, Expression.socket)
        case ExpressionName.synproxy.bits: read(&fields, Expression.synproxy)
        case ExpressionName.tproxy.bits: read(&fields, Expression.transparentProxy)
        case ExpressionName.tunnel.bits: read(&fields, Expression.tunnel)
        case ExpressionName.xfrm.bits: read(&fields, Expression.ipsec)
        default: break
        }
    }

    /// `NFT_BITWISE_MASK_XOR`, the shifts, or those of two operands.
    private mutating func readBitwise(_ fields: inout ExpressionFields) {
        guard fields.has(BitwiseAttribute.data) || fields.has(BitwiseAttribute.secondSource) else {
            return read(&fields, Expression.bitwise)
        }
        switch fields.networkOrder32(BitwiseAttribute.operation).flatMap(LogicExpression.Operation.init(rawValue:)) {
        case nil: read(&fields, Expression.shift)
        case .some: read(&fields, Expression.logic)
        }
    }

    @inline(__always)
    private mutating func read<Known: KernelExpression>(
        _ fields: inout ExpressionFields,
        _ make: (Known) -> Expression
    ) {
        guard let known = Known(&fields) else { return }
        if fields.areAllUnderstood {
            expression = make(known)
        } else if let rest = fields.additions(after: Known.highestAttribute) {
            expression = make(known)
            additions = rest
        }
    }
}

/// `notrack` says nothing about itself.
private struct NotrackExpression: KernelExpression {
    static let highestAttribute: UInt16 = 0

    init?(_ fields: inout ExpressionFields) {}
}
