import TestSupport

/// A host, somebody who is logged in to it, and a rule file that is applied there.
struct Situation {
    let topology: Topology
    let family: Family
    let state: HostState
    let tracking: Tracking
    let session: SessionKind
    let file: SituationFile

    /// All of it in one line.
    var name: String {
        let host = "\(family.rawValue) \(topology.rawValue)" + (state.name.isEmpty ? "" : ", \(state.name)")
        return "\(file.name): \(host); \(tracking.rawValue); \(session.rawValue)"
    }
}

/// All situations, each aspect with as many of the others as is reasonable.
enum SituationTable {
    /// The rows: networks with the files that are about them, networks with a part of the general files, hosts on which others have
    /// made something with a part of them. What remains takes turns.
    static let all: [Situation] = {
        var rows: [(topology: Topology, family: Family, state: HostState, file: SituationFile)] = []
        for (index, topology) in Topology.allCases.enumerated() {
            for family in topology.families {
                rows += SituationFile.special(topology).map { (topology, family, .plain, $0) }
            }
            for (place, file) in SituationFile.general.enumerated() where (place + index * 3) % 7 == 0 {
                let family = topology.families[place / 7 % topology.families.count]
                rows.append((topology, family, .plain, file))
            }
        }
        for (index, state) in HostState.all.enumerated() {
            for (place, file) in SituationFile.general.enumerated() where (place + index * 4) % 9 == 0 {
                rows.append((.routed, Family.allCases[(index + place / 9) % 2], state, file))
            }
        }
        return rows.enumerated().map { index, row in
            let tracking = Tracking.allCases[index * 3 % 4]
            return Situation(
                topology: row.topology,
                family: row.family,
                state: row.state,
                // What is not tracked is not translated.
                tracking: row.topology == .translated && tracking == .excepted ? .none : tracking,
                session: SessionKind.allCases[index * 5 % 9],
                file: row.file
            )
        }
    }()
}
