public import Testing

/// Expects two texts to be equal and shows a difference line by line.
public func expectSameText(
    _ actual: String,
    _ expected: String,
    _ comment: @autoclosure () -> Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual != expected else { return }
    var text = "the texts differ (- expected, + actual)\n" + lineDifference(from: expected, to: actual)
    if let comment = comment() { text = "\(comment)\n" + text }
    Issue.record(Comment(rawValue: text), sourceLocation: sourceLocation)
}

/// The lines of two texts with `-` before those that only the first has and `+` before those that only the second has; long
/// equal stretches are left out.
func lineDifference(from old: String, to new: String) -> String {
    let oldLines = old.split(separator: "\n", omittingEmptySubsequences: false)
    let newLines = new.split(separator: "\n", omittingEmptySubsequences: false)
    let difference = newLines.difference(from: oldLines)
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in difference {
        switch change {
        case .remove(let offset, _, _): removed.insert(offset)
        case .insert(let offset, _, _): inserted.insert(offset)
        }
    }

    var lines: [(isChanged: Bool, text: String)] = []
    var oldIndex = 0
    var newIndex = 0
    while oldIndex < oldLines.count || newIndex < newLines.count {
        if removed.contains(oldIndex) {
            lines.append((true, "-" + visible(oldLines[oldIndex])))
            oldIndex += 1
        } else if inserted.contains(newIndex) {
            lines.append((true, "+" + visible(newLines[newIndex])))
            newIndex += 1
        } else {
            lines.append((false, " " + visible(newLines[newIndex])))
            oldIndex += 1
            newIndex += 1
        }
    }
    return withoutLongEqualStretches(lines).joined(separator: "\n")
}

/// Makes the characters visible that a terminal would swallow.
private func visible(_ line: Substring) -> String {
    var text = ""
    for scalar in line.unicodeScalars {
        let isPlain = scalar == "\t" || (scalar.value >= 0x20 && scalar.value != 0x7f)
        text += isPlain ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
    }
    return line.last == " " || line.last == "\t" ? text + "\u{2423}" : text
}

/// Keeps three lines around each change.
private func withoutLongEqualStretches(_ lines: [(isChanged: Bool, text: String)]) -> [String] {
    var isShown = [Bool](repeating: false, count: lines.count)
    for (index, line) in lines.enumerated() where line.isChanged {
        for near in max(0, index - 3)...min(lines.count - 1, index + 3) { isShown[near] = true }
    }
    var shown: [String] = []
    for (index, line) in lines.enumerated() {
        if isShown[index] {
            shown.append(line.text)
        } else if shown.last != "..." {
            shown.append("...")
        }
    }
    return shown
}
