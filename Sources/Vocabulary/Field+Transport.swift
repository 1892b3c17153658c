import NetworkTypes

extension Field {
    /// The headers after that of IP: RFC 9293 (TCP), 768 (UDP), 3828 (UDP-Lite), 9260 (SCTP), 4340 (DCCP), 4302 (AH), 4303 (ESP), 3173
    /// (IPComp), 3376 (IGMP).
    static let transport: [Field] =
        [
            ("tcp sequence", 32, IPProtocol.tcp, 32..<64, "the number of the segment's first byte"),
            ("tcp ackseq", 32, .tcp, 64..<96, "the number of the byte that is expected next"),
            ("tcp doff", 4, .tcp, 96..<100, "the length of the header in units of four bytes"),
            ("tcp window", 16, .tcp, 112..<128, "how many bytes the sender takes, before scaling"),
            ("tcp checksum", 16, .tcp, 128..<144, "the checksum"),
            ("tcp urgptr", 16, .tcp, 144..<160, "where urgent data ends"),
            ("udp length", 16, .udp, 32..<48, "the length of the datagram with its header"),
            ("udp checksum", 16, .udp, 48..<64, "the checksum"),
            ("udplite csumcov", 16, .udplite, 32..<48, "how many bytes the checksum covers"),
            ("udplite checksum", 16, .udplite, 48..<64, "the checksum"),
            ("sctp vtag", 32, .sctp, 32..<64, "the verification tag of the association"),
            ("sctp checksum", 32, .sctp, 64..<96, "the checksum"),
            ("ah hdrlength", 8, .authentication, 8..<16, "the length of the header"),
            ("ah spi", 32, .authentication, 32..<64, "the security parameters index"),
            ("ah sequence", 32, .authentication, 64..<96, "the number of the packet"),
            ("esp spi", 32, .encapsulation, 0..<32, "the security parameters index"),
            ("esp sequence", 32, .encapsulation, 32..<64, "the number of the packet"),
            ("comp cpi", 16, .compression, 16..<32, "the compression parameter index"),
        ].map { (words: String, width: UInt8, number: IPProtocol, bits: Range<UInt32>, summary: String) in
            Field(
                words,
                .number(bits: width),
                .both(.payload(.transport, bits)),
                layer: .transport(number),
                iptables: .both(.none(because: "it has no words for this field of the header")),
                example: "5",
                summary
            )
        }
}

extension IPProtocol {
    fileprivate static let encapsulation = IPProtocol(rawValue: 50)
    fileprivate static let authentication = IPProtocol(rawValue: 51)
    fileprivate static let compression = IPProtocol(rawValue: 108)
}
