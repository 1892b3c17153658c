import SystemPackage
public import Testing

/// Expects a text to be what a golden file holds.
///
/// With `RECORD=1` in the environment the file is rewritten and the test fails, so that the change is looked at as carefully
/// as code.
/// - Parameters:
///   - actual: What the code under test made.
///   - path: The golden file, relative to the package's directory.
public func expectGolden(
    _ actual: String,
    _ path: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let problem = goldenProblem(actual, path, isRecording: environmentVariable("RECORD") == "1") else { return }
    Issue.record(Comment(rawValue: problem), sourceLocation: sourceLocation)
}

/// What is wrong with a golden file, nil if it holds the text.
func goldenProblem(_ actual: String, _ path: String, isRecording: Bool) -> String? {
    let file = FilePath(packageDirectory).pushing(FilePath(path)).string
    let expected = readFile(file).map { String(decoding: $0, as: UTF8.self) }
    guard actual != expected else { return nil }
    if isRecording {
        do {
            try writeFile(Array(actual.utf8), to: file)
            return "recorded \(path)"
        } catch {
            return "cannot record \(path): \(error)"
        }
    }
    guard let expected else { return "there is no \(path); RECORD=1 makes it from:\n\(actual)" }
    let difference = lineDifference(from: expected, to: actual)
    return "\(path) differs (- golden, + actual); RECORD=1 rewrites it\n\(difference)"
}

/// The directory with `Package.swift`.
public let packageDirectory: String = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent().string
