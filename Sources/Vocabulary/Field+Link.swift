extension Field {
    /// The Ethernet header (IEEE 802.3).
    static let link: [Field] = [
        Field(
            "ether saddr",
            .hardwareAddress,
            .both(.payload(.link, 48..<96)),
            layer: .ethernet,
            places: .afterInput,
            iptables: .both(.option("mac", "--mac-source")),
            example: "52:54:00:12:34:56",
            "the hardware address that it was sent from"
        ),
        Field(
            "ether daddr",
            .hardwareAddress,
            .both(.payload(.link, 0..<48)),
            layer: .ethernet,
            places: .afterInput,
            iptables: .both(.none(because: "it has no match on the hardware address that a packet was sent to")),
            example: "ff:ff:ff:ff:ff:ff",
            "the hardware address that it was sent to"
        ),
    ]
}
