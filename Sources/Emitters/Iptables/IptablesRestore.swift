import NetworkTypes

/// Writes the input of `iptables-restore --noflush` and `ip6tables-restore --noflush`.
///
/// Text for both families is one for both programs: a rule of one family starts with `-4` or `-6`, and the other program passes it
/// over.
struct IptablesRestore {
    let rules: IptablesRuleset
    let isUndo: Bool

    func write(to text: inout TextBuffer) {
        let programs =
            switch rules.families {
            case .ipv4: "iptables-restore"
            case .ipv6: "ip6tables-restore"
            default: "iptables-restore and ip6tables-restore, both"
            }
        text.write("# For \(programs) with --noflush: other rules stay.\n")
        rules.names.writeComments(to: &text)
        for content in isUndo ? rules.tables.reversed() : rules.tables {
            text.write("*\(content.table.rawValue)\n")
            if isUndo { undo(content, to: &text) } else { write(content, to: &text) }
            text.write("COMMIT\n")
        }
    }

    private func write(_ content: IptablesTableContent, to text: inout TextBuffer) {
        for (chain, policy) in content.policies {
            text.write(":\(chain) \(policy.rawValue.uppercased()) [0:0]\n")
        }
        for chain in content.ownChains {
            let prefix = prefix(for: chain.families)
            text.write(prefix.isEmpty ? ":\(chain.name) - [0:0]\n" : "\(prefix)-N \(chain.name)\n")
        }
        for line in content.lines { write(line, "-A", to: &text) }
    }

    private func undo(_ content: IptablesTableContent, to text: inout TextBuffer) {
        for (chain, _) in content.policies { text.write(":\(chain) ACCEPT [0:0]\n") }
        for line in content.lines.reversed() { write(line, "-D", to: &text) }
        for chain in content.ownChains.reversed() { text.write("\(prefix(for: chain.families))-X \(chain.name)\n") }
    }

    private func write(_ line: IptablesLine, _ operation: String, to text: inout TextBuffer) {
        text.write(prefix(for: line.families))
        let words = [operation, line.rule.chain] + line.rule.arguments
        text.write(words, separator: " ") { $1.write(restoreWord: $0) }
        text.write(UInt8(ascii: "\n"))
    }

    /// What makes the program for the other family pass a line over.
    private func prefix(for families: AddressFamilies) -> String {
        guard rules.families == .both else { return "" }
        return families == .ipv4 ? "-4 " : families == .ipv6 ? "-6 " : ""
    }
}

extension TextBuffer {
    /// Appends one word for iptables-restore(8): in double quotes where it is empty or holds blanks, quotes, backslashes or `#`.
    fileprivate mutating func write(restoreWord word: String) {
        let special = [UInt8(ascii: " "), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "#")]
        guard word.isEmpty || word.utf8.contains(where: special.contains) else {
            write(word)
            return
        }
        write(UInt8(ascii: "\""))
        for byte in word.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { write(UInt8(ascii: "\\")) }
            write(byte)
        }
        write(UInt8(ascii: "\""))
    }
}
