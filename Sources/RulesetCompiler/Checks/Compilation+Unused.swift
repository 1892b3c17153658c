import Diagnostics
import RulesetModel

extension Compilation {
    /// Warns of names that nothing uses.
    ///
    /// Names that an included file defines may be there for other files that include it.
    func warnOfUnusedNames() {
        for table in [variables, sets, tables] {
            for entry in table.entries where !entry.isUsed && entry.range.file.rawValue == 0 {
                report(.unusedName(table.kind, entry.name, at: entry.range))
            }
        }
        for (entry, chain) in zip(chains.entries, chainBodies) where !entry.isUsed {
            // The kernel calls base chains by itself.
            guard chain.base == nil, entry.range.file.rawValue == 0 else { continue }
            report(.unusedName(.chain, entry.name, at: entry.range))
        }
    }
}
