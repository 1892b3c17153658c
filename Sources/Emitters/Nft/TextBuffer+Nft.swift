import NetworkTypes

extension TextBuffer {
    /// Appends a string of nft's language, which has no way to write a quote in one.
    mutating func write(nftString text: String) throws(Inexpressible) {
        let isClean = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\"") }
        guard isClean else { throw Inexpressible("nft's strings hold no quotes and no control characters") }
        write(UInt8(ascii: "\""))
        write(text)
        write(UInt8(ascii: "\""))
    }

    /// Appends the name of a chain or set.
    mutating func write(nftName name: String) throws(Inexpressible) {
        let isName = name.utf8.enumerated().allSatisfy { index, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "_"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): index > 0
            default: false
            }
        }
        guard isName, !name.isEmpty, !NftWords.reservesChain(name) else {
            throw Inexpressible("nft cannot read the name '\(name)'")
        }
        write(name)
    }

    /// Appends an interface or the start of interface names.
    mutating func write(nftInterface pattern: InterfacePattern) throws(Inexpressible) {
        let name = pattern.name.rawValue
        // A backslash means the asterisk after it and nothing else, so that a name that ends in one cannot be a start.
        guard !pattern.isPrefix || name.utf8.last != UInt8(ascii: "\\") else {
            throw Inexpressible("nft cannot say which interfaces start with '\(name)'")
        }
        let isEscaped = !pattern.isPrefix && name.utf8.last == UInt8(ascii: "*")
        try write(nftString: isEscaped ? "\(name.dropLast())\\*" : pattern.isPrefix ? "\(name)*" : name)
    }

    /// Appends a protocol by the name that nft lists it with, others by number.
    mutating func write(nftProtocol number: IPProtocol) {
        switch number {
        case .icmpv6: write("ipv6-icmp")
        case .tcp, .udp, .icmp, .sctp, .dccp, .udplite: write(number)
        default: write(decimal: number.rawValue)
        }
    }

    /// Appends a number as nft lists marks: `0x00000010`.
    mutating func write(nftMark number: UInt32) {
        write("0x")
        for shift: UInt32 in [28, 24, 20, 16, 12, 8, 4, 0] {
            write(hexadecimal: number >> shift & 0xf)
        }
    }
}
