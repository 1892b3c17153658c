/// Lines of a plan that follow each other and are not shown.
struct PlanFold {
    /// What is counted together: lines that look alike.
    struct Likeness: Hashable {
        var change: PlanReport.Change
        var kind: PlanReport.Kind
    }

    private var counts: [(likeness: Likeness, count: Int)] = []

    /// How many lines they are.
    var lines: Int {
        counts.reduce(0) { $0 + $1.count }
    }

    /// Adds a line.
    mutating func add(_ likeness: Likeness) {
        if let index = counts.firstIndex(where: { $0.likeness == likeness }) {
            counts[index].count += 1
        } else {
            counts.append((likeness, 1))
        }
    }

    /// How many they are of each kind, in the order in which they come.
    var text: String {
        "… "
            + counts.map { likeness, count in
                let sign = likeness.change == .keep ? "" : likeness.change.sign + " "
                return "\(sign)\(count) more \(likeness.kind.noun(count))"
            }.joined(separator: ", ")
    }
}

extension PlanReport.Kind {
    /// The word for so many objects of the kind.
    fileprivate func noun(_ count: Int) -> String {
        let isOne = count == 1
        return switch self {
        case .table: isOne ? "table" : "tables"
        case .chain: isOne ? "chain" : "chains"
        case .rule: isOne ? "rule" : "rules"
        case .set: isOne ? "set" : "sets"
        case .object: isOne ? "object" : "objects"
        case .route: isOne ? "route" : "routes"
        case .routingRule: isOne ? "policy routing rule" : "policy routing rules"
        case .sysctl: isOne ? "setting" : "settings"
        case .interface: isOne ? "interface" : "interfaces"
        case .address: isOne ? "address" : "addresses"
        }
    }
}
