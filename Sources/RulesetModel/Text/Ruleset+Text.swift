public import NetworkTypes

extension Ruleset: TextWritable {
    /// Appends the ruleset as a rule file: reading it gives an equal ruleset, and writing that gives the same text.
    public func write(to text: inout TextBuffer) {
        var sections = SectionWriter(text)
        if !options.counters {
            sections.begin()
            sections.line { $0.write("option counters off") }
        }
        sections.lines(routingTables) { table, text in
            text.write("table ")
            text.write(name: table.name)
            text.write(" = ")
            text.write(decimal: table.number)
        }
        sections.lines(sets) { $1.write($0) }
        sections.lines(Direction.allCases.filter { policies[$0] != nil }) { direction, text in
            text.write("policy ")
            text.write(direction.rawValue)
            text.write(policies[direction] == .drop ? " drop" : " accept")
        }
        for chain in chains {
            sections.lines([chain]) { $1.write($0) }
        }
        sections.lines(rules) { $1.write($0) }
        let tables = RoutingTableNames(routingTables)
        sections.lines(routes) { $0.write(to: &$1, tables: tables) }
        sections.lines(routingRules) { $0.write(to: &$1, tables: tables) }
        sections.lines(sysctls) { $1.write($0) }
        text = sections.text
    }
}

/// Writes groups of lines with an empty line between two.
private struct SectionWriter {
    var text: TextBuffer
    private var hasSection = false

    init(_ text: consuming TextBuffer) {
        self.text = text
    }

    mutating func begin() {
        if hasSection { text.write(UInt8(ascii: "\n")) }
        hasSection = true
    }

    mutating func line(_ write: (inout TextBuffer) -> Void) {
        write(&text)
        text.write(UInt8(ascii: "\n"))
    }

    mutating func lines<Element>(_ elements: [Element], _ write: (Element, inout TextBuffer) -> Void) {
        guard !elements.isEmpty else { return }
        begin()
        for element in elements {
            line { write(element, &$0) }
        }
    }
}
