import NetworkTypes

extension RoutingDump {
    /// A route, from a `RTM_NEWROUTE`; nothing for what is no entry of a routing table: the cache, and families that Weir does not know.
    /// - Parameter interfaceName: The name of an interface by number.
    public static func route(
        _ payload: RawSpan,
        interfaceName: (UInt32) -> String?
    ) throws(KernelObjectsError) -> RouteObject? {
        let kind = "RTM_NEWROUTE"
        let number = payload.isEmpty ? 0 : payload.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
        guard let family = AddressFamily(rawValue: number) else { return nil }
        var fields = RouteFields(family: family)
        let header = try forEachAttribute(of: payload, headerSize: RouteAttribute.headerSize, kind) { fields.read($0) }
        guard header.hostOrder32(at: 8) & RouteAttribute.cloned == 0 else { return nil }
        guard var route = fields.route(header: header, interfaceName) else { throw .malformed(message: kind) }
        route.raw = payload.withUnsafeBytes { Array($0) }
        return route
    }
}

/// What the attributes of a route say.
private struct RouteFields {
    let family: AddressFamily

    private var destination: IPAddress?
    private var source: IPAddress?
    private var table: UInt32?
    private var metric: UInt32?
    private var preferredSource: IPAddress?
    private var metrics: [UInt16: UInt32] = [:]
    private var congestionControl: String?
    private var preference: UInt8 = 0
    private var hop = RawHop()
    private var hops: [RawHop] = []
    private var hasUnknown = false
    private var additions: [UInt16] = []
    private var isTemporary = false
    private var isMalformed = false

    /// A next hop with its interface's number.
    private struct RawHop {
        var gateway: IPAddress?
        var interface: UInt32 = 0
        var weight: UInt16 = 1
        var flags: UInt32 = 0
    }

    init(family: AddressFamily) {
        self.family = family
    }

    mutating func read(_ attribute: AttributeReader.Attribute) {
        switch attribute.type {
        case RouteAttribute.destination: destination = known(attribute.address(family))
        case RouteAttribute.source: source = known(attribute.address(family))
        case RouteAttribute.table: table = known(attribute.hostOrder32)
        case RouteAttribute.priority: metric = known(attribute.hostOrder32)
        case RouteAttribute.preferredSource: preferredSource = known(attribute.address(family))
        case RouteAttribute.outputInterface: hop.interface = known(attribute.hostOrder32) ?? 0
        case RouteAttribute.gateway: hop.gateway = known(attribute.address(family))
        case RouteAttribute.via: hop.gateway = known(attribute.via)
        case RouteAttribute.metrics: readMetrics(attribute)
        case RouteAttribute.multipath: readHops(attribute.value)
        case RouteAttribute.cacheInformation: readCacheInformation(attribute.value)
        case RouteAttribute.preference: preference = known(attribute.byte) ?? 0
        default: note(attribute)
        }
    }

    /// The route; nothing where the attributes do not make one.
    func route(header: [UInt8], _ interfaceName: (UInt32) -> String?) -> RouteObject? {
        let flags = header.hostOrder32(at: 8)
        guard !isMalformed, let destination = prefix(destination, length: header[1]) else { return nil }
        var sourcePrefix: IPPrefix?
        if header[2] > 0 {
            guard let prefix = prefix(source, length: header[2]) else { return nil }
            sourcePrefix = prefix
        }
        var hasUnknown = hasUnknown || flags & ~(RouteAttribute.stateFlags | RouteAttribute.onLink) != 0
        var all = hops
        if all.isEmpty, hop.gateway != nil || hop.interface != 0 {
            all = [hop]
            all[0].flags = flags
        }
        // Routes that refuse, or pass on, have no way onwards; IPv6 shows `lo` for them (RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT,
        // RTN_THROW).
        if (6...9).contains(header[7]) { all = [] }
        let named = all.map { hop in
            let name = hop.interface == 0 ? nil : interfaceName(hop.interface)
            if hop.interface != 0, name == nil { hasUnknown = true }
            if hop.flags & ~(RouteAttribute.stateFlags | RouteAttribute.onLink) != 0 { hasUnknown = true }
            return RouteObject.Hop(
                gateway: hop.gateway,
                interface: name,
                weight: hop.weight,
                isOnLink: hop.flags & RouteAttribute.onLink != 0
            )
        }
        return RouteObject(
            key: RouteObject.Key(
                table: table ?? UInt32(header[4]),
                destination: destination,
                tos: header[3],
                metric: metric ?? (family == .ipv6 ? RouteAttribute.defaultMetricOfIPv6 : 0),
                source: sourcePrefix
            ),
            type: header[7],
            routeProtocol: header[5],
            scope: header[6],
            hops: named,
            preferredSource: preferredSource,
            metrics: metrics,
            congestionControl: congestionControl,
            preference: preference,
            hasUnknownAttributes: hasUnknown || !additions.isEmpty,
            additions: hasUnknown ? [] : additions.sorted(),
            isTemporary: isTemporary
        )
    }

    /// Takes note of an attribute that has no place in a `RouteObject`.
    private mutating func note(_ attribute: AttributeReader.Attribute) {
        if attribute.type <= RouteAttribute.highest { hasUnknown = true } else { additions.append(attribute.type) }
    }

    private func prefix(_ address: IPAddress?, length: UInt8) -> IPPrefix? {
        guard length > 0 else { return .all(family) }
        guard length <= family.addressBits else { return nil }
        return address.flatMap { IPPrefix(address: $0.masked(to: length), length: length) }
    }

    /// `struct rta_cacheinfo`: use counts and ages, and how long the route still lives; 0 for ever.
    private mutating func readCacheInformation(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= RouteAttribute.expiresOffset + 4 else {
            isMalformed = true
            return
        }
        let expires = bytes.loadUnaligned(fromByteOffset: RouteAttribute.expiresOffset, as: Int32.self)
        isTemporary = family == .ipv6 && expires != 0
    }

    private mutating func readMetrics(_ attribute: AttributeReader.Attribute) {
        var reader = attribute.nested
        while let metric = reader.next() {
            if metric.type == RouteAttribute.congestionControl {
                congestionControl = known(metric.string)
            } else if let value = metric.hostOrder32 {
                metrics[metric.type] = value
            } else {
                hasUnknown = true
            }
        }
        if reader.isMalformed { isMalformed = true }
    }

    private mutating func readHops(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while bytes.count - offset >= RouteAttribute.hopSize {
            let length = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            guard length >= RouteAttribute.hopSize, length <= bytes.count - offset else { break }
            var hop = RawHop()
            hop.flags = UInt32(bytes[offset + 2])
            hop.weight = UInt16(bytes[offset + 3]) + 1
            hop.interface = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
            let attributes = bytes[offset + RouteAttribute.hopSize..<offset + length]
            var reader = AttributeReader(UnsafeRawBufferPointer(rebasing: attributes))
            while let attribute = reader.next() {
                switch attribute.type {
                case RouteAttribute.gateway: hop.gateway = known(attribute.address(family))
                case RouteAttribute.via: hop.gateway = known(attribute.via)
                default: note(attribute)
                }
            }
            if reader.isMalformed { isMalformed = true }
            hops.append(hop)
            offset += padded(length)
        }
        if offset < bytes.count { isMalformed = true }
    }

    /// A value that must be there if its attribute is.
    private mutating func known<Value>(_ value: Value?) -> Value? {
        if value == nil { isMalformed = true }
        return value
    }
}
