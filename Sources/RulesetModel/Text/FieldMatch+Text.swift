public import NetworkTypes
import Vocabulary

extension FieldMatch: TextWritable {
    /// Appends the field's words and the values: `dscp ! { cs1, ef }`, `ip frag-off 0/0x1fff`.
    public func write(to text: inout TextBuffer) {
        let row = field.field
        text.write(row.words)
        text.write(isNegated ? " ! " : " ")
        switch values {
        case .among(let values):
            text.write(elements: values.intervals) { row.type.write($0, to: &$1) }
        case .masked(let value, let mask):
            text.write("0x")
            text.write(hexadecimal: value.number64)
            text.write("/0x")
            text.write(hexadecimal: mask.number64)
        }
    }
}
