public import NetworkTypes

extension Action: TextWritable {
    /// Appends the verb and its arguments, as in a rule without direction and matches.
    public func write(to text: inout TextBuffer) {
        writeVerb(to: &text)
        writeArguments(to: &text)
    }

    /// Appends the verb, with what belongs before the direction.
    func writeVerb(to text: inout TextBuffer, beforeComment: Bool = false) {
        switch self {
        case .accept: text.write("accept")
        case .drop: text.write("drop")
        case .reject: text.write("reject")
        case .redirect: text.write("redirect")
        case .destinationNAT: text.write("dnat")
        case .sourceNAT: text.write("snat")
        case .masquerade: text.write("masquerade")
        case .log(let statement):
            statement.write(to: &text, beforeComment: beforeComment)
        case .count: text.write("count")
        case .notrack: text.write("notrack")
        case .setMark(let mark):
            text.write("set mark ")
            text.write(mark)
        case .setConnectionMark(let mark):
            text.write("set ct mark ")
            text.write(mark)
        case .jump(let chain):
            text.write("jump ")
            text.write(name: chain)
        case .goto(let chain):
            text.write("goto ")
            text.write(name: chain)
        case .return: text.write("return")
        }
    }

    /// Appends what stands after the matches, each part with a blank before it.
    func writeArguments(to text: inout TextBuffer) {
        switch self {
        case .reject(let reason):
            reason.writeArgument(to: &text)
        case .redirect(let redirect):
            text.write(target: nil, ports: redirect.ports)
            text.write(redirect.flags)
            if redirect.isAccepted { text.write(" and accept") }
        case .destinationNAT(let translation), .sourceNAT(let translation):
            text.write(target: translation.addresses, ports: translation.ports)
            text.write(translation.flags)
            if translation.isAccepted { text.write(" and accept") }
        case .masquerade(let masquerade):
            text.write(target: nil, ports: masquerade.ports)
            text.write(masquerade.flags)
        case .accept, .drop, .log, .count, .notrack, .setMark, .setConnectionMark, .jump, .goto, .return:
            break
        }
    }
}

extension RejectReason {
    /// Appends ` with …`; nothing for port unreachable, which is what is said where a rule does not say.
    fileprivate func writeArgument(to text: inout TextBuffer) {
        switch self {
        case .icmp(.portUnreachable), .icmpv6(.portUnreachable), .icmpx(.portUnreachable):
            break
        case .icmp(let code):
            text.write(" with icmp ")
            text.write(code)
        case .icmpv6(let code):
            text.write(" with icmpv6 ")
            text.write(code)
        case .icmpx(let code):
            text.write(" with icmpx ")
            text.write(code)
        case .tcpReset:
            text.write(" with tcp reset")
        }
    }
}

extension LogStatement: TextWritable {
    /// Appends `log "prefix" level L group N`; what a rule need not say is left out.
    public func write(to text: inout TextBuffer) {
        write(to: &text, beforeComment: false)
    }

    /// Appends the statement; before a comment even an empty prefix is written, as the comment could be taken for it.
    func write(to text: inout TextBuffer, beforeComment: Bool) {
        text.write("log")
        if !prefix.isEmpty || beforeComment {
            text.write(UInt8(ascii: " "))
            text.write(quoted: prefix)
        }
        switch target {
        case .kernel(.warn):
            break
        case .kernel(let level):
            text.write(" level ")
            text.write(level)
        case .group(let group):
            text.write(" group ")
            text.write(decimal: group)
        }
    }
}

extension TextBuffer {
    /// Appends ` to ADDRESS:PORT`; IPv6 addresses before a port in brackets.
    fileprivate mutating func write(target addresses: TargetAddresses?, ports: Interval<UInt16>?) {
        guard addresses != nil || ports != nil else { return }
        write(" to ")
        if let addresses { addresses.write(to: &self, isBracketed: addresses.family == .ipv6 && ports != nil) }
        if let ports {
            write(UInt8(ascii: ":"))
            write(ports)
        }
    }

    fileprivate mutating func write(_ flags: NATFlags) {
        for (name, flag) in NATFlags.nameTable.entries where flags.contains(flag) {
            write(UInt8(ascii: " "))
            write(name)
        }
    }
}
