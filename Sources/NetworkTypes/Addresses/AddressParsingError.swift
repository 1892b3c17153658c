/// Why text is not a prefix or a range of addresses.
public enum AddressParsingError: Error, Sendable, Hashable {
    /// It is no address, or has something other than a prefix length or a second address after it.
    case malformed
    /// The prefix length exceeds the bits of the family's addresses.
    case lengthTooLarge(AddressFamily)
    /// The address has bits after the prefix length: this is the prefix without them.
    case hostBitsSet(IPPrefix)
    /// The first address of the range is larger than the second.
    case reversed
    /// The two addresses of the range have different families.
    case mixedFamilies
}
