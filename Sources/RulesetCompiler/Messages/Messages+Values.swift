import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel
import Vocabulary

// MARK: - Values of any kind

extension Diagnostic {
    static func wrongValue(_ text: String, expected noun: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.wrongValue, "'\(shortened(text))' is not \(noun)", at: range)
    }

    /// What is wrong with a value of a field.
    static func wrongFieldValue(
        _ error: FieldValueError,
        _ text: String,
        _ type: ValueType,
        at range: SourceRange
    ) -> Diagnostic {
        switch error {
        case .malformed: wrongValue(text, expected: type.noun, at: range)
        case .malformedNumber: malformedNumber(text, expected: type.noun, at: range)
        case .outOfRange:
            switch type {
            case .number, .named: numberOutOfRange(text, type.noun, 0...type.greatest.number64, at: range)
            default: wrongValue(text, expected: type.noun, at: range)
            }
        case .unknownName: unknownWord(.wrongValue, text, expected: type.noun, type.allNames, at: range)
        }
    }

    static func bitsOutsideMask(_ text: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .markOutsideMask,
            "'\(shortened(text))' asks for bits that are not among those looked at, so nothing could match",
            at: range
        )
    }

    static func negationNotAllowed(_ noun: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.negationNotAllowed, "\(noun) cannot be negated here", at: range)
    }

    static func setNotAllowed(_ noun: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.setNotAllowed, "\(noun) cannot be looked up in a named set here", at: range)
    }

    static func setInList(_ name: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.setNotAllowed, "the set '\(name)' cannot be part of a list; put the values into the set", at: range)
    }

    static func listNotAllowed(_ noun: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.listNotAllowed, "\(noun) is expected, and only one", at: range)
    }

    static func emptyList(_ noun: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.emptyList, "the list is empty, so nothing could match; \(noun) is expected", at: range)
    }

    static func reversedRange(_ first: String, _ last: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .reversedRange,
            "the range ends before it begins",
            at: range,
            fixIts: [.init("swap the ends: `\(last)-\(first)`", replacing: range, with: "\(last)-\(first)")]
        )
    }

    /// A word that is none of a kind's names.
    static func unknownWord(
        _ code: DiagnosticCode,
        _ text: String,
        expected noun: String,
        _ names: [String],
        at range: SourceRange
    ) -> Diagnostic {
        let suggestion = Suggestion.closest(to: text, among: names)
        // A short vocabulary is best shown whole.
        let notes = names.count <= 20 && suggestion == nil ? [Note("there are " + names.joined(separator: ", "))] : []
        return Diagnostic(
            code,
            "'\(shortened(text))' is not \(noun)",
            at: range,
            notes: notes,
            fixIts: didYouMean(suggestion, range)
        )
    }

    static func wrongSetType(
        _ set: NamedSet,
        expected noun: String,
        declared: SourceRange,
        at range: SourceRange
    ) -> Diagnostic {
        Diagnostic(
            .wrongSetType,
            "\(noun) is expected, but '\(set.name)' is a set of type `\(set.contents.typeName)`",
            at: range,
            notes: [.init("it is declared here", at: declared)]
        )
    }

    static func setTooSmall(members: Int, size: UInt64, at range: SourceRange) -> Diagnostic {
        Diagnostic(.setTooSmall, "the set has \(members) members, more than its size of \(size)", at: range)
    }
}

// MARK: - Numbers

extension Diagnostic {
    static func malformedNumber(_ text: String, expected noun: String, at range: SourceRange) -> Diagnostic {
        let digits = text.drop { $0 == "0" }
        let isDecimal = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        return Diagnostic(
            .malformedNumber,
            "'\(shortened(text))' is not \(noun): numbers are decimal without leading zeros, or hexadecimal after `0x`",
            at: range,
            fixIts: didYouMean(isDecimal ? String(digits) : nil, range)
        )
    }

    static func numberOutOfRange(
        _ text: String,
        _ noun: String,
        _ bounds: ClosedRange<UInt64>,
        at range: SourceRange
    ) -> Diagnostic {
        let limits = "\(bounds.lowerBound) to \(bounds.upperBound)"
        return Diagnostic(
            .numberOutOfRange,
            "'\(shortened(text))' is not \(noun): it must be from \(limits)",
            at: range
        )
    }

    static func markOutsideMask(_ text: String, _ masked: Mark, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .markOutsideMask,
            "the mark '\(shortened(text))' has bits outside its mask",
            at: range,
            fixIts: [.init("leave them out: `\(masked)`", replacing: range, with: "\(masked)")]
        )
    }

    static func flagsOutsideMask(_ text: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .markOutsideMask,
            "'\(shortened(text))' asks for flags that are not among those looked at, so nothing could match",
            at: range
        )
    }

    static func badRate(_ error: RateParsingError, _ text: String, at range: SourceRange) -> Diagnostic {
        let problem =
            switch error {
            case .malformed, .otherUnit:
                "'\(shortened(text))' is not a rate, such as `10/second` or `5 mbytes/minute`"
            case .unknownPeriod:
                "'\(shortened(text))' has no known period: second, minute, hour, day or week"
            case .outOfRange:
                "'\(shortened(text))' is not a rate: its number is zero or too large"
            }
        return Diagnostic(.invalidRate, problem, at: range)
    }

    static func badBurst(
        _ error: RateParsingError,
        _ text: String,
        unit: Limit.Unit,
        at range: SourceRange
    ) -> Diagnostic {
        let problem =
            switch error {
            case .otherUnit: "the burst '\(shortened(text))' is not in the rate's unit, \(unit.rawValue)"
            case .outOfRange: "the burst '\(shortened(text))' is zero or too large"
            case .malformed, .unknownPeriod: "'\(shortened(text))' is not a burst, such as `20` or `512 kbytes`"
            }
        return Diagnostic(.invalidRate, problem, at: range)
    }

    static func rateTooLarge(at range: SourceRange) -> Diagnostic {
        Diagnostic(.invalidRate, "the kernel cannot count a rate and burst of this size", at: range)
    }

    static func badDuration(
        _ error: NumberParsingError,
        _ text: String,
        unit: String?,
        at range: SourceRange
    ) -> Diagnostic {
        guard error == .malformed else {
            return Diagnostic(.invalidDuration, "the duration '\(shortened(text))' is zero or too large", at: range)
        }
        return Diagnostic(
            .invalidDuration,
            "'\(shortened(text))' is not a duration: a number with d, h, m, s or ms, such as `60s` or `1h30m`",
            at: range,
            fixIts: didYouMean(unit.map { text + $0 }, range)
        )
    }
}

// MARK: - Addresses and interfaces

extension Diagnostic {
    static func interfaceLikeEverything(_ word: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .interfaceLikeEverything,
            "`\(word)` is taken for the name of an interface here",
            at: range,
            notes: [
                .init("what is for all interfaces names none"),
                .init("an interface that is really called so is quoted: `\"\(word)\"`"),
            ]
        )
    }

    static func interfaceAsTarget(_ variable: String, target: SourceRange, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .wrongValue,
            "'\(shortened(variable))' stands for an interface, but `to` is here the address or port that NAT changes to",
            at: range,
            fixIts: [.init("did you mean `on \(variable)`?", replacing: target, with: "on \(variable)")]
        )
    }

    static func notAnAddress(_ value: ValueSyntax, _ text: String, expected noun: String) -> Diagnostic {
        if case .literal(.endpoint) = value.form {
            return Diagnostic(
                .invalidAddress,
                "'\(shortened(text))' has a port, but only \(noun) is expected",
                at: value.range
            )
        }
        if case .masked = value.form {
            return Diagnostic(.invalidAddress, "'\(shortened(text))' is not \(noun)", at: value.range)
        }
        var diagnostic = wrongValue(text, expected: noun, at: value.range)
        if isHostName(text) {
            diagnostic.notes.append(
                .init(
                    "names are not looked up: addresses change, and name servers may not answer when rules are loaded"
                )
            )
        }
        return diagnostic
    }

    /// Whether a text looks like the name of a host: labels of letters, digits and hyphens, with a dot between them.
    private static func isHostName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 1 || text == "localhost", labels.allSatisfy({ !$0.isEmpty }) else { return false }
        return labels.allSatisfy { $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") } }
            && labels.last?.contains(where: \.isLetter) == true
    }

    static func badAddress(
        _ error: AddressParsingError,
        _ text: String,
        expected noun: String,
        at range: SourceRange
    ) -> Diagnostic {
        switch error {
        case .malformed, .reversed, .mixedFamilies:
            return Diagnostic(.invalidAddress, "'\(shortened(text))' is not \(noun)", at: range)
        case .lengthTooLarge(let family):
            let name = family == .ipv4 ? "IPv4" : "IPv6"
            return Diagnostic(
                .prefixTooLong,
                "the prefix '\(shortened(text))' is too long: an \(name) address has \(family.addressBits) bits",
                at: range
            )
        case .hostBitsSet(let prefix):
            return Diagnostic(
                .hostBitsSet,
                "the address of '\(shortened(text))' has bits after the prefix length",
                at: range,
                fixIts: [.init("did you mean `\(prefix)`?", replacing: range, with: "\(prefix)")]
            )
        }
    }

    static func addressExpected(_ text: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .wrongValue,
            "'\(shortened(text))' is more than one address, but a single one is expected",
            at: range
        )
    }

    static func rangeOfTwoFamilies(at range: SourceRange) -> Diagnostic {
        Diagnostic(.mixedFamilies, "a range cannot go from an address of one family to one of the other", at: range)
    }

    static func invalidInterface(_ name: String, at range: SourceRange) -> Diagnostic {
        let length = name.utf8.count
        let problem =
            if name == "*" {
                "`*` alone means every interface: leave the match out"
            } else if length > 15 {
                "the interface name '\(shortened(name))' has \(length) bytes, but 15 is the most"
            } else {
                "the kernel allows no interface of the name '\(shortened(name))'"
            }
        return Diagnostic(.invalidInterface, problem, at: range)
    }

    static func wildcardNotAllowed(_ text: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .invalidInterface,
            "'\(shortened(text))' means several interfaces, but a single one is expected",
            at: range
        )
    }
}

// MARK: - Names of values

extension Diagnostic {
    static func unknownService(_ name: String, at range: SourceRange, suggestion: String?) -> Diagnostic {
        Diagnostic(
            .unknownService,
            "'\(shortened(name))' is not a port: there is no service of that name",
            at: range,
            notes: explanation(ofService: name).map { [Note($0)] } ?? [],
            fixIts: didYouMean(suggestion, range)
        )
    }

    /// What to write for names that stand for several ports, or for what runs inside another service.
    private static func explanation(ofService name: String) -> String? {
        switch name {
        case "sftp", "scp": "\(name) runs inside ssh: `ssh`"
        case "dhcp": "DHCP has two ports: servers listen on `bootps` (67), clients on `bootpc` (68)"
        case "dhcpv6", "dhcp6":
            "DHCPv6 has two ports: clients listen on `dhcpv6-client` (546), servers on `dhcpv6-server` (547)"
        case "netbios": "NetBIOS has several ports: `netbios-ns`, `netbios-dgm` (udp) and `netbios-ssn` (tcp)"
        case "ipsec": "IPsec has several: `isakmp` and `ipsec-nat-t` (udp), and the protocol `esp` (`proto esp`)"
        case "traceroute": "traceroute sends to the ports 33434-33534 (udp)"
        case "ping": "ping has no port: `icmp type echo-request`, `icmpv6 type echo-request`"
        default: nil
        }
    }

    static func unknownAccount(_ name: String, expected noun: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.unknownAccount, "'\(shortened(name))' is not \(noun) of this host", at: range)
    }

    static func codeWithoutType(at range: SourceRange) -> Diagnostic {
        Diagnostic(.listNotAllowed, "a code belongs to one type: `type` with a single value comes before it", at: range)
    }
}

// MARK: - Texts

extension Diagnostic {
    static func textTooLong(_ noun: String, length: Int, maximum: Int, at range: SourceRange) -> Diagnostic {
        Diagnostic(.textTooLong, "\(noun) has at most \(maximum) bytes; this one has \(length)", at: range)
    }

    static func unusableText(_ noun: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unusableText,
            "\(noun) cannot hold quotes or control characters: nft could not read them back",
            at: range
        )
    }
}
