import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

extension Compilation {
    /// The routing tables that the kernel names itself (`rt_class_t`).
    private static let kernelTables: [String: UInt32] = ["default": 253, "main": 254, "local": 255]
    /// The table of this host's own addresses, which the kernel keeps.
    private static let localTable: UInt64 = 255

    /// Compiles the names of routing tables.
    func compileTables() {
        tableNumbers = Array(repeating: nil, count: tables.entries.count)
        var owners: [UInt32: SourceRange] = [:]
        for node in declarations.tables {
            let name = text(node.name.range)
            guard let index = tables.index(of: name), tables.entries[index].range == node.name.range else { continue }
            guard Self.kernelTables[name] == nil else {
                report(.kernelTableName(name, at: node.name.range))
                continue
            }
            guard let number = number(node.number, "a routing table", in: 1...UInt64(UInt32.max)) else { continue }
            guard !Self.kernelTables.values.contains(UInt32(number)) else {
                report(.kernelTableNumber(number, at: node.number.range))
                continue
            }
            let table = UInt32(number)
            if let first = owners.updateValue(node.range, forKey: table) {
                report(.secondTableName(table, first: first, at: node.range))
                continue
            }
            tableNumbers[index] = table
            ruleset.routingTables.append(RoutingTable(name: name, number: table))
            provenance.routingTables.append(node.range)
        }
    }

    /// The number of a routing table that is written as a number or a name.
    func table(_ value: ValueSyntax) -> UInt32? {
        guard let word = single(value, WordValue.self) else { return nil }
        switch word.shape {
        case .number:
            guard let number = number(value, "a routing table", in: 1...UInt64(UInt32.max)) else { return nil }
            guard number != Self.localTable else {
                report(.localTable(at: word.range))
                return nil
            }
            return UInt32(number)
        case .name:
            let name = text(word.range)
            if let number = Self.kernelTables[name] {
                guard UInt64(number) != Self.localTable else {
                    report(.localTable(at: word.range))
                    return nil
                }
                return number
            }
            // A table whose number is wrong is reported where it is declared.
            return use(word.range, .table).flatMap { tableNumbers[$0] }
        default:
            report(.wrongValue(text(word.range), expected: "a routing table", at: word.range))
            return nil
        }
    }
}
