/// Other programs that change what Weir changes, as their configuration files tell.
extension Diagnosis {
    mutating func lookAtServices(_ tree: inout SystemTree) {
        lookAtNetworkd(&tree)
        lookAtNetworkManager(&tree)
        lookAtNftablesService(&tree)
        lookAtUFW(tree)
        for text in tree.hidden { missed(text) }
    }

    /// systemd-networkd deletes routes and policy routing rules that it did not make, when it starts and when an interface is
    /// configured (networkd.conf(5)).
    private mutating func lookAtNetworkd(_ tree: inout SystemTree) {
        guard tree.has("run/systemd/netif/state") || tree.isEnabled("systemd-networkd.service") else { return }
        let settings = tree.settings("Network", of: "networkd.conf", &self)
        let foreign = ["ManageForeignRoutes", "ManageForeignRoutingPolicyRules"].filter {
            !Self.isNo(settings[$0] ?? "yes")
        }
        guard !foreign.isEmpty else { return }
        find(
            "networkd-foreign-routes",
            "systemd-networkd",
            "it deletes routes and policy routing rules that it did not make, Weir's too, each time it starts",
            advice: "write '[Network]' and "
                + foreign.map { "'\($0)=no'" }.joined(separator: " and ")
                + " into /etc/systemd/networkd.conf.d/weir.conf, then 'systemctl restart systemd-networkd' and 'weir apply'"
        )
    }

    /// What systemd takes for no (systemd.syntax(7)).
    private static func isNo(_ value: String) -> Bool {
        ["no", "false", "off", "0", "n", "f"].contains(value.lowercased())
    }

    private mutating func lookAtNetworkManager(_ tree: inout SystemTree) {
        guard
            tree.has("run/NetworkManager/NetworkManager.pid") || tree.has("run/NetworkManager/devices")
                || tree.isEnabled("NetworkManager.service")
        else { return }
        find(
            "networkmanager",
            "NetworkManager",
            "it makes routes of its own for the interfaces that it manages, and removes Weir's with an interface that it takes down",
            advice: "leave default routes to it, or keep it off interfaces that Weir has routes for: "
                + "'unmanaged-devices=interface-name:IF' below '[keyfile]' in /etc/NetworkManager/conf.d/weir.conf; "
                + "'weir status' shows what is missing"
        )
    }

    /// The service of the nftables package loads a file that begins by deleting every table.
    private mutating func lookAtNftablesService(_ tree: inout SystemTree) {
        guard tree.isEnabled("nftables.service") else { return }
        for file in ["etc/nftables.conf", "etc/sysconfig/nftables.conf"] {
            switch tree.lines(file) {
            case .none: continue
            case .hidden(let reason): missed(reason)
            case .lines(let lines):
                guard lines.contains(where: { $0.trimmed.hasPrefix("flush ruleset") }) else { continue }
                find(
                    "nftables-service-flushes",
                    "nftables.service",
                    "it deletes all tables, Weir's too, when it is started, reloaded or stopped: /\(file) says 'flush ruleset'",
                    advice: "'systemctl disable nftables', or in /\(file) name its own tables instead: "
                        + "'table inet filter' and 'delete table inet filter' for each"
                )
            }
        }
    }

    private mutating func lookAtUFW(_ tree: SystemTree) {
        switch tree.lines("etc/ufw/ufw.conf") {
        case .none: break
        case .hidden(let reason): missed(reason)
        case .lines(let lines):
            guard lines.contains(where: { $0.trimmed.lowercased() == "enabled=yes" }) else { return }
            find(
                "ufw",
                "ufw",
                "it is enabled: packets that it drops stay dropped, even if Weir's rules accept them",
                advice: "use one firewall: run 'ufw disable' once its rules are in Weir's file"
            )
        }
    }
}
