import NetworkTypes

extension RoutingRule: Codable {
    /// Reads an object with `family`, `priority`, `not`, the selectors, and `lookup`, `goto` or `type`.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.object(
            keys: [
                "family", "priority", "not", "from", "to", "iif", "oif", "fwmark", "fwmask", "tos", "dscp", "ipproto",
                "sport", "dport", "uidrange", "lookup", "goto", "type", "suppress_prefixlength", "suppress_ifgroup",
            ]
        )
        let family: AddressFamily = try object.text("family")
        self.init(
            family: family,
            priority: try object.number("priority", UInt32.self),
            source: try object.textIfPresent("from"),
            destination: try object.textIfPresent("to"),
            inputInterface: try object.textIfPresent("iif"),
            outputInterface: try object.textIfPresent("oif"),
            mark: try object.firewallMark(),
            packets: try PacketSelector(json: object, family),
            isInverted: try object.flag("not"),
            action: try Action(json: object),
            suppressedPrefixLength: try object.numberIfPresent("suppress_prefixlength", UInt8.self),
            suppressedGroup: try object.numberIfPresent("suppress_ifgroup", UInt32.self)
        )
        try check(object)
    }

    private func check(_ object: JSONObject) throws {
        guard ![0, 32766, 32767].contains(priority) else {
            throw object.corrupted("priority", "0, 32766 and 32767 are the kernel's own rules")
        }
        for (key, prefix) in [("from", source), ("to", destination)] where prefix.map({ $0.family != family }) ?? false
        {
            throw object.corrupted(JSONKey(key), "the prefix has another family than the rule")
        }
        guard !isInverted || !asksForNothing else {
            throw object.corrupted("not", "a rule that asks for nothing would hold for nothing")
        }
        if case .goTo(let target) = action, target <= priority {
            throw object.corrupted("goto", "the kernel goes only to a rule of a larger priority")
        }
        let hasLookup =
            switch action {
            case .lookup, .lookupOfVRF: true
            default: false
            }
        guard hasLookup || suppressedPrefixLength == nil && suppressedGroup == nil else {
            throw object.corrupted("type", "only of a lookup can routes be suppressed")
        }
        guard suppressedPrefixLength.map({ $0 <= family.addressBits }) ?? true else {
            throw object.corrupted("suppress_prefixlength", "no prefix is so long")
        }
        guard suppressedGroup != .max else {
            throw object.corrupted("suppress_ifgroup", "there is no such group of interfaces")
        }
    }

    /// Writes an object with `family`, `priority`, `not`, the selectors, and `lookup`, `goto` or `type`.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: JSONKey.self)
        try object.encode(text: family, forKey: "family")
        try object.encode(priority, forKey: "priority")
        try object.encode(flag: isInverted, forKey: "not")
        try object.encode(textIfPresent: source, forKey: "from")
        try object.encode(textIfPresent: destination, forKey: "to")
        try object.encode(textIfPresent: inputInterface, forKey: "iif")
        try object.encode(textIfPresent: outputInterface, forKey: "oif")
        if let mark {
            try object.encode(mark.value, forKey: "fwmark")
            if mark.mask != .max { try object.encode(mark.mask, forKey: "fwmask") }
        }
        try packets.encode(to: &object)
        switch action {
        case .lookup(let table): try object.encode(table, forKey: "lookup")
        case .lookupOfVRF: try object.encode("l3mdev", forKey: "type")
        case .goTo(let target): try object.encode(target, forKey: "goto")
        case .nothing: try object.encode("nop", forKey: "type")
        case .blackhole: try object.encode("blackhole", forKey: "type")
        case .unreachable: try object.encode("unreachable", forKey: "type")
        case .prohibit: try object.encode("prohibit", forKey: "type")
        }
        try object.encodeIfPresent(suppressedPrefixLength, forKey: "suppress_prefixlength")
        try object.encodeIfPresent(suppressedGroup, forKey: "suppress_ifgroup")
    }
}

extension PacketSelector {
    fileprivate init(json object: JSONObject, _ family: AddressFamily) throws {
        self.init(
            typeOfService: try object.numberIfPresent("tos", UInt8.self) ?? 0,
            dscp: try object.numberIfPresent("dscp", UInt8.self),
            users: try object.decodeIfPresent(JSONInterval<UInt32>.self, forKey: "uidrange")?.value,
            ipProtocol: try object.decodeIfPresent(JSONNamedNumber<IPProtocol>.self, forKey: "ipproto")?.value,
            sourcePorts: try object.decodeIfPresent(JSONInterval<UInt16>.self, forKey: "sport")?.value,
            destinationPorts: try object.decodeIfPresent(JSONInterval<UInt16>.self, forKey: "dport")?.value
        )
        let mask = Self.typeOfServiceMask(family)
        guard typeOfService & ~mask == 0 else {
            throw object.corrupted("tos", "the kernel looks at the bits \(mask) only")
        }
        guard dscp.map({ $0 <= Self.greatestDSCP }) ?? true else { throw object.corrupted("dscp", "a DSCP has 6 bits") }
        guard dscp == nil || typeOfService == 0 else {
            throw object.corrupted("dscp", "'dscp' and 'tos' exclude each other")
        }
        guard users.map({ Self.users.contains($0.upper) }) ?? true else {
            throw object.corrupted("uidrange", "there is no such user")
        }
        guard ipProtocol?.rawValue != 0 else { throw object.corrupted("ipproto", "0 stands for any protocol") }
        for (key, ports) in [("sport", sourcePorts), ("dport", destinationPorts)] {
            guard ports.map({ Self.ports.contains($0.lower) && Self.ports.contains($0.upper) }) ?? true else {
                throw object.corrupted(JSONKey(key), "the kernel takes ports from 1 to 65534")
            }
        }
    }

    fileprivate func encode(to object: inout JSONObjectWriter) throws {
        if typeOfService != 0 { try object.encode(typeOfService, forKey: "tos") }
        try object.encodeIfPresent(dscp, forKey: "dscp")
        try object.encodeIfPresent(ipProtocol.map(JSONNamedNumber.init), forKey: "ipproto")
        try object.encodeIfPresent(sourcePorts.map(JSONInterval.init), forKey: "sport")
        try object.encodeIfPresent(destinationPorts.map(JSONInterval.init), forKey: "dport")
        try object.encodeIfPresent(users.map(JSONInterval.init), forKey: "uidrange")
    }
}

extension RoutingRule.Action {
    fileprivate init(json object: JSONObject) throws {
        let type = try object.decodeIfPresent(String.self, forKey: "type")
        let target = try object.numberIfPresent("goto", UInt32.self)
        if let table = try object.numberIfPresent("lookup", UInt32.self) {
            guard type == nil, target == nil else {
                throw object.corrupted("lookup", "'lookup', 'goto' and 'type' exclude each other")
            }
            guard table > 0 else { throw object.corrupted("lookup", "there is no table 0") }
            self = .lookup(table)
            return
        }
        if let target {
            guard type == nil else { throw object.corrupted("type", "'goto' and 'type' exclude each other") }
            self = .goTo(target)
            return
        }
        switch type {
        case "blackhole": self = .blackhole
        case "unreachable": self = .unreachable
        case "prohibit": self = .prohibit
        case "l3mdev": self = .lookupOfVRF
        case "nop": self = .nothing
        case nil: throw object.corrupted("lookup", "'lookup', 'goto' or 'type' is missing")
        case let type?:
            throw object.corrupted("type", "'\(type)' is none of blackhole, unreachable, prohibit, l3mdev, nop")
        }
    }
}

extension JSONObject {
    /// The mark under the keys `fwmark` and `fwmask`.
    fileprivate func firewallMark() throws -> Mark? {
        let mask = try numberIfPresent("fwmask", UInt32.self)
        guard let value = try numberIfPresent("fwmark", UInt32.self) else {
            guard mask == nil else { throw corrupted("fwmask", "'fwmark' is missing") }
            return nil
        }
        guard let mark = Mark(value: value, mask: mask ?? .max), mark.mask != 0 else {
            throw corrupted("fwmask", "the mask must hold every bit of the mark, and at least one")
        }
        return mark
    }
}
