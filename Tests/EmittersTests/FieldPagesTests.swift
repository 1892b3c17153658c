import NetworkTypes
import RulesetModel
import TestSupport
import Testing
import Vocabulary

/// The pages that the rows of the vocabulary are generated into; `RECORD=1` writes them.
@Suite struct FieldPagesTests {
    @Test func theReferenceHasEveryField() throws {
        let rows = Field.all.map { field in
            "| `\(field.words)` | \(field.summary) | \(values(of: field)) | `\(example(of: field))` |"
        }
        let table = ["| field | the packet's | values | example |", "| --- | --- | --- | --- |"] + rows
        try expectBlock(table, in: "docs/language.md", from: "<!-- fields -->", to: "<!-- end of fields -->")
    }

    @Test func theReferenceHasEveryName() throws {
        let lines = ValueNames.allCases.filter { $0 != .protocols }.map { names in
            let entries = names.entries.map { "`\($0.name)` \($0.value)" }.joined(separator: ", ")
            return "| \(ValueType.named(names, bits: 32).noun) | \(entries) |"
        }
        let table = ["| value | names |", "| --- | --- |"] + lines
        try expectBlock(table, in: "docs/language.md", from: "<!-- names -->", to: "<!-- end of names -->")
    }

    /// Fields with the same values stand together: what reads the schema tries one group after the other.
    @Test func theSchemaHasEveryField() throws {
        var groups: [(schema: String, names: [String])] = []
        for field in Field.all {
            let name = field.words.replacing(" ", with: "-")
            for schema in schemas(of: field) {
                if let index = groups.firstIndex(where: { $0.schema == schema }) {
                    groups[index].names.append(name)
                } else {
                    groups.append((schema, [name]))
                }
            }
        }
        let lines = groups.enumerated().map { index, group in
            let names = group.names.map { #""\#($0)""# }.joined(separator: ", ")
            let start =
                #"      {"type": "object", "properties": {"type": {"enum": [\#(names)]}, "not": {"type": "boolean"}, "#
            return start + group.schema + (index + 1 < groups.count ? "," : "")
        }
        try expectBlock(lines, in: "docs/model.schema.json", from: #"    "field": {"anyOf": ["#, to: "    ]},")
    }

    private func values(of field: Field) -> String {
        let type = field.type
        var parts: [String] = []
        switch type {
        case .number(let bits): parts.append("number of \(bits) \(bits == 1 ? "bit" : "bits")")
        case .named(let names, _): parts.append("[name](#names-of-values)" + (names.allowsNumbers ? ", number" : ""))
        case .hardwareAddress: parts.append("hardware address")
        case .timeOfDay: parts.append("HH:MM or HH:MM:SS")
        case .duration: parts.append("duration")
        case .text, .interfaceKind: parts.append("name in quotes")
        }
        if type.hasRanges { parts.append("range") }
        if type.hasLists { parts.append("list") }
        if field.hasMasks { parts.append("VALUE`/`MASK") }
        return (parts + ["`!`"]).joined(separator: ", ")
    }

    private func example(of field: Field) -> String {
        "accept \(field.places == .beforeOutput ? "out" : "in") \(field.words) \(field.example)"
    }

    private func schemas(of field: Field) -> [String] {
        let most = field.type.greatest.number64
        let one: String
        switch field.type {
        case .number:
            one = ##"{"anyOf": [{"type": "integer", "minimum": 0, "maximum": \##(most)}, {"$ref": "#/$defs/range"}]}"##
        case .named(let names, _) where !names.allowsNumbers:
            one = #"{"enum": [\#(names.entries.map { #""\#($0.name)""# }.joined(separator: ", "))]}"#
        default:
            one = #"{"type": "string", "minLength": 1}"#
        }
        let values =
            #""values": {"type": "array", "items": \#(one), "minItems": 1}}, "#
            + #""additionalProperties": false, "required": ["type", "values"]}"#
        guard field.hasMasks else { return [values] }
        let number = #"{"type": "integer", "minimum": 0, "maximum": \#(most)}"#
        let masked =
            #""value": \#(number), "mask": \#(number)}, "#
            + #""additionalProperties": false, "required": ["type", "value", "mask"]}"#
        return [values, masked]
    }

    /// Expects these lines, and no others, between two lines of a page.
    private func expectBlock(_ lines: [String], in path: String, from start: String, to end: String) throws {
        let bytes = try #require(readFile("\(packageDirectory)/\(path)"))
        var page = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        let first = try #require(page.firstIndex(of: start), "\(path) has no line '\(start)'")
        let last = try #require(page[first...].firstIndex(of: end), "\(path) has no line '\(end)' after '\(start)'")
        page.replaceSubrange(first + 1..<last, with: lines)
        expectGolden(page.joined(separator: "\n"), path)
    }
}
