import NetworkTypes

extension AddressObject {
    /// The message that gives an interface the address again. Nobody is asked whether the address is taken (`IFA_F_NODAD`): it was this
    /// host's a moment ago, and routes need it at once.
    public var creation: EncodedMessage {
        var writer = AttributeWriter(capacity: 64)
        let start = writer.claim(8)
        writer.store(address.family.rawValue, at: start)
        writer.store(prefixLength, at: start + 1)
        writer.store(UInt8(0), at: start + 2)
        writer.store(scope, at: start + 3)
        writer.store(interfaceIndex, at: start + 4)
        // IFA_LOCAL, IFA_ADDRESS, IFA_FLAGS
        writer.address(2, address)
        writer.address(1, address)
        writer.hostOrder(8, UInt32(0x2))
        return EncodedMessage(
            type: RoutingMessage.newAddress,
            flags: MessageFlag.create | MessageFlag.exclusive,
            payload: writer.takeBytes()
        )
    }
}
