public import NetworkTypes
import Vocabulary

extension Rule: TextWritable {
    /// Appends the rule as one line of the rule language, without a line end.
    public func write(to text: inout TextBuffer) {
        action.writeVerb(to: &text, beforeComment: comment != nil)
        if let direction {
            text.write(UInt8(ascii: " "))
            text.write(direction.rawValue)
        }
        writeMatches(to: &text)
        action.writeArguments(to: &text)
        if let log {
            text.write(UInt8(ascii: " "))
            log.write(to: &text, beforeComment: comment != nil)
        }
        if let comment {
            text.write(UInt8(ascii: " "))
            text.write(quoted: comment)
        }
    }

    private func writeMatches(to text: inout TextBuffer) {
        let words = InterfaceWords(direction)
        let control = controlProtocol
        for (index, match) in matches.enumerated() where index != control?.protocolIndex {
            // The words of a field name its protocol too.
            if case .transportProtocol(let protocols) = match, let number = protocols.single, index + 1 < matches.count,
                case .field(let field) = matches[index + 1], field.row.layer.transportProtocol == number
            {
                continue
            }
            text.write(UInt8(ascii: " "))
            if index == control?.familyIndex {
                text.write(match == .family(.ipv4) ? "icmp" : "icmpv6")
            } else {
                match.write(to: &text, words: words)
            }
        }
    }

    /// Where the matches for a family and for its own control protocol stand: together they are written `icmp` or `icmpv6`.
    private var controlProtocol: (familyIndex: Int, protocolIndex: Int)? {
        for (familyIndex, match) in matches.enumerated() {
            guard case .family(let family) = match else { continue }
            let wanted = Match.transportProtocol(Membership([family == .ipv4 ? .icmp : .icmpv6]))
            return matches.firstIndex(of: wanted).map { (familyIndex, $0) }
        }
        return nil
    }
}
