/// How much a JSON text holds. Each value takes far more memory once it is decoded than in the text.
enum JSONSize {
    /// As many values as 250,000 rules have.
    static let mostValues = 6_000_000

    /// Whether a text holds more values than are decoded: whether that many commas and opening brackets stand outside its strings.
    static func isTooLarge(_ text: [UInt8]) -> Bool {
        var count = 0
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
            case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "{"): count += isInString ? 0 : 1
            default: break
            }
        }
        return count > mostValues
    }
}
