public import NetworkTypes

extension Chain: TextWritable {
    /// Appends the chain's declaration, one rule a line, without a line end.
    public func write(to text: inout TextBuffer) {
        writeHead(to: &text)
        text.write(" {\n")
        for rule in rules {
            text.write("    ")
            text.write(rule)
            text.write(UInt8(ascii: "\n"))
        }
        text.write(UInt8(ascii: "}"))
    }

    /// Appends what stands before the brace: `chain early hook prerouting priority raw - 10`.
    public func writeHead(to text: inout TextBuffer) {
        text.write("chain ")
        text.write(name: name)
        guard case .base(let type, let hook, let priority, let policy) = kind else { return }
        if type != .filter {
            text.write(" type ")
            text.write(type.rawValue)
        }
        text.write(" hook ")
        text.write(hook)
        text.write(" priority ")
        StandardPriority.write(priority, hook: hook, to: &text)
        if policy != .accept {
            text.write(" policy ")
            text.write(policy.rawValue)
        }
    }
}
