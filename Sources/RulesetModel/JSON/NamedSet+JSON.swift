import NetworkTypes

extension NamedSet: Codable {
    /// Reads an object with `name`, `type`, `elements`, `timeout`, `size` and `comment`.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.object(keys: ["name", "type", "elements", "timeout", "size", "comment"])
        self.init(
            name: try object.name(),
            contents: try Contents(json: object),
            timeout: try object.numberIfPresent("timeout", UInt64.self),
            size: try object.numberIfPresent("size", UInt32.self),
            comment: try object.comment()
        )
        if let timeout, !(1...Self.longestTimeout).contains(timeout) {
            throw object.corrupted("timeout", "a timeout is 1 to \(Self.longestTimeout) milliseconds long")
        }
        if let size, size == 0 || Int(size) < contents.count {
            throw object.corrupted("size", "the size is smaller than the number of elements")
        }
    }

    /// Writes an object with `name`, `type`, `elements`, `timeout`, `size` and `comment`.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: JSONKey.self)
        try object.encode(name, forKey: "name")
        try contents.encode(to: &object)
        try object.encodeIfPresent(timeout, forKey: "timeout")
        try object.encodeIfPresent(size, forKey: "size")
        try object.encodeIfPresent(comment, forKey: "comment")
    }

    /// The longest time that the kernel can count (`nf_msecs_to_jiffies64`), in milliseconds.
    static let longestTimeout = UInt64.max / 1_000_000
}

extension NamedSet.Contents {
    fileprivate init(json object: JSONObject) throws {
        let type = try object.decode(String.self, forKey: "type")
        switch type {
        case "address":
            let elements: [AsText<AddressRange>] = try object.list("elements")
            let addresses = AddressSet(elements.map(\.value))
            guard elements.allSatisfy(\.value.isSingle) else {
                throw object.corrupted("elements", "a set of addresses has no ranges; its type would be 'prefix'")
            }
            self = .addresses(addresses)
        case "prefix":
            let elements: [AsText<AddressRange>] = try object.list("elements")
            self = .prefixes(AddressSet(elements.map(\.value)))
        case "port":
            let elements: [JSONInterval<UInt16>] = try object.list("elements")
            self = .ports(IntervalSet(elements.map(\.value)))
        case "interface":
            let elements: [AsText<InterfacePattern>] = try object.list("elements")
            self = .interfaces(Set(elements.map(\.value)).sorted())
        case "mark":
            let elements: [JSONInterval<UInt32>] = try object.list("elements")
            self = .marks(IntervalSet(elements.map(\.value)))
        case "proto":
            let elements: [JSONNamedNumber<IPProtocol>] = try object.list("elements")
            self = .protocols(Set(elements.map(\.value)).sorted())
        default:
            throw object.corrupted("type", "'\(type)' is none of address, prefix, port, interface, mark, proto")
        }
    }

    fileprivate func encode(to object: inout JSONObjectWriter) throws {
        try object.encode(typeName.description, forKey: "type")
        switch self {
        case .addresses(let set), .prefixes(let set):
            try object.encode(set.ranges.map(AsText.init), forKey: "elements")
        case .ports(let set):
            try object.encode(set.intervals.map(JSONInterval.init), forKey: "elements")
        case .interfaces(let names):
            try object.encode(names.map(AsText.init), forKey: "elements")
        case .marks(let set):
            try object.encode(set.intervals.map(JSONInterval.init), forKey: "elements")
        case .protocols(let protocols):
            try object.encode(protocols.map(JSONNamedNumber.init), forKey: "elements")
        }
    }
}
