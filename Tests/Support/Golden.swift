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
    func fail(_ text: String) {
        Issue.record(Comment(rawValue: text), sourceLocation: sourceLocation)
    }
    let file = FilePath(packageDirectory).pushing(FilePath(path)).string
    let expected = readFile(file).map { String(decoding: $0, as: UTF8.self) }
    if isRecording {
        guard actual != expected else { return }
        do {
            try writeFile(Array(actual.utf8), to: file)
            fail("recorded \(path)")
        } catch {
            fail("cannot record \(path): \(error)")
        }
        return
    }
    guard let expected else { return fail("there is no \(path); RECORD=1 makes it from:\n\(actual)") }
    guard actual != expected else { return }
    fail("\(path) differs (- golden, + actual); RECORD=1 rewrites it\n" + lineDifference(from: expected, to: actual))
}

/// Whether golden files are to be rewritten.
public var isRecording: Bool { environmentVariable("RECORD") == "1" }

/// The directory with `Package.swift`.
public let packageDirectory: String = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent().string
