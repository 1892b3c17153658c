import KernelObjects
import NetworkTypes
import Vocabulary

/// How the values of a field stand in a register, once the kernel has loaded them.
struct FieldLayout {
    /// How many bytes are loaded.
    let count: Int
    /// The field's own bits among them; nil where it has them all.
    let mask: RegisterData?
    /// How many bits come after the field.
    private let shift: UInt128
    /// Whether the kernel has the bytes in the machine's order.
    let isHostOrder: Bool

    init(_ field: Field, _ load: Load) {
        var shift: UInt32 = 0
        if let bits = load.bits {
            let bytes = Bytes(bits)
            count = Int(bytes.count)
            shift = bytes.shift
            mask = bytes.mask.map {
                RegisterData(leadingBytes: $0 << UInt128(128 - 8 * bytes.count), length: Int(bytes.count))
            }
        } else {
            count = max(field.type.bits / 8, 1)
            mask = nil
        }
        self.shift = UInt128(shift)
        isHostOrder = field.isHostOrder
    }

    /// The value in network order, in which bytes compare as numbers do.
    func networkOrder(_ value: FieldValue) -> RegisterData {
        RegisterData(leadingBytes: (value.number << shift) << UInt128(128 - 8 * count), length: count)
    }

    /// The last value of a range in a set. Where only bits after the field's last one are free, nft leaves the end of such a range open.
    func end(_ value: FieldValue, _ type: ValueType) -> RegisterData {
        guard mask != nil, shift == 0, value == type.greatest else { return networkOrder(value) }
        return RegisterData(leadingBytes: .max, length: count)
    }

    /// The value that the end of a range in a set is.
    func value(end data: RegisterData, _ type: ValueType) -> FieldValue? {
        mask != nil && shift == 0 && data == RegisterData(leadingBytes: .max, length: count)
            ? type.greatest : value(networkOrder: data)
    }

    /// The value as the kernel loads it.
    func loaded(_ value: FieldValue) -> RegisterData {
        isHostOrder ? networkOrder(value).reversed : networkOrder(value)
    }

    /// The value that these bytes are, in network order; nil where they are none that the field can have.
    func value(networkOrder data: RegisterData) -> FieldValue? {
        guard data.length == count else { return nil }
        let number = data.bits >> UInt128(128 - 8 * count)
        let value = number >> shift
        return value << shift == number ? FieldValue(value) : nil
    }

    /// The value that these bytes are as the kernel loads them.
    func value(loaded data: RegisterData) -> FieldValue? {
        guard data.length == count else { return nil }
        return value(networkOrder: isHostOrder ? data.reversed : data)
    }
}

extension RegisterData {
    /// The bytes in the opposite order.
    var reversed: RegisterData {
        RegisterData(leadingBytes: bits.byteSwapped << UInt128(128 - 8 * Int(length)), length: Int(length))
    }
}
