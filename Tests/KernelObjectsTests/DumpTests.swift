import KernelObjects
import NetworkTypes
import Testing

@Suite struct DumpTests {
    /// Reads a message of a kind, whatever it says; true where there is an object in it.
    @discardableResult
    static func read(_ kind: Capture, _ bytes: [UInt8]) throws(KernelObjectsError) -> Bool {
        let payload = bytes.span.bytes
        switch kind {
        case .generation: _ = try FirewallDump.generation(payload)
        case .table: _ = try FirewallDump.table(payload)
        case .chain: _ = try FirewallDump.chain(payload)
        case .set: _ = try FirewallDump.set(payload)
        case .elements:
            for flags in [SetFlags(), .interval, .map] {
                var collector = ElementCollector(set(flags))
                try collector.add(payload)
                _ = collector.finish()
            }
        case .rule:
            var decoder = RuleDecoder(anonymousSets: anonymousSets)
            let entry = try decoder.rule(payload)
            _ = Expression.decode(entry.rule.expressions)
        case .object: _ = try FirewallDump.foreignObject(payload, messageType: FirewallMessage.newObject)
        case .link: return try RoutingDump.link(payload) != nil
        case .address: return try RoutingDump.address(payload) != nil
        case .route: return try RoutingDump.route(payload, interfaceName: { "if\($0)" }) != nil
        case .routingRule: return try RoutingDump.routingRule(payload) != nil
        }
        return true
    }

    static let anonymousSets: [String: SetObject] = {
        var sets: [String: SetObject] = [:]
        for number in 0...9 {
            var set = SetObject.anonymous(.inetService, isInterval: false, elements: [])
            set.name = "__set\(number)"
            sets[set.name] = set
        }
        return sets
    }()

    private static func set(_ flags: SetFlags) -> SetObject {
        SetObject(
            name: "s",
            flags: flags,
            keyType: SetDatatype.ipv4Address.rawValue,
            keyLength: 4,
            foreignAttributes: flags.contains(.map) ? [] : nil
        )
    }

    @Test func everyCaptureIsRead() throws {
        for (kind, bytes) in Capture.all {
            #expect(try Self.read(kind, bytes), "\(kind)")
        }
        #expect(Set(Capture.all.map(\.kind)) == Set(Capture.allCases))
    }

    /// A message that is cut off anywhere is malformed or, where whole attributes are missing, another message; it never traps.
    @Test func whatIsCutOffInTheMiddleOfAnAttributeIsMalformed() throws {
        for (kind, bytes) in Capture.all {
            for length in 0..<bytes.count {
                let cut = Array(bytes[..<length])
                do throws(KernelObjectsError) {
                    try Self.read(kind, cut)
                } catch {
                    guard case .malformed = error else {
                        Issue.record("\(kind): \(error)")
                        continue
                    }
                }
            }
        }
        let rule = try #require(Capture.messages(.rule).first)
        #expect(throws: KernelObjectsError.malformed(message: "NFT_MSG_NEWRULE")) {
            try Self.read(.rule, rule.dropLast(30))
        }
    }

    @Test func aRuleIsReadIntoCanonicalForm() throws {
        var decoder = RuleDecoder(anonymousSets: Self.anonymousSets)
        let entries = try Capture.messages(.rule).map { (bytes) throws(KernelObjectsError) in
            try decoder.rule(bytes.span.bytes)
        }
        #expect(Userdata.comment(ofRule: entries[0].rule.userdata) == "known")
        #expect(Expression.decode(entries[0].rule.expressions)?.contains(.counter(CounterExpression())) == true)
        let lookup = entries[2].rule
        #expect(lookup.anonymousSets.count == 1)
        #expect(Expression.decode(lookup.expressions)?.contains(.lookup(LookupExpression("__set%d"))) == true)
        #expect(entries.allSatisfy { $0.handle != 0 && $0.origin == -1 })
    }

    @Test func countersAreTakenOutOfTheRule() throws {
        var message = try #require(Capture.messages(.rule).first)
        // NFTA_COUNTER_BYTES and NFTA_COUNTER_PACKETS
        let bytesHead: [UInt8] = [12, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0, 2, 0]
        let start = try #require(message.indices.first { message[$0...].starts(with: bytesHead) })
        message[start + 11] = 200
        message[start + 23] = 3
        var decoder = RuleDecoder()
        let entry = try decoder.rule(message.span.bytes)
        let original = try #require(Capture.messages(.rule).first)
        let untouched = try decoder.rule(original.span.bytes)
        #expect(entry.bytes == 200)
        #expect(entry.packets == 3)
        #expect(entry.rule == untouched.rule)
    }

    @Test func anInterfaceThatIsNotKnownMakesTheRouteUnknown() throws {
        let message = try #require(Capture.messages(.route).first)
        let named = try #require(try RoutingDump.route(message.span.bytes) { _ in "left" })
        #expect(!named.hasUnknownAttributes)
        #expect(named.raw == message)
        let unnamed = try #require(try RoutingDump.route(message.span.bytes) { _ in nil })
        #expect(unnamed.hasUnknownAttributes)
    }

    @Test func elementsOfAnIntervalSetAreJoinedAsALookupSeesThem() throws {
        func message(_ keys: [(UInt16, isEnd: Bool)]) -> [UInt8] {
            var list: [UInt8] = []
            for (key, isEnd) in keys {
                let value: [UInt8] = [12, 0, 1, 0, 6, 0, 1, 0, UInt8(key >> 8), UInt8(key & 255), 0, 0]
                let flags: [UInt8] = isEnd ? [8, 0, 3, 0, 0, 0, 0, 1] : []
                list += [UInt8(4 + value.count + flags.count), 0, 1, 0] + value + flags
            }
            return [1, 0, 0, 0, UInt8(4 + list.count), 0, 3, 0] + list
        }
        func elements(_ keys: [(UInt16, isEnd: Bool)]) throws -> [SetElement] {
            var set = SetObject(name: "s", flags: .interval, keyType: 13, keyLength: 2)
            set.elements = []
            var collector = ElementCollector(set)
            try collector.add(message(keys).span.bytes)
            return collector.finish().elements
        }
        func range(_ start: UInt16, _ end: UInt16) -> SetElement {
            SetElement(start: SetKey(port: start), end: SetKey(port: end))
        }
        // The kernel dumps the largest key first, and nft starts sets with an end.
        #expect(try elements([(23, true), (22, false), (0, true)]) == [range(22, 22)])
        #expect(try elements([(65000, false), (11, true), (0, false)]) == [range(0, 10), range(65000, 65535)])
        // One interval right after another, with and without an end between them.
        #expect(try elements([(30, true), (20, true), (20, false), (10, false)]) == [range(10, 19), range(20, 29)])
        #expect(try elements([(30, true), (20, false), (10, false)]) == [range(10, 19), range(20, 29)])
        #expect(try elements([(7, true)]).isEmpty)
    }

    /// Only a listing during which the kernel moved members has one twice; others are then missing.
    @Test func aMemberThatIsListedTwiceTellsThatTheListingWasDisturbed() throws {
        func isDisturbed(_ ports: [UInt8]) throws -> Bool {
            var collector = ElementCollector(SetObject(name: "s", flags: [], keyType: 13, keyLength: 2))
            for port in ports {
                let item: [UInt8] = [16, 0, 1, 0, 12, 0, 1, 0, 6, 0, 1, 0, 0, port, 0, 0]
                try collector.add(([1, 0, 0, 0, 20, 0, 3, 0] + item).span.bytes)
            }
            #expect(collector.finish().elements.count == ports.count)
            return collector.isDisturbed
        }
        #expect(try !isDisturbed([3, 1, 2]))
        #expect(try isDisturbed([3, 1, 3]))
        #expect(try !isDisturbed([]))
    }
}
