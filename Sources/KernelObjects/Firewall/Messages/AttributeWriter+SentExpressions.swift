extension AttributeWriter {
    /// Writes canonical expressions as the kernel takes them.
    ///
    /// That is how it says them, but for a few attributes that it says and refuses, and for the anonymous sets of a rule: each expression
    /// that looks into one gets the number of the rule's next one.
    mutating func sentExpressions(_ expressions: [UInt8], anonymousSetIDs: [UInt32]) {
        expressions.withUnsafeBytes { list in
            guard !anonymousSetIDs.isEmpty || SentForm.isNeeded(in: list) else { return raw(list) }
            var ids = anonymousSetIDs[...]
            var reader = AttributeReader(list)
            while let element = reader.next() {
                guard let form = SentForm(element) else {
                    raw(element.whole)
                    continue
                }
                write(form, &ids)
            }
        }
    }

    private mutating func write(_ form: SentForm, _ ids: inout ArraySlice<UInt32>) {
        let element = open(ExpressionAttribute.element)
        raw(form.name.whole)
        let data = open(ExpressionAttribute.data)
        var reader = form.fields
        while let field = reader.next() {
            switch field.type {
            case _ where form.omitted.contains(field.type): continue
            case DynamicSetAttribute.flags where form.hasList:
                networkOrder(field.type, (field.networkOrder32 ?? 0) | DynamicSetAttribute.hasList)
            default: raw(field.whole)
            }
        }
        if let setID = form.setID, let id = ids.popFirst() { networkOrder(setID, id) }
        close(data)
        close(element)
    }
}

/// How an expression is sent that is not sent as it is said.
private struct SentForm {
    let name: AttributeReader.Attribute
    let fields: AttributeReader
    /// The attributes that are left away.
    private(set) var omitted: Set<UInt16> = []
    /// The attribute for the number of the anonymous set that the expression looks into.
    private(set) var setID: UInt16?
    /// Whether it is a `dynset` with a list of expressions, which its flags have to announce (`NFT_DYNSET_F_EXPR`).
    private(set) var hasList = false

    /// Whether one of the expressions in a list may be of a kind that is sent otherwise, anonymous sets aside.
    static func isNeeded(in list: UnsafeRawBufferPointer) -> Bool {
        var reader = AttributeReader(list)
        while let element = reader.next() {
            guard element.value.count >= AttributeWriter.headerSize + 8 else { continue }
            let start = element.value.loadUnaligned(fromByteOffset: AttributeWriter.headerSize, as: UInt64.self)
            if start == ExpressionName.exthdr.head.bigEndian || start == ExpressionName.dynset.head.bigEndian {
                return true
            }
        }
        return false
    }

    /// Nil for an expression that is sent as it is said.
    init?(_ element: AttributeReader.Attribute) {
        var parts = element.nested
        guard let name = parts.next(), name.type == ExpressionAttribute.name, let data = parts.next(),
            data.type == ExpressionAttribute.data
        else { return nil }
        self.name = name
        fields = data.nested
        switch name.leadingBits {
        case ExpressionName.lookup.bits: look(into: LookupAttribute.set, LookupAttribute.setID)
        case ExpressionName.objref.bits: look(into: ObjectReferenceAttribute.set, ObjectReferenceAttribute.setID)
        case ExpressionName.dynset.bits: readDynamicSet()
        case ExpressionName.exthdr.bits: readExtensionHeader()
        default: return nil
        }
        guard setID != nil || hasList || !omitted.isEmpty else { return nil }
    }

    /// Takes note that the expression looks into an anonymous set, if the attribute with its name says so.
    private mutating func look(into set: UInt16, _ id: UInt16) {
        if let name = field(set)?.string, SetObject.isAnonymousName(name) { setID = id }
    }

    /// No lifetime is what a set without lifetimes says, and refuses (`EOPNOTSUPP`).
    private mutating func readDynamicSet() {
        if field(DynamicSetAttribute.timeout)?.networkOrder64 == 0 { omitted.insert(DynamicSetAttribute.timeout) }
        hasList = field(DynamicSetAttribute.expressions) != nil
    }

    /// What changes an option has no flags, and what takes one out nothing but a type (`EINVAL`).
    private mutating func readExtensionHeader() {
        guard field(ExtensionHeaderAttribute.destination) == nil else { return }
        omitted = [ExtensionHeaderAttribute.flags]
        guard field(ExtensionHeaderAttribute.source) == nil else { return }
        omitted.formUnion([ExtensionHeaderAttribute.offset, ExtensionHeaderAttribute.length])
    }

    private func field(_ type: UInt16) -> AttributeReader.Attribute? {
        var reader = fields
        while let field = reader.next() {
            if field.type == type { return field }
        }
        return nil
    }
}
