import NetworkTypes
import Testing

struct NameTests {
    @Test(
        arguments: [("ssh", 22), ("http", 80), ("domain", 53), ("ident", 113), ("xmpp-server", 5269)]
            as [(String, UInt16)]
    )
    func aServiceIsFoundByNameAndByPort(name: String, port: UInt16) throws {
        #expect(try #require(Service(named: name)).port == port)
        #expect(Service(port: port, transport: .tcp)?.name == name)
    }

    @Test func everyServiceIsFoundByItsName() throws {
        #expect(Service.allNames.count >= 150)
        #expect(Set(Service.allNames).count == Service.allNames.count)
        for name in Service.allNames {
            let service = try #require(Service(named: name))
            #expect(service.name == name)
            #expect(name.utf8.count <= 15)
        }
    }

    @Test func namesOfOneNumberDependOnTheTransport() {
        #expect(Service(port: 514, transport: .tcp)?.name == "shell")
        #expect(Service(port: 514, transport: .udp)?.name == "syslog")
        #expect(Service(port: 514, transport: .sctp) == nil)
        #expect(Service(named: "sshd") == nil)
        #expect(Service(named: "a-name-of-more-than-fifteen-bytes") == nil)
    }

    @Test func everyNameStandsForOneValueAndBack() {
        check(IPProtocol.self)
        check(ICMPType.self)
        check(ICMPv6Type.self)
        check(ICMPCode.self)
        check(ICMPv6Code.self)
        check(ICMPUnreachableCode.self)
        check(ICMPv6UnreachableCode.self)
        check(ICMPXCode.self)
        check(ConntrackStates.self)
        check(ConntrackStatus.self)
        check(TCPFlags.self)
        check(NetfilterHook.self)
        check(ChainType.self)
        check(ChainPolicy.self)
        check(StandardPriority.self)
    }

    private func check<Value: NamedValue>(_ type: Value.Type) {
        #expect(Set(type.allNames).count == type.allNames.count)
        for name in type.allNames {
            let value = type.init(named: name)
            #expect(value != nil)
            // A second name of the same value reads back as the first one.
            #expect(value?.name.flatMap { type.init(named: $0.description) } == value)
        }
        #expect(type.init(named: "no-such-name") == nil)
        #expect(type.init(named: "") == nil)
    }

    @Test func flagsAreWrittenInTheOrderOfTheHeader() {
        var text = TextBuffer()
        ([.ack, .syn] as TCPFlags).writeNames(to: &text)
        #expect(text.text == "syn,ack")
        #expect(TCPFlags.allNamed.rawValue == 0xff)
    }

    @Test(
        arguments: [
            (0, NetfilterHook.input, "filter"), (-100, .prerouting, "dstnat"), (-100, .output, "-100"),
            (100, .postrouting, "srcnat"), (100, .input, "100"), (-310, .prerouting, "raw - 10"),
            (5, .forward, "filter + 5"),
            (Int32.min, .input, "-2147483648"), (Int32.max, .input, "2147483647"), (11, .input, "11"),
        ] as [(Int32, NetfilterHook, String)]
    )
    func aPriorityIsWrittenAsNftDoes(priority: Int32, hook: NetfilterHook, text: String) {
        var buffer = TextBuffer()
        StandardPriority.write(priority, hook: hook, to: &buffer)
        #expect(buffer.text == text)
    }

    @Test(arguments: ICMPXCode.allCases)
    func aReasonForBothFamiliesIsWhatTheKernelSays(code: ICMPXCode) {
        #expect(ICMPXCode(code.icmp) == code)
        #expect(ICMPXCode(code.icmpv6) == code)
        #expect(code.icmp.icmpv6 == code.icmpv6)
        #expect(code.icmpv6.icmp == code.icmp)
    }
}
