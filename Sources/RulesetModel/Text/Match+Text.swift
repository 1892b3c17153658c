public import NetworkTypes

/// The words before the interfaces of a rule, which depend on its direction.
struct InterfaceWords {
    let input: StaticString
    let output: StaticString

    init(_ direction: Direction?) {
        switch direction {
        case .input: (input, output) = ("on ", "to ")
        case .output: (input, output) = ("from ", "on ")
        case .forward, nil: (input, output) = ("from ", "to ")
        }
    }
}

extension Match: TextWritable {
    /// Appends the match as a rule without a direction has it.
    public func write(to text: inout TextBuffer) {
        write(to: &text, words: InterfaceWords(nil))
    }

    func write(to text: inout TextBuffer, words: InterfaceWords) {
        switch self {
        case .inputInterface(let names):
            text.write(words.input)
            text.write(interfaces: names)
        case .outputInterface(let names):
            text.write(words.output)
            text.write(interfaces: names)
        case .family(let family):
            text.write(family == .ipv4 ? "ip" : "ip6")
        case .sourceAddress(let addresses):
            text.write("saddr ")
            text.write(addresses) { $1.write(elements: Array($0.ranges)) { $1.write($0) } }
        case .destinationAddress(let addresses):
            text.write("daddr ")
            text.write(addresses) { $1.write(elements: Array($0.ranges)) { $1.write($0) } }
        case .transportProtocol(let protocols):
            Self.write(protocols, to: &text)
        case .sourcePort(let ports):
            text.write("sport ")
            text.write(intervals: ports)
        case .destinationPort(let ports):
            text.write("dport ")
            text.write(intervals: ports)
        case .tcpFlags(let flags):
            text.write("flags ")
            flags.write(to: &text)
        case .icmp(let match):
            match.write(to: &text)
        case .connectionState(let states, let isNegated):
            text.write(isNegated ? "ct state ! " : "ct state ")
            states.writeNames(to: &text)
        case .connectionStatus(let status, let isNegated):
            text.write(isNegated ? "ct status ! " : "ct status ")
            status.writeNames(to: &text)
        case .connectionMark(let match):
            text.write("ct mark ")
            text.write(match) { $1.write($0) }
        case .originalDestinationAddress(let addresses):
            text.write("ct original daddr ")
            text.write(addresses) { $1.write(elements: Array($0.ranges)) { $1.write($0) } }
        case .originalDestinationPort(let ports):
            text.write("ct original dport ")
            text.write(intervals: ports)
        case .mark(let match):
            text.write("mark ")
            text.write(match) { $1.write($0) }
        case .socketUser(let users):
            text.write("skuid ")
            text.write(intervals: users)
        case .socketGroup(let groups):
            text.write("skgid ")
            text.write(intervals: groups)
        case .field(let match):
            match.write(to: &text)
        case .limit(let limit):
            limit.writeMatch(to: &text)
        }
    }

    /// Appends `tcp` where one protocol with ports is meant, else `proto` and the names.
    private static func write(_ protocols: Membership<[IPProtocol]>, to text: inout TextBuffer) {
        if case .values(let values) = protocols.operand, values.count == 1, values[0].hasPorts, !protocols.isNegated {
            text.write(values[0])
            return
        }
        text.write("proto ")
        text.write(protocols) { $1.write(elements: $0) { $1.write($0) } }
    }
}

extension TCPFlagsMatch: TextWritable {
    /// Appends `syn`, `! syn,ack`, or the flags that are set and those that are looked at: `syn / syn,ack`.
    public func write(to text: inout TextBuffer) {
        if flags.isEmpty, !isNegated, !mask.isEmpty {
            text.write("! ")
            mask.writeNames(to: &text)
            return
        }
        if isNegated { text.write("! ") }
        if flags.isEmpty {
            text.write(UInt8(ascii: "0"))
        } else {
            flags.writeNames(to: &text)
        }
        if flags != mask || mask.rawValue.nonzeroBitCount > 1 {
            text.write(" / ")
            mask.writeNames(to: &text)
        }
    }
}

extension ICMPMatch: TextWritable {
    /// Appends `icmp type T code C` or `icmpv6 type T code C`; codes by name where the type tells what they mean.
    public func write(to text: inout TextBuffer) {
        text.write(family == .ipv4 ? "icmp type " : "icmpv6 type ")
        if isNegated { text.write("! ") }
        text.write(elements: types) { type, text in
            switch family {
            case .ipv4: text.write(ICMPType(rawValue: type))
            case .ipv6: text.write(ICMPv6Type(rawValue: type))
            }
        }
        guard let code else { return }
        text.write(" code ")
        switch family {
        case .ipv4 where types == [ICMPType.destinationUnreachable.rawValue]:
            text.write(ICMPCode(rawValue: code))
        case .ipv6 where types == [ICMPv6Type.destinationUnreachable.rawValue]:
            text.write(ICMPv6Code(rawValue: code))
        case .ipv4, .ipv6:
            text.write(decimal: code)
        }
    }
}

extension TextBuffer {
    /// Appends one element bare, several in braces.
    mutating func write<Element>(elements: [Element], _ write: (Element, inout TextBuffer) -> Void) {
        if elements.count == 1 {
            write(elements[0], &self)
        } else {
            self.write("{ ")
            self.write(elements, separator: ", ", write: write)
            self.write(" }")
        }
    }

    /// Appends `! ` where it is negated, and the values or the set's name.
    fileprivate mutating func write<Values>(
        _ membership: Membership<Values>,
        values write: (Values, inout TextBuffer) -> Void
    ) {
        if membership.isNegated { self.write("! ") }
        switch membership.operand {
        case .values(let values):
            write(values, &self)
        case .namedSet(let name):
            self.write(UInt8(ascii: "@"))
            self.write(name)
        }
    }

    fileprivate mutating func write(interfaces: Membership<[InterfacePattern]>) {
        write(interfaces) { $1.write(elements: $0) { $1.write(interface: $0) } }
    }

    fileprivate mutating func write<Bound: FixedWidthInteger & UnsignedInteger>(
        intervals: Membership<IntervalSet<Bound>>
    ) {
        write(intervals) { $1.write(elements: $0.intervals) { $1.write($0) } }
    }
}
