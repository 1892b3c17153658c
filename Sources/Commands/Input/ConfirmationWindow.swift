import ArgumentParser
import NetworkTypes

/// How long a change waits to be confirmed. A number without a unit is refused: tools disagree about what it means.
struct ConfirmationWindow {
    /// One second to one day.
    let span: TimeSpan

    private static let bounds = TimeSpan(milliseconds: 1000)...TimeSpan(milliseconds: 86_400_000)

    /// Nanoseconds, as CLOCK_BOOTTIME counts.
    var nanoseconds: UInt64 { span.milliseconds * 1_000_000 }

    /// Reads an argument.
    static func read(_ text: String) throws -> ConfirmationWindow {
        guard text.last.map({ !$0.isNumber }) ?? false else {
            throw ValidationError("'\(text)' has no unit: write \(text.isEmpty ? "90" : text)s, or 5m, or 1h.")
        }
        guard let span = try? TimeSpan(parsing: Array(text.utf8).span) else {
            throw ValidationError("'\(text)' is not a length of time: write 90s, or 5m, or 1h30m.")
        }
        guard bounds.contains(span) else {
            throw ValidationError("'\(text)' is out of range: a change waits 1s to 24h.")
        }
        return ConfirmationWindow(span: span)
    }
}
