/// Shows diagnostics to programs, as one JSON object on one line.
///
/// `{"version":1,"errors":1,"warnings":0,"suppressed":0,"diagnostics":[…]}`, where a diagnostic is
/// `{"severity","code","message","place","notes":[{"message","place"}],"fixes":[{"message","place","replacement"}]}` and a
/// place is `{"file","start":{"line","column","offset"},"end":{…}}` or null. Lines and columns count from 1, columns in
/// Unicode scalars; offsets count bytes from 0. Members are never taken away or changed in meaning within a version.
public struct JSONRenderer: Sendable {
    /// The version of the form.
    public static let version = 1

    private let map: SourceMap

    /// Makes a renderer for diagnostics whose ranges are in these files.
    public init(map: SourceMap) {
        self.map = map
    }

    /// Everything in a bag, in reading order, with a line feed at the end.
    public func render(_ bag: DiagnosticBag) -> String {
        let head = [
            "\"version\":\(Self.version)",
            "\"errors\":\(bag.errorCount)",
            "\"warnings\":\(bag.warningCount)",
            "\"suppressed\":\(bag.suppressedCount)",
        ]
        let diagnostics = "\"diagnostics\":" + array(bag.sorted.map(render))
        return object(head + [diagnostics]) + "\n"
    }

    private func render(_ diagnostic: Diagnostic) -> String {
        let diagnostic = map.shown(diagnostic)
        return object([
            "\"severity\":" + string(diagnostic.severity.rawValue),
            "\"code\":" + string(diagnostic.code.rawValue),
            "\"message\":" + string(diagnostic.message),
            "\"place\":" + place(diagnostic.range),
            "\"notes\":"
                + array(
                    diagnostic.notes.map { note in
                        object(["\"message\":" + string(note.message), "\"place\":" + place(note.range)])
                    }
                ),
            "\"fixes\":" + array(diagnostic.fixIts.map(render)),
        ])
    }

    private func render(_ fixIt: Diagnostic.FixIt) -> String {
        object([
            "\"message\":" + string(fixIt.message),
            "\"place\":" + place(fixIt.range),
            "\"replacement\":" + string(fixIt.replacement),
        ])
    }

    private func place(_ range: SourceRange?) -> String {
        guard let range, let file = map[range.file] else {
            return "null"
        }
        func point(_ offset: UInt32) -> String {
            let position = file.position(at: offset)
            return object(["\"line\":\(position.line)", "\"column\":\(position.column)", "\"offset\":\(offset)"])
        }
        return object([
            "\"file\":" + string(file.name),
            "\"start\":" + point(range.start),
            "\"end\":" + point(range.end),
        ])
    }

    private func object(_ members: [String]) -> String {
        "{" + members.joined(separator: ",") + "}"
    }

    private func array(_ elements: [String]) -> String {
        "[" + elements.joined(separator: ",") + "]"
    }

    /// A string with what RFC 8259, section 7, wants escaped.
    private func string(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "\t": json += "\\t"
            case "\r": json += "\\r"
            case _ where TerminalText.isHidden(scalar): json += JSONEscapes.escape(scalar)
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
