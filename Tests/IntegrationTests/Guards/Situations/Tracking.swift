import TestSupport

/// What connection tracking knows of the session before Weir comes.
enum Tracking: String, CaseIterable {
    case none = "nothing tracked"
    case whole = "tracked from its beginning on"
    case pickedUp = "tracked from its middle on"
    case excepted = "with notrack of another program"

    /// Has the kernel track, or not.
    func prepare(_ scene: Scene, isSessionOpen: Bool) throws {
        switch (self, isSessionOpen) {
        case (.whole, false), (.pickedUp, true), (.excepted, false):
            try scene.host.outputOf(
                "nft",
                "-f",
                "-",
                input: "table inet theirs { chain c { ct state new counter; }; }\n"
            )
        default: break
        }
        guard self == .excepted, !isSessionOpen else { return }
        let rules = """
            table inet theirs-raw {
                chain prerouting { type filter hook prerouting priority -300; tcp dport 22 notrack; }
                chain output { type filter hook output priority -300; tcp sport 22 notrack; }
            }

            """
        try scene.host.outputOf("nft", "-f", "-", input: rules)
    }
}
