/// How much a JSON text holds. What is decoded takes far more memory than its text: up to 170 bytes for each value, 270 for each key.
enum JSONSize {
    /// As many values as 170,000 rules with three conditions each have.
    static let mostValues = 3_000_000
    /// As many keys.
    static let mostKeys = 1_800_000

    /// Whether a text holds more than is decoded: that many commas and opening brackets, or colons, stand outside its strings.
    static func isTooLarge(_ text: [UInt8]) -> Bool {
        var (values, keys) = (0, 0)
        var isInString = false
        var isEscaped = false
        for byte in text {
            if isEscaped {
                isEscaped = false
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: "\\"): isEscaped = isInString
            case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "{"): values += isInString ? 0 : 1
            case UInt8(ascii: ":"): keys += isInString ? 0 : 1
            default: break
            }
        }
        return values > mostValues || keys > mostKeys
    }
}
