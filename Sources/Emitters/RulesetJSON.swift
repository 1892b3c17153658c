import Diagnostics
import FoundationEssentials
import RulesetModel

/// The JSON of a ruleset: sorted keys, two blanks for each level, a line end after it.
func json(_ ruleset: Ruleset) throws(Inexpressible) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
        return JSONEscapes.escaped(String(decoding: try encoder.encode(ruleset), as: UTF8.self)) + "\n"
    } catch {
        throw Inexpressible("\(error)")
    }
}
