import Glibc
import Guards
import KernelObjects
import KernelState
import Lowering
import NetworkTypes
import Reconciliation
import RulesetCompiler
import RulesetModel

/// What the kernel has and lacks.
extension Diagnosis {
    mutating func lookAtKernel(_ connection: inout KernelConnection) {
        lookAtVersion()
        lookAtForeignTables(&connection)
        lookAtLegacyTables(connection)
        lookAtTranslations(&connection)
        lookAtRoutingRules(&connection)
        lookAtFeatures(&connection)
        lookAtHelpers(&connection)
        lookAtSets(connection)
    }

    // MARK: Other firewalls

    private mutating func lookAtForeignTables(_ connection: inout KernelConnection) {
        let chains = seeing("tables of others") { () throws(KernelStateError) in try connection.readForeignBaseChains()
        }
        var tables: [String] = []
        var hooks: [String: [String]] = [:]
        for chain in chains ?? [] {
            guard let family = chain.table.familyOfIPPackets, family != "netdev",
                let hook = NetfilterHook(rawValue: chain.hook), chain.type != "nat"
            else { continue }
            let table = "\(family) \(chain.table.name)"
            if hooks[table] == nil { tables.append(table) }
            let isSame = StandardChain.allCases.contains { $0.hook == hook && $0.priority == chain.priority }
            hooks[table, default: []].append("\(chain.name) (\(hook) \(chain.priority)\(isSame ? ", as Weir's" : ""))")
        }
        for table in tables {
            let owner = Self.owner(ofTable: table)
            find(
                "table-of-others",
                "table \(table)",
                "\(owner) filters the same packets: a packet that one of them drops is dropped, even if the other accepts it; "
                    + "chains of the same priority run in the order in which they were created: "
                    + (hooks[table] ?? []).joined(separator: ", "),
                advice: "keep the rules of one host in one place; '\(Self.listing(ofTable: table))' shows these"
            )
        }
    }

    /// The command that shows a table, as `inet filter`. nft would take a name that is none of its language for commands.
    private static func listing(ofTable table: String) -> String {
        let isName = table.split(separator: " ").dropFirst().joined(separator: " ").utf8.enumerated().allSatisfy {
            switch $1 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): $0 > 0
            default: false
            }
        }
        return isName ? "nft list table \(table)" : "nft list ruleset"
    }

    /// Which program makes tables of such a name.
    private static func owner(ofTable table: String) -> String {
        switch table {
        case "inet firewalld", "ip firewalld", "ip6 firewalld": "firewalld"
        case "ip filter", "ip6 filter", "ip nat", "ip6 nat", "ip mangle", "ip6 mangle", "ip raw", "ip6 raw":
            "iptables-nft (docker, ufw, fail2ban and others use it)"
        case "ip docker-bridges", "ip6 docker-bridges": "docker"
        case "inet netavark": "podman"
        case "ip libvirt_network", "ip6 libvirt_network": "libvirt"
        case "inet f2b-table": "fail2ban"
        case "ip kube-proxy", "ip6 kube-proxy": "kube-proxy"
        default: "another program"
        }
    }

    private mutating func lookAtLegacyTables(_ connection: borrowing KernelConnection) {
        let tables = seeing("tables of iptables-legacy") { () throws(KernelStateError) in
            try connection.readLegacyTables()
        }
        guard let tables, !tables.isEmpty else { return }
        find(
            "iptables-legacy",
            tables.joined(separator: ", "),
            "its rules filter the same packets, and nft does not list them",
            advice:
                "'iptables-legacy-save' and 'ip6tables-legacy-save' show them; once they are in Weir's file, flush them and unload "
                + "the modules iptable_filter, iptable_nat, iptable_mangle, iptable_raw and their ip6 versions"
        )
    }

    /// Looks for rules of Weir's table that connections do not get to.
    private mutating func lookAtTranslations(_ connection: inout KernelConnection) {
        let seen = seeing("who translates connections") {
            () throws(KernelStateError) -> (FirewallState?, [ForeignTable]) in
            (try connection.readFirewall().firewall, try ForeignTable.all(&connection))
        }
        guard let (firewall, tables) = seen else { return }
        let check = TranslationCheck(
            LiftedState(firewall: firewall).ruleset,
            tables,
            hooksInUse: firewall.hooksOfTranslation
        )
        if check.isIncomplete { missed(TranslationText.incomplete) }
        for finding in check.findings {
            find(
                "translated-before",
                "table inet weir",
                TranslationText { _ in nil }.sentence(finding),
                advice: "write the rule like this, or delete the other one; 'nft -a list ruleset' shows its handle"
            )
        }
    }

    // MARK: Routing

    private mutating func lookAtRoutingRules(_ connection: inout KernelConnection) {
        let routing = seeing("routes and policy routing rules") { () throws(KernelStateError) in
            try connection.readRouting()
        }
        guard let routing else { return }
        // IPv6 has no table `default`.
        let needed: [(AddressFamily, UInt32, UInt32, String)] = [
            (.ipv4, 0, 255, "local"), (.ipv4, 32766, 254, "main"), (.ipv4, 32767, 253, "default"),
            (.ipv6, 0, 255, "local"),
            (.ipv6, 32766, 254, "main"),
        ]
        for (family, priority, table, name) in needed {
            let rules = routing.routingRules.filter { $0.family == family }
            // A kernel without the family, or without policy routing, has none at all.
            guard !rules.isEmpty, !rules.contains(where: { $0.priority == priority && $0.table == table }) else {
                continue
            }
            let option = family == .ipv4 ? "" : "-6 "
            find(
                "default-routing-rule",
                "\(family == .ipv4 ? "IPv4" : "IPv6") rule \(priority)",
                "the kernel's own rule that looks up table '\(name)' is gone"
                    + (priority == 32767 ? "" : ": packets are not routed"),
                advice: "'ip \(option)rule add priority \(priority) lookup \(name)'"
            )
        }
    }

    // MARK: Features

    /// What Weir's rules are made of, each with a rule that needs it; the kernel checks them and makes none.
    private static let features: [(name: String, rules: String, modules: String)] = [
        ("filtering", "drop in tcp dport 1", "nf_tables"),
        ("connection states", "drop in ct state invalid", "nft_ct nf_conntrack"),
        ("reject", "reject in tcp dport 1", "nft_reject_inet"),
        ("sets", "drop in tcp dport { 1, 3-5 }", "nf_tables"),
        ("limits", "drop in limit 1/second", "nft_limit"),
        ("log", "log in tcp dport 1", "nft_log"),
        ("marks", "set mark 1/1 in tcp dport 1", "nf_tables"),
        ("notrack", "notrack in tcp dport 1", "nft_ct"),
        ("redirect", "redirect in tcp dport 1 to :2", "nft_redir nft_chain_nat"),
        ("dnat", "dnat in tcp dport 1 to 192.0.2.1:2", "nft_nat nft_chain_nat"),
        ("masquerade", "masquerade out tcp dport 1", "nft_masq nft_chain_nat"),
    ]

    private mutating func lookAtFeatures(_ connection: inout KernelConnection) {
        for feature in Self.features {
            guard let ruleset = RuleFileCompiler.compile(text: feature.rules).ruleset, let lowered = try? lower(ruleset)
            else {
                continue
            }
            let changes = difference(desired: lowered.state, observed: ObservedState()).changes
            guard let firewall = changes.firewall else { continue }
            do throws(KernelStateError) {
                var transaction = try FirewallTransaction(firewall)
                try connection.validate(&transaction, ifGeneration: try connection.readGeneration())
            } catch {
                guard case .missingFeature = error.cause else {
                    missed("what nf_tables can do: \(error)")
                    return
                }
                find(
                    "kernel-feature",
                    feature.name,
                    "the kernel does not support it: \(error)",
                    advice:
                        "'modprobe \(feature.modules)'; if they do not exist, install the kernel's package with "
                        + "netfilter modules, or a kernel that has them"
                )
            }
        }
    }

    private mutating func lookAtVersion() {
        let release = KernelConnection.kernelRelease
        let (oldest, newest) = (KernelVersion.oldestTried, KernelVersion.newestTried)
        guard let version = KernelVersion(release: release) else {
            missed("which kernel this is: '\(release)'")
            return
        }
        let range = "Weir was tested on Linux \(oldest.series) to \(newest.series)"
        if version < .oldest {
            find(
                "kernel-version",
                "Linux \(release)",
                "it is too old: rules would not do what they say, so 'apply' refuses (69)",
                advice: "a kernel from \(KernelVersion.oldest.series) on; \(range)"
            )
        } else if version < oldest {
            find(
                "kernel-version",
                "Linux \(release)",
                "it is older than any kernel that Weir was tested on",
                advice: "'weir plan --rehearse FILE' tries a file in a private namespace; \(range)"
            )
        } else if version >= KernelVersion(newest.numbers[0], newest.numbers[1] + 1) {
            note(
                "this kernel (\(release)) is newer than any that Weir was tested on: plans list attributes that Weir does not know (\(range))"
            )
        } else {
            note("this kernel (\(release)) is one that Weir knows: \(range)")
        }
    }

    private mutating func lookAtSets(_ connection: borrowing KernelConnection) {
        let kernel = "this kernel (\(KernelConnection.kernelRelease))"
        switch connection.setCommit {
        case .atomic:
            note("\(kernel) changes all elements of a set in one step: Weir changes them in place")
        case .interleaved:
            note(
                "\(kernel) can miss elements of a set for a moment while adjacent ones change: Weir then exchanges the whole set "
                    + "and the rules that use it in one step; their counters are kept, rate limits start again"
            )
        }
    }

    private mutating func lookAtHelpers(_ connection: inout KernelConnection) {
        let here = TCPEndpoint(address: .ipv4(IPv4Address(rawValue: 0x7f00_0001)), port: 1)
        lookFor("guards need it to see ssh sessions", modules: "tcp_diag inet_diag") { () throws(KernelStateError) in
            try connection.readTCPSockets(localPort: 0) { _ in }
        }
        lookFor("guards need it to see tracked connections", modules: "nf_conntrack_netlink") {
            () throws(KernelStateError) in
            _ = try connection.trackedConnection(local: here, peer: here)
        }
        guard !connection.checksDumpRequests else { return }
        find(
            "strict-checks",
            "rtnetlink",
            "the kernel does not filter its answers (Linux 4.20 does) and sends more than is needed",
            advice: "everything works, but slowly if there are many routes; a newer kernel helps"
        )
    }

    private mutating func lookFor(
        _ purpose: String,
        modules: String,
        _ body: () throws(KernelStateError) -> Void
    ) {
        do throws(KernelStateError) {
            try body()
        } catch {
            guard case .missingFeature(let feature) = error.cause else {
                missed("\(error)")
                return
            }
            find("kernel-feature", feature, "the kernel does not have it: \(purpose)", advice: "'modprobe \(modules)'")
        }
    }

    /// Reads something; what cannot be read is noted.
    private mutating func seeing<Success>(
        _ what: String,
        _ body: () throws(KernelStateError) -> Success
    ) -> Success? {
        do throws(KernelStateError) {
            return try body()
        } catch {
            missed("\(what): \(error)")
            return nil
        }
    }
}
