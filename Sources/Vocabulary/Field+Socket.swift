extension Field {
    /// What is known of the socket of this host that a packet is for (`nft_socket.c`).
    static let socket: [Field] = [
        Field(
            "socket transparent",
            .number(bits: 1),
            .both(.socket(.transparent)),
            places: .local,
            iptables: .both(.none(because: "its match on sockets has no values")),
            example: "1",
            "1 if the socket takes packets for any address (`IP_TRANSPARENT`)"
        ),
        Field(
            "socket mark",
            .number(bits: 32),
            .both(.socket(.mark)),
            places: .local,
            // TYPE_MARK
            nftDatatype: 19,
            iptables: .both(.none(because: "its match on sockets has no values")),
            example: "16",
            "the mark of the socket (`SO_MARK`)"
        ),
        Field(
            "socket wildcard",
            .number(bits: 1),
            .both(.socket(.wildcard)),
            places: .local,
            iptables: .both(.none(because: "its match on sockets has no values")),
            example: "0",
            "1 if the socket listens on all addresses"
        ),
    ]
}
