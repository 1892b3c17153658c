import ArgumentParser
import Transactions

extension ConfirmationProbe {
    /// Reads an argument such as `tcp:192.0.2.1:22`, `tcp:[2001:db8::1]:22` or `tcp:gateway.example:443`.
    static func read(_ text: String) throws -> ConfirmationProbe {
        guard let probe = ConfirmationProbe(text) else {
            throw ValidationError("'\(text)' is not a probe: write tcp:HOST:PORT, with an IPv6 address in brackets.")
        }
        return probe
    }
}
