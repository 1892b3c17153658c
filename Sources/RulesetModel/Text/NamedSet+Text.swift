public import NetworkTypes

extension NamedSet: TextWritable {
    /// Appends the set's declaration: on one line where it fits, else with one member a line; without a line end.
    public func write(to text: inout TextBuffer) {
        text.write("set ")
        text.write(name: name)
        text.write(": ")
        text.write(contents.typeName)
        if let timeout {
            text.write(" timeout ")
            text.write(TimeSpan(milliseconds: timeout))
        }
        if let size {
            text.write(" size ")
            text.write(decimal: size)
        }
        contents.writeElements(to: &text)
        if let comment {
            text.write(UInt8(ascii: " "))
            text.write(quoted: comment)
        }
    }
}

extension NamedSet.Contents {
    /// The word for the kind of values.
    public var typeName: StaticString {
        switch self {
        case .addresses: "address"
        case .prefixes: "prefix"
        case .ports: "port"
        case .interfaces: "interface"
        case .marks: "mark"
        case .protocols: "proto"
        }
    }

    /// Number of members, each range as one.
    public var count: Int {
        switch self {
        case .addresses(let set), .prefixes(let set): set.rangeCount
        case .ports(let set): set.intervals.count
        case .interfaces(let names): names.count
        case .marks(let set): set.intervals.count
        case .protocols(let protocols): protocols.count
        }
    }

    fileprivate func writeElements(to text: inout TextBuffer) {
        guard count > 0 else { return }
        // Members of any kind but prefixes of IPv6 are at most 15 bytes long, so this many fit into a line.
        let isOneLine = count <= 4
        text.write(isOneLine ? " { " : " {\n    ")
        writeElements(to: &text, separator: isOneLine ? ", " : ",\n    ")
        text.write(isOneLine ? " }" : ",\n}")
    }

    private func writeElements(to text: inout TextBuffer, separator: StaticString) {
        switch self {
        case .addresses(let set), .prefixes(let set):
            text.write(set.ranges, separator: separator) { $1.write($0) }
        case .ports(let set):
            text.write(set.intervals, separator: separator) { $1.write($0) }
        case .interfaces(let names):
            text.write(names, separator: separator) { $1.write(interface: $0) }
        case .marks(let set):
            text.write(set.intervals, separator: separator) { marks, text in
                text.write(Mark(marks.lower))
                guard !marks.isSingle else { return }
                text.write(UInt8(ascii: "-"))
                text.write(Mark(marks.upper))
            }
        case .protocols(let protocols):
            text.write(protocols, separator: separator) { $1.write($0) }
        }
    }
}
