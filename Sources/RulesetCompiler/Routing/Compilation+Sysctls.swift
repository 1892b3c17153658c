import Diagnostics
import RuleLanguage
import RulesetModel

extension Compilation {
    /// The longest value: more than any setting below `net.` takes.
    private static var maximumValueLength: Int { 1024 }

    /// Compiles the kernel settings.
    func compileSysctls() {
        var owners: [String: SourceRange] = [:]
        for node in declarations.sysctls {
            let name = text(node.key.range)
            guard isSysctlName(name) else {
                report(.invalidSysctlName(name, at: node.key.range))
                continue
            }
            guard let value = sysctlValue(node.value) else { continue }
            if let first = owners.updateValue(node.range, forKey: name) {
                report(.duplicateSetting("`\(name)`", first: first, at: node.range))
                continue
            }
            ruleset.sysctls.append(Sysctl(name: name, value: value))
            provenance.sysctls.append(node.range)
        }
    }

    /// Whether a name leads to a file below /proc/sys/net and to nothing else.
    private func isSysctlName(_ name: String) -> Bool {
        let (dot, slash) = (UInt8(ascii: "."), UInt8(ascii: "/"))
        guard name.utf8.count <= 255, name.hasPrefix("net.") else { return false }
        let parts = name.utf8.split(separator: dot, omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            // A slash stands for a dot in a name of the file system, where `.` and `..` are directories.
            !part.isEmpty && !part.allSatisfy { $0 == slash }
                && part.allSatisfy {
                    $0.isAlphanumeric || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") || $0 == slash
                }
        }
    }

    private func sysctlValue(_ value: ValueSyntax) -> String? {
        guard let word = single(value, WordValue.self) else { return nil }
        let text = string(word.range)
        let words = text.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard !words.isEmpty, !text.utf8.contains(where: { ($0 < 0x20 && $0 != UInt8(ascii: "\t")) || $0 == 0x7f })
        else {
            report(.invalidSysctlValue(at: word.range))
            return nil
        }
        guard text.utf8.count <= Self.maximumValueLength else {
            let length = text.utf8.count
            report(.textTooLong("a value", length: length, maximum: Self.maximumValueLength, at: word.range))
            return nil
        }
        return words.map { String(Substring($0)) }.joined(separator: " ")
    }
}

extension UInt8 {
    /// Whether the byte is an ASCII letter or digit.
    fileprivate var isAlphanumeric: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
