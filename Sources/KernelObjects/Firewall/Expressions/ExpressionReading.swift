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
        case ExpressionName.bitwise.bits: read(&fields, Expression.bitwise)
        case ExpressionName.byteorder.bits: read(&fields, Expression.byteorder)
        case ExpressionName.cmp.bits: read(&fields, Expression.compare)
        case ExpressionName.counter.bits: read(&fields, Expression.counter)
        case ExpressionName.ct.bits: read(&fields, Expression.conntrack)
        case ExpressionName.immediate.bits: read(&fields, Expression.immediate)
        case ExpressionName.limit.bits: read(&fields, Expression.limit)
        case ExpressionName.log.bits: read(&fields, Expression.log)
        case ExpressionName.lookup.bits: read(&fields, Expression.lookup)
        case ExpressionName.masq.bits: read(&fields, Expression.masquerade)
        case ExpressionName.meta.bits: read(&fields, Expression.meta)
        case ExpressionName.nat.bits: read(&fields, Expression.nat)
        case ExpressionName.notrack.bits: read(&fields) { (_: NotrackExpression) in .notrack }
        case ExpressionName.payload.bits: read(&fields, Expression.payload)
        case ExpressionName.range.bits: read(&fields, Expression.range)
        case ExpressionName.redir.bits: read(&fields, Expression.redirect)
        case ExpressionName.reject.bits: read(&fields, Expression.reject)
        case ExpressionName.exthdr.bits: read(&fields, Expression.extensionHeader)
        case ExpressionName.fib.bits: read(&fields, Expression.fib)
        case ExpressionName.hash.bits: read(&fields, Expression.hash)
        case ExpressionName.inner.bits: read(&fields, Expression.inner)
        case ExpressionName.numgen.bits: read(&fields, Expression.numberGenerator)
        case ExpressionName.osf.bits: read(&fields, Expression.osf)
        case ExpressionName.rt.bits: read(&fields, Expression.route)
        case ExpressionName.socket.bits: read(&fields, Expression.socket)
        case ExpressionName.tunnel.bits: read(&fields, Expression.tunnel)
        case ExpressionName.xfrm.bits: read(&fields, Expression.ipsec)
        default: break
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
