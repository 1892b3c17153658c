import NetworkTypes

extension TCPFlagsMatch {
    init(json decoder: any Decoder) throws {
        let object = try decoder.object(keys: ["type", "flags", "mask", "not"])
        let flags = TCPFlags(try object.decode([AsText<TCPFlags>].self, forKey: "flags").map(\.value))
        let mask = TCPFlags(try object.decode([AsText<TCPFlags>].self, forKey: "mask").map(\.value))
        guard !mask.isEmpty, flags.isSubset(of: mask) else {
            throw object.corrupted("mask", "the mask must hold every flag of 'flags', and at least one")
        }
        self.init(flags: flags, mask: mask, isNegated: try object.flag("not"))
    }
}

extension ICMPMatch {
    init<TypeName>(json decoder: any Decoder, family: AddressFamily, _: TypeName.Type) throws
    where TypeName: NamedValue & RawRepresentable, TypeName.RawValue == UInt8 {
        let object = try decoder.object(keys: ["type", "types", "code", "not"])
        let named = try object.decode([JSONNamedNumber<TypeName>].self, forKey: "types")
        let types = Set(named.map(\.value.rawValue)).sorted()
        let code = try object.numberIfPresent("code", UInt8.self)
        guard !types.isEmpty else { throw object.corrupted("types", "the list is empty") }
        guard code == nil || types.count == 1 else {
            throw object.corrupted("code", "a code needs exactly one type, which says what it means")
        }
        self.init(family: family, types: types, code: code, isNegated: try object.flag("not"))
    }

    func encode(to object: inout JSONObjectWriter) throws {
        switch family {
        case .ipv4: try object.encode(types.map { JSONNamedNumber(ICMPType(rawValue: $0)) }, forKey: "types")
        case .ipv6: try object.encode(types.map { JSONNamedNumber(ICMPv6Type(rawValue: $0)) }, forKey: "types")
        }
        try object.encodeIfPresent(code, forKey: "code")
        try object.encode(flag: isNegated, forKey: "not")
    }
}

extension Limit {
    init(json decoder: any Decoder) throws {
        let object = try decoder.object(keys: ["type", "rate", "unit", "per", "burst", "over"])
        let unitName = try object.decodeIfPresent(String.self, forKey: "unit") ?? Unit.packets.rawValue
        guard let unit = Unit(rawValue: unitName) else {
            throw object.corrupted("unit", "'\(unitName)' is neither packets nor bytes")
        }
        self.init(
            rate: try object.number("rate", UInt64.self),
            unit: unit,
            period: try object.text("per"),
            burst: try object.numberIfPresent("burst", UInt32.self),
            isOver: try object.flag("over")
        )
        guard isWithinKernelBounds else {
            throw object.corrupted("rate", "the kernel cannot count this rate and burst")
        }
    }

    func encode(to object: inout JSONObjectWriter) throws {
        try object.encode(rate, forKey: "rate")
        try object.encode(unit.rawValue, forKey: "unit")
        try object.encode(text: period, forKey: "per")
        try object.encode(burst, forKey: "burst")
        try object.encode(flag: isOver, forKey: "over")
    }
}

extension NamedValue where Self: OptionSet, RawValue: FixedWidthInteger & UnsignedInteger, Element == Self {
    /// The bits that are set, each as a value of its own, in the order of the names.
    var named: [Self] {
        Self.nameTable.entries.map(\.value).filter { contains($0) }
    }
}
