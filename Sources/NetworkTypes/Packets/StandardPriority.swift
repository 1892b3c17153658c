/// A place among the base chains of a hook that has a name (`enum nf_ip_hook_priorities`); the smaller number comes first.
public enum StandardPriority: Int32, NamedValue, CaseIterable {
    /// `NF_IP_PRI_RAW`: before connection tracking.
    case raw = -300
    /// `NF_IP_PRI_MANGLE`
    case mangle = -150
    /// `NF_IP_PRI_NAT_DST`
    case destinationNAT = -100
    /// `NF_IP_PRI_FILTER`
    case filter = 0
    /// `NF_IP_PRI_SECURITY`
    case security = 50
    /// `NF_IP_PRI_NAT_SRC`
    case sourceNAT = 100

    /// nft's names.
    public static let nameTable = NameTable<Self>([
        ("raw", .raw), ("mangle", .mangle), ("dstnat", .destinationNAT), ("filter", .filter), ("security", .security),
        ("srcnat", .sourceNAT),
    ])

    /// Whether nft knows the name in this hook.
    public func isNamed(in hook: NetfilterHook) -> Bool {
        switch self {
        case .destinationNAT: hook == .prerouting
        case .sourceNAT: hook == .postrouting
        case .raw, .mangle, .filter, .security: true
        }
    }

    /// Appends a priority as nft lists it: by name, by name and an offset of at most ten, or as a number.
    public static func write(_ priority: Int32, hook: NetfilterHook, to text: inout TextBuffer) {
        let near = allCases.first { $0.isNamed(in: hook) && (-10...10).contains(Int64(priority) - Int64($0.rawValue)) }
        guard let near, let name = near.name else {
            if priority < 0 { text.write(UInt8(ascii: "-")) }
            text.write(decimal: priority.magnitude)
            return
        }
        text.write(name)
        let offset = priority - near.rawValue
        if offset != 0 {
            text.write(offset < 0 ? " - " : " + ")
            text.write(decimal: offset.magnitude)
        }
    }
}
