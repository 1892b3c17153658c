import NetworkTypes

/// What is done with a route.
public enum RouteOperation: Sendable, Hashable {
    /// Make it where there is none of its key (`NLM_F_CREATE | NLM_F_EXCL`).
    case add
    /// Put it in the place of the one of the same key, which must be there (`NLM_F_REPLACE` without `NLM_F_CREATE`).
    case replace
    /// Delete it and nothing else: all that tells it from others is in the message, since the kernel takes what is missing for
    /// "any".
    case delete

    fileprivate var type: UInt16 {
        self == .delete ? RoutingMessage.deleteRoute : RoutingMessage.newRoute
    }

    fileprivate var flags: UInt16 {
        switch self {
        case .add: MessageFlag.create | MessageFlag.exclusive
        case .replace: MessageFlag.replace
        case .delete: 0
        }
    }
}

extension RouteObject {
    /// The message that does something with the route.
    ///
    /// A route with attributes that Weir does not model is made from the bytes that were read, so that nothing of it is lost.
    /// - Parameter interfaceIndex: The number of an interface by name.
    public func message(
        _ operation: RouteOperation,
        interfaceIndex: (String) -> UInt32?
    ) throws(KernelObjectsError) -> EncodedMessage {
        let payload =
            if hasUnknownAttributes, !raw.isEmpty {
                try restoringPayload(interfaceIndex)
            } else {
                try payload(interfaceIndex)
            }
        return EncodedMessage(type: operation.type, flags: operation.flags, payload: payload)
    }

    private func payload(_ interfaceIndex: (String) -> UInt32?) throws(KernelObjectsError) -> [UInt8] {
        var writer = AttributeWriter(capacity: 256)
        let isOnLink = hops.count == 1 && hops[0].isOnLink
        writer.routeHeader(self, flags: isOnLink ? RouteAttribute.onLink : 0)
        writer.hostOrder(RouteAttribute.table, key.table)
        if key.destination.length > 0 { writer.address(RouteAttribute.destination, key.destination.address) }
        if let source = key.source, source.length > 0 { writer.address(RouteAttribute.source, source.address) }
        if key.metric != 0 { writer.hostOrder(RouteAttribute.priority, key.metric) }
        if let preferredSource { writer.address(RouteAttribute.preferredSource, preferredSource) }
        if hops.count == 1 {
            writer.gateway(hops[0], family: key.destination.family)
            if let index = try hops[0].index(interfaceIndex) { writer.hostOrder(RouteAttribute.outputInterface, index) }
        } else if hops.count > 1 {
            try writer.hops(hops, family: key.destination.family, interfaceIndex)
        }
        if !metrics.isEmpty || congestionControl != nil {
            let start = writer.open(RouteAttribute.metrics)
            for (type, value) in metrics.sorted(by: { $0.key < $1.key }) { writer.hostOrder(type, value) }
            if let congestionControl { writer.string(RouteAttribute.congestionControl, congestionControl) }
            writer.close(start)
        }
        if preference != 0 { writer.byte(RouteAttribute.preference, preference) }
        guard !writer.isOverlong else { throw .tooLarge(object: "a route with \(hops.count) next hops") }
        return writer.takeBytes()
    }

    /// The bytes that were read, without what the kernel says about how the route fares, and with today's number of its interface.
    private func restoringPayload(_ interfaceIndex: (String) -> UInt32?) throws(KernelObjectsError) -> [UInt8] {
        let indices = try hops.map { (hop) throws(KernelObjectsError) in try hop.index(interfaceIndex) }
        var writer = AttributeWriter(capacity: raw.count + 16)
        let isComplete = raw.withUnsafeBytes { bytes in
            guard bytes.count >= RouteAttribute.headerSize else { return false }
            let header = UnsafeRawBufferPointer(rebasing: bytes[..<RouteAttribute.headerSize])
            let attributes = UnsafeRawBufferPointer(rebasing: bytes[RouteAttribute.headerSize...])
            let flags = header.loadUnaligned(fromByteOffset: 8, as: UInt32.self) & ~RouteAttribute.stateFlags
            writer.raw(header)
            writer.store(flags, at: 8)
            // Next to a nexthop object's number stands what is in the object; it may not be sent with it.
            let usesObject = attributes.hasAttribute(RouteAttribute.nextHopID)
            var reader = AttributeReader(attributes)
            while let attribute = reader.next() {
                switch attribute.type {
                case RouteAttribute.cacheInformation: continue
                case RouteAttribute.multipath, RouteAttribute.gateway, RouteAttribute.via,
                    RouteAttribute.outputInterface,
                    RouteAttribute.encapsulation, RouteAttribute.encapsulationType:
                    if usesObject { continue }
                default: break
                }
                let start = writer.count
                writer.raw(attribute.whole)
                if attribute.type == RouteAttribute.outputInterface, attribute.value.count == 4,
                    let index = indices.first.flatMap(\.self)
                {
                    writer.store(index, at: start + AttributeWriter.headerSize)
                }
                if attribute.type == RouteAttribute.multipath {
                    writer.restoreHops(attribute.value, at: start + AttributeWriter.headerSize, indices: indices)
                }
            }
            return !reader.isMalformed
        }
        guard isComplete else { throw .malformed(message: "RTM_NEWROUTE") }
        return writer.takeBytes()
    }
}

extension RouteObject.Hop {
    fileprivate func index(_ interfaceIndex: (String) -> UInt32?) throws(KernelObjectsError) -> UInt32? {
        guard let interface else { return nil }
        guard let index = interfaceIndex(interface) else { throw .noSuchInterface(interface) }
        return index
    }
}

extension AttributeWriter {
    /// Writes `struct rtmsg`.
    fileprivate mutating func routeHeader(_ route: RouteObject, flags: UInt32) {
        let start = claim(RouteAttribute.headerSize)
        store(route.key.destination.family.rawValue, at: start)
        store(route.key.destination.length, at: start + 1)
        store(route.key.source?.length ?? 0, at: start + 2)
        store(route.key.tos, at: start + 3)
        store(UInt8(exactly: route.key.table) ?? RouteAttribute.compatibleTable, at: start + 4)
        store(route.routeProtocol, at: start + 5)
        store(route.scope, at: start + 6)
        store(route.type, at: start + 7)
        store(flags, at: start + 8)
    }

    /// Writes the router of a next hop.
    fileprivate mutating func gateway(_ hop: RouteObject.Hop, family: AddressFamily) {
        guard let gateway = hop.gateway else { return }
        if gateway.family == family {
            address(RouteAttribute.gateway, gateway)
        } else {
            via(RouteAttribute.via, gateway)
        }
    }

    /// Writes several next hops (`struct rtnexthop`).
    fileprivate mutating func hops(
        _ hops: [RouteObject.Hop],
        family: AddressFamily,
        _ interfaceIndex: (String) -> UInt32?
    ) throws(KernelObjectsError) {
        let list = open(RouteAttribute.multipath)
        for hop in hops {
            let index = try hop.index(interfaceIndex) ?? 0
            let start = claim(RouteAttribute.hopSize)
            store(UInt8(hop.isOnLink ? RouteAttribute.onLink : 0), at: start + 2)
            store(UInt8(clamping: Int(hop.weight) - 1), at: start + 3)
            store(index, at: start + 4)
            gateway(hop, family: family)
            store(UInt16(clamping: count - start), at: start)
        }
        close(list)
    }

    /// Overwrites flags and interface numbers of next hops that were copied.
    fileprivate mutating func restoreHops(_ value: UnsafeRawBufferPointer, at position: Int, indices: [UInt32?]) {
        var offset = 0
        for index in indices {
            guard value.count - offset >= RouteAttribute.hopSize else { return }
            let length = Int(value.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            guard length >= RouteAttribute.hopSize else { return }
            store(value[offset + 2] & ~UInt8(truncatingIfNeeded: RouteAttribute.stateFlags), at: position + offset + 2)
            if let index { store(index, at: position + offset + 4) }
            offset += padded(length)
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func hasAttribute(_ type: UInt16) -> Bool {
        var reader = AttributeReader(self)
        while let attribute = reader.next() {
            if attribute.type == type { return true }
        }
        return false
    }
}
