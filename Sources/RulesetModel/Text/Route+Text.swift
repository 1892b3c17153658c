public import NetworkTypes

/// Names of routing tables by number: those that a ruleset gives, and the kernel's own.
struct RoutingTableNames {
    private var names: [UInt32: String] = [253: "default", 254: "main", 255: "local"]

    /// The names that every ruleset knows.
    static let kernel = RoutingTableNames([])

    init(_ tables: [RoutingTable]) {
        for table in tables where names[table.number] == nil {
            names[table.number] = table.name
        }
    }

    func write(_ number: UInt32, to text: inout TextBuffer) {
        if let name = names[number] {
            text.write(name: name)
        } else {
            text.write(decimal: number)
        }
    }
}

extension Route: TextWritable {
    /// Appends the route as one line of the rule language, tables by number.
    public func write(to text: inout TextBuffer) {
        write(to: &text, tables: .kernel)
    }

    func write(to text: inout TextBuffer, tables: RoutingTableNames) {
        text.write("route ")
        var hops: [NextHop] = []
        switch target {
        case .nextHops(let nextHops): hops = nextHops
        case .blackhole: text.write("blackhole ")
        case .unreachable: text.write("unreachable ")
        case .prohibit: text.write("prohibit ")
        case .nextRule: text.write("throw ")
        case .local(let interface):
            text.write("local ")
            hops = [NextHop(gateway: nil, interface: interface)]
        }
        writeDestination(gateways: hops.compactMap(\.gateway), to: &text)
        let isMultipath = hops.count > 1 || hops.contains { $0.weight != 1 }
        if !isMultipath, let hop = hops.first { hop.write(to: &text) }
        if metric != Route.defaultMetric(destination.family) {
            text.write(" metric ")
            text.write(decimal: metric)
        }
        if table != 254 {
            text.write(" table ")
            tables.write(table, to: &text)
        }
        if let source {
            text.write(" src ")
            text.write(source)
        }
        if typeOfService != 0 {
            text.write(" tos 0x")
            text.write(hexadecimal: typeOfService)
        }
        writeMetrics(to: &text)
        if preference != .medium {
            text.write(" pref ")
            text.write(preference)
        }
        if let scope {
            text.write(" scope ")
            text.write(scope)
        }
        if isMultipath {
            text.write(" {")
            text.write(hops, separator: " ;") { $0.write(to: &$1) }
            text.write(" }")
        }
    }

    private func writeMetrics(to text: inout TextBuffer) {
        for (metric, value) in metrics.sorted(by: { $0.key < $1.key }) {
            text.write(" \(metric.word) ")
            if lockedMetrics.contains(metric) { text.write("lock ") }
            if metric.unitsPerMillisecond == nil {
                text.write(decimal: value)
            } else {
                text.write(TimeSpan(milliseconds: UInt64(value)))
            }
        }
        if usesECN { text.write(" features ecn") }
        if let congestionControl {
            text.write(" congctl ")
            text.write(name: congestionControl)
        }
    }

    /// The route as one line of the rule language, tables by the names of a ruleset.
    public func text(tables: [RoutingTable]) -> String {
        var text = TextBuffer()
        write(to: &text, tables: RoutingTableNames(tables))
        return text.text
    }

    /// Appends the prefix with its length, `default` for all addresses; the family where nothing else tells it.
    private func writeDestination(gateways: [IPAddress], to text: inout TextBuffer) {
        guard destination.length == 0 else {
            text.write(destination.address)
            text.write(UInt8(ascii: "/"))
            text.write(decimal: destination.length)
            return
        }
        if gateways.isEmpty || gateways.contains(where: { $0.family != destination.family }) {
            text.write(destination.family == .ipv4 ? "0.0.0.0/0" : "::/0")
        } else {
            text.write("default")
        }
    }
}

extension NextHop {
    /// Appends the parts of the next hop, each with a blank before it.
    fileprivate func write(to text: inout TextBuffer) {
        if let gateway {
            text.write(" via ")
            text.write(gateway)
        }
        if let interface {
            text.write(" dev ")
            text.write(device: interface)
        }
        if weight != 1 {
            text.write(" weight ")
            text.write(decimal: weight)
        }
        if isOnLink { text.write(" onlink") }
    }
}

extension TextBuffer {
    /// Appends the name of an interface where no pattern can stand.
    fileprivate mutating func write(device name: InterfaceName) {
        write(name: name.rawValue)
    }
}

extension RoutingRule: TextWritable {
    /// Appends the rule as one line of the rule language, tables by number.
    public func write(to text: inout TextBuffer) {
        write(to: &text, tables: .kernel)
    }

    func write(to text: inout TextBuffer, tables: RoutingTableNames) {
        text.write("rule")
        if source == nil && destination == nil { text.write(family == .ipv4 ? " ip" : " ip6") }
        if isInverted { text.write(" not") }
        if let source {
            text.write(" from ")
            text.write(source)
        }
        if let destination {
            text.write(" to ")
            text.write(destination)
        }
        if let inputInterface {
            text.write(" iif ")
            text.write(device: inputInterface)
        }
        if let outputInterface {
            text.write(" oif ")
            text.write(device: outputInterface)
        }
        if let mark {
            text.write(" fwmark ")
            text.write(mark)
        }
        text.write(packets)
        switch action {
        case .lookup(let table):
            text.write(" lookup ")
            tables.write(table, to: &text)
        case .lookupOfVRF: text.write(" l3mdev")
        case .goTo(let priority):
            text.write(" goto ")
            text.write(decimal: priority)
        case .nothing: text.write(" nop")
        case .blackhole: text.write(" blackhole")
        case .unreachable: text.write(" unreachable")
        case .prohibit: text.write(" prohibit")
        }
        if let suppressedPrefixLength {
            text.write(" suppress_prefixlength ")
            text.write(decimal: suppressedPrefixLength)
        }
        if let suppressedGroup {
            text.write(" suppress_ifgroup ")
            text.write(decimal: suppressedGroup)
        }
        text.write(" priority ")
        text.write(decimal: priority)
    }

    /// The rule as one line of the rule language, tables by the names of a ruleset.
    public func text(tables: [RoutingTable]) -> String {
        var text = TextBuffer()
        write(to: &text, tables: RoutingTableNames(tables))
        return text.text
    }
}

extension PacketSelector: TextWritable {
    /// Appends what is asked for, each with a blank before it.
    public func write(to text: inout TextBuffer) {
        if typeOfService != 0 {
            text.write(" tos 0x")
            text.write(hexadecimal: typeOfService)
        }
        if let dscp {
            text.write(" dscp ")
            text.write(decimal: dscp)
        }
        if let ipProtocol {
            text.write(" ipproto ")
            text.write(ipProtocol)
        }
        if let sourcePorts {
            text.write(" sport ")
            text.write(sourcePorts)
        }
        if let destinationPorts {
            text.write(" dport ")
            text.write(destinationPorts)
        }
        if let users {
            text.write(" uidrange ")
            text.write(users)
        }
    }
}

extension Sysctl: TextWritable {
    /// Appends `sysctl net.ipv4.ip_forward = 1`.
    public func write(to text: inout TextBuffer) {
        text.write("sysctl ")
        text.write(name)
        text.write(" = ")
        let isNumbers = value.utf8.allSatisfy { $0 == UInt8(ascii: " ") || ($0 >= 0x30 && $0 <= 0x39) }
        if isNumbers && !value.isEmpty || value.isBareWord {
            text.write(value)
        } else {
            text.write(quoted: value)
        }
    }
}
