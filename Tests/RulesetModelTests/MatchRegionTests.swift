import NetworkTypes
import RulesetModel
import TestSupport
import Testing
import Vocabulary

extension SeededGenerator {
    fileprivate mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &self)]
    }
}

/// One packet, as far as rules can ask for it.
private struct Packet {
    var input: InterfaceName
    var output: InterfaceName
    var source: IPAddress
    var destination: IPAddress
    var transport: IPProtocol
    var sourcePort: UInt16
    var destinationPort: UInt16
    var flags: TCPFlags
    var icmp: (type: UInt8, code: UInt8)
    var state: ConntrackStates
    var status: ConntrackStatus
    var connectionMark: UInt32
    var mark: UInt32
    var user: UInt32
    var codePoint: UInt64
    var length: UInt64

    private static let addresses: [IPAddress] = ["10.0.0.1", "10.1.2.3", "192.0.2.1", "::1", "2001:db8::1"].compactMap {
        IPAddress($0)
    }
    private static let interfaces = ["eth0", "eth1", "wl0", "lo"].compactMap { InterfaceName($0) }
    private static let states: [ConntrackStates] = [.invalid, .new, .established, .related, .untracked]

    init(_ random: inout SeededGenerator) {
        input = random.pick(Self.interfaces)
        output = random.pick(Self.interfaces)
        source = random.pick(Self.addresses)
        let family = source.family
        destination = random.pick(Self.addresses.filter { $0.family == family })
        transport = random.pick([.tcp, .udp, family == .ipv4 ? .icmp : .icmpv6])
        sourcePort = random.pick([1, 22, 80, 1000, 65535])
        destinationPort = random.pick([1, 22, 80, 1000, 65535])
        flags = TCPFlags(rawValue: random.pick([0, 1, 2, 0x10, 0x12, 0x14]))
        icmp = random.pick([(8, 0), (0, 0), (3, 1), (3, 4), (135, 0)])
        state = random.pick(Self.states)
        status = ConntrackStatus(rawValue: random.pick([0, 1, 2, 32, 34]))
        connectionMark = UInt32.random(in: 0...3, using: &random)
        mark = UInt32.random(in: 0...3, using: &random)
        user = random.pick([0, 1, 1000])
        codePoint = UInt64.random(in: 0...3, using: &random)
        length = UInt64.random(in: 0...3, using: &random)
    }

    /// Whether the kernel takes the packet for one that a rule with these conditions is about.
    func meets(_ matches: [Match]) -> Bool {
        matches.allSatisfy(meets)
    }

    private func meets(_ match: Match) -> Bool {
        switch match {
        case .inputInterface(let value): value.asks { $0.contains { $0.matches(input) } }
        case .outputInterface(let value): value.asks { $0.contains { $0.matches(output) } }
        case .family(let family): source.family == family
        case .sourceAddress(let value): hasFamily(of: value) && value.asks { $0.contains(source) }
        case .destinationAddress(let value): hasFamily(of: value) && value.asks { $0.contains(destination) }
        case .transportProtocol(let value): value.asks { $0.contains(transport) }
        case .sourcePort(let value): value.asks { $0.contains(sourcePort) }
        case .destinationPort(let value): value.asks { $0.contains(destinationPort) }
        case .tcpFlags(let value): (flags.rawValue & value.mask.rawValue == value.flags.rawValue) != value.isNegated
        case .icmp(let value):
            source.family == value.family && transport == (value.family == .ipv4 ? .icmp : .icmpv6)
                && (value.types.contains(icmp.type) && (value.code ?? icmp.code) == icmp.code) != value.isNegated
        case .connectionState(let states, let isNegated): states.contains(state) != isNegated
        case .connectionStatus(let bits, let isNegated): !bits.isDisjoint(with: status) != isNegated
        case .connectionMark(let value): value.asks { connectionMark & $0.mask == $0.value }
        case .mark(let value): value.asks { mark & $0.mask == $0.value }
        case .socketUser(let value): value.asks { $0.contains(user) }
        case .field(let match): meets(match)
        case .originalDestinationAddress, .originalDestinationPort, .socketGroup, .limit: true
        }
    }

    private func meets(_ match: FieldMatch) -> Bool {
        if let number = match.row.layer.transportProtocol, number != transport { return false }
        let value = match.row.words == "dscp" ? codePoint : length
        return switch match.values {
        case .among(let values): values.contains(FieldValue(value)) != match.isNegated
        case .masked(let bits, let mask): (value & mask.number64 == bits.number64) != match.isNegated
        }
    }

    private func hasFamily(of value: Membership<AddressSet>) -> Bool {
        guard case .values(let values) = value.operand else { return true }
        return values.families.contains(AddressFamilies(source.family))
    }
}

extension Membership {
    fileprivate func asks(_ contains: (Values) -> Bool) -> Bool {
        guard case .values(let values) = operand else { return true }
        return contains(values) != isNegated
    }
}

/// Conditions on few values, so that they often meet.
private struct ConditionMaker {
    var random: SeededGenerator

    mutating func several(_ count: ClosedRange<Int>) -> [Match] {
        (0..<Int.random(in: count, using: &random)).map { _ in one(Int.random(in: 0...13, using: &random)) }
    }

    mutating func one(_ kind: Int) -> Match {
        let isNegated = Bool.random(using: &random)
        switch kind {
        case 0: return .inputInterface(Membership(interfaces(), isNegated: isNegated))
        case 1: return .outputInterface(Membership(interfaces(), isNegated: isNegated))
        case 2: return .family(Bool.random(using: &random) ? .ipv4 : .ipv6)
        case 3: return .sourceAddress(Membership(addresses(), isNegated: isNegated))
        case 4: return .destinationAddress(Membership(addresses(), isNegated: isNegated))
        case 5:
            let all: [IPProtocol] = [.tcp, .udp, .icmp, .icmpv6]
            return .transportProtocol(Membership(some(all), isNegated: isNegated))
        case 6: return .sourcePort(Membership(ports(), isNegated: isNegated))
        case 7: return .destinationPort(Membership(ports(), isNegated: isNegated))
        case 8:
            let mask = TCPFlags(rawValue: UInt8.random(in: 0...0x1f, using: &random))
            let flags = TCPFlags(rawValue: UInt8.random(in: 0...0x1f, using: &random)).intersection(mask)
            return .tcpFlags(TCPFlagsMatch(flags: flags, mask: mask, isNegated: isNegated))
        case 9:
            let types = some([0, 3, 8, 135] as [UInt8])
            let code: UInt8? = types.count == 1 && !isNegated && Bool.random(using: &random) ? 1 : nil
            let family: AddressFamily = Bool.random(using: &random) ? .ipv4 : .ipv6
            return .icmp(ICMPMatch(family: family, types: types, code: code, isNegated: isNegated))
        case 10:
            let all: [ConntrackStates] = [.invalid, .new, .established, .related, .untracked]
            return .connectionState(ConntrackStates(some(all)), isNegated: isNegated)
        case 11:
            let all: [ConntrackStatus] = [.expected, .seenReply, .dnat]
            return .connectionStatus(ConntrackStatus(some(all)), isNegated: isNegated)
        case 13: return field(isNegated: isNegated)
        default:
            let mask = UInt32.random(in: 0...3, using: &random)
            let mark = Mark(masking: UInt32.random(in: 0...3, using: &random), with: mask)
            return .mark(Membership(mark, isNegated: isNegated))
        }
    }

    /// Fields of two headers, and one of which bits can be asked for.
    private mutating func field(isNegated: Bool) -> Match {
        let words = random.pick(["dscp", "udp length", "meta length"])
        let (first, second) = (UInt64.random(in: 0...3, using: &random), UInt64.random(in: 0...3, using: &random))
        let interval = Interval(FieldValue(min(first, second)), FieldValue(max(first, second)))
        var values = FieldMatch.Values.among(IntervalSet(interval.map { [$0] } ?? []))
        if words == "meta length", Bool.random(using: &random) {
            let mask = UInt64.random(in: 1...3, using: &random)
            values = .masked(FieldValue(first & mask), mask: FieldValue(mask))
        }
        let match = FieldWords.field(words).flatMap { FieldMatch($0, values, isNegated: isNegated) }
        return match.map { .field($0) } ?? .family(.ipv4)
    }

    private mutating func some<Value>(_ values: [Value]) -> [Value] {
        let chosen = values.filter { _ in Bool.random(using: &random) }
        return chosen.isEmpty ? [random.pick(values)] : chosen
    }

    private mutating func interfaces() -> [InterfacePattern] {
        some(["eth0", "eth*", "e*", "wl*", "lo"]).compactMap { InterfacePattern($0) }
    }

    private mutating func addresses() -> AddressSet {
        let texts = ["10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "192.0.2.0/24", "::1", "2001:db8::/32", "::/0"]
        return AddressSet(some(texts).compactMap { try? AddressRange($0) })
    }

    private mutating func ports() -> IntervalSet<UInt16> {
        let bounds = [0, 1, 22, 79, 80, 1000, 65535].map { UInt16($0) }
        let (first, second) = (random.pick(bounds), random.pick(bounds))
        return IntervalSet([Interval(min(first, second), max(first, second)) ?? Interval(first), Interval(22)])
    }
}

@Suite struct MatchRegionTests {
    /// What the region says is what is true of packets: none is in an empty one, and so on.
    @Test func regionsHoldWhatTheConditionsHoldFor() {
        var maker = ConditionMaker(random: SeededGenerator(seed: 11))
        var (inside, common, contained) = (0, 0, 0)
        for _ in 0..<4_000 {
            let (first, second) = (maker.several(0...4), maker.several(0...2))
            let (left, right) = (MatchRegion(first), MatchRegion(second))
            for _ in 0..<40 {
                let packet = Packet(&maker.random)
                guard packet.meets(first) else { continue }
                inside += 1
                #expect(!left.isEmpty, "\(first) \(packet)")
                if packet.meets(second) {
                    common += 1
                    #expect(!left.isDisjoint(with: right), "\(first) \(second) \(packet)")
                } else {
                    #expect(!left.isSubset(of: right), "\(first) \(second) \(packet)")
                }
                if left.isSubset(of: right) { contained += 1 }
            }
        }
        #expect(inside > 10_000 && common > 5_000 && contained > 1_000, "\(inside) \(common) \(contained)")
    }

    /// Of one thing that few values are possible for, the region says no less than what is true.
    @Test(arguments: [8, 10, 11, 12])
    func nothingIsOverlookedWhereEveryValueCanBeTried(kind: Int) {
        var maker = ConditionMaker(random: SeededGenerator(seed: UInt64(kind)))
        var packet = Packet(&maker.random)
        var packets: [Packet] = []
        for value in 0..<UInt32(256) {
            packet.flags = TCPFlags(rawValue: UInt8(value))
            packet.state = ConntrackStates(rawValue: [1, 2, 4, 8, 0x40][Int(value % 5)])
            packet.status = ConntrackStatus(rawValue: (value & 3) | (value & 4) << 3)
            packet.mark = value & 3
            packets.append(packet)
        }
        var (empty, contained) = (0, 0)
        for _ in 0..<2_000 {
            let (first, second) = ([maker.one(kind), maker.one(kind)], [maker.one(kind)])
            let (left, right) = (MatchRegion(first), MatchRegion(second))
            let meeting = packets.filter { $0.meets(first) }
            #expect(left.isEmpty == meeting.isEmpty, "\(first)")
            #expect(left.isDisjoint(with: right) == !meeting.contains { $0.meets(second) }, "\(first) \(second)")
            if !meeting.isEmpty {
                #expect(left.isSubset(of: right) == meeting.allSatisfy { $0.meets(second) }, "\(first) \(second)")
            }
            empty += meeting.isEmpty ? 1 : 0
            contained += left.isSubset(of: right) ? 1 : 0
        }
        #expect(empty > 20 && contained > 100, "\(empty) \(contained)")
    }

    @Test func namedSetsAreKeptAsTheyAreAskedFor() {
        func asks(_ set: String, _ isNegated: Bool = false) -> Match {
            .sourceAddress(Membership(.namedSet(set), isNegated: isNegated))
        }
        #expect(MatchRegion([asks("a"), asks("a", true)]).isEmpty)
        #expect(!MatchRegion([asks("a"), asks("b")]).isEmpty)
        #expect(!MatchRegion([asks("a")]).isDisjoint(with: MatchRegion([asks("b")])))
        #expect(MatchRegion([asks("a"), asks("b")]).isSubset(of: MatchRegion([asks("a")])))
        #expect(!MatchRegion([asks("a")]).isSubset(of: MatchRegion([asks("b")])))
        #expect(MatchRegion([asks("a")]) { _ in .ipv4 }.isDisjoint(with: MatchRegion([.family(.ipv6)])))
    }

    @Test func aRateHoldsNothingForSure() {
        let limited = MatchRegion([.limit(Limit(rate: 1, period: .second))])
        #expect(!MatchRegion().isSubset(of: limited))
        #expect(limited.isSubset(of: MatchRegion()))
        #expect(!limited.isEmpty)
    }
}
