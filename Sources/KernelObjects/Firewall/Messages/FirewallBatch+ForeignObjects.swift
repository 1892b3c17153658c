extension FirewallBatch {
    /// Makes an object again that somebody else had put into the table.
    @discardableResult
    public mutating func addForeignObject(_ object: ForeignObject) throws(KernelObjectsError) -> Int {
        try append(object.messageType, flags: MessageFlag.create, "object '\(object.name)'") { writer in
            object.attributes.withUnsafeBytes { buffer in
                var reader = AttributeReader(buffer)
                while let attribute = reader.next() {
                    if !object.isStatistic(attribute.type) { writer.raw(attribute.whole) }
                }
            }
        }
    }

    /// Deletes an object that somebody else has put into the table.
    @discardableResult
    public mutating func deleteForeignObject(_ object: ForeignObject) throws(KernelObjectsError) -> Int {
        let isFlowtable = object.messageType == FirewallMessage.newFlowtable
        let type = isFlowtable ? FirewallMessage.deleteFlowtable : FirewallMessage.deleteObject
        return try append(type, flags: 0, "object '\(object.name)'") { writer in
            object.attributes.withUnsafeBytes { buffer in
                var reader = AttributeReader(buffer)
                while let attribute = reader.next() {
                    switch attribute.type {
                    case ObjectAttribute.table, ObjectAttribute.name: writer.raw(attribute.whole)
                    case ObjectAttribute.type where !isFlowtable: writer.raw(attribute.whole)
                    default: break
                    }
                }
            }
        }
    }
}

extension ForeignObject {
    /// Whether an attribute only says what the kernel knows by itself: the use count and the handle.
    fileprivate func isStatistic(_ type: UInt16) -> Bool {
        switch messageType {
        // NFTA_FLOWTABLE_USE, NFTA_FLOWTABLE_HANDLE
        case FirewallMessage.newFlowtable: type == 4 || type == 5
        // NFTA_OBJ_USE, NFTA_OBJ_HANDLE
        default: type == 5 || type == 6
        }
    }
}
