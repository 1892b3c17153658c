import Vocabulary

/// Tells fields by what the kernel loads for them.
enum FieldLoads {
    /// The field with this load.
    static func field(_ load: Load) -> Field.ID? {
        byLoad[load]
    }

    /// The fields whose bytes stand there; which of them is meant is for what the rule has asked before to say.
    static func fields(_ base: Load.Base, offset: UInt32, count: UInt32) -> [Field.ID] {
        byPlace[Place(base: base, offset: offset, count: count)] ?? []
    }

    private struct Place: Hashable {
        let base: Load.Base
        let offset: UInt32
        let count: UInt32
    }

    private static let byLoad: [Load: Field.ID] = {
        var result: [Load: Field.ID] = [:]
        for field in Field.ID.all {
            for load in field.field.load.values { result[load] = field }
        }
        return result
    }()

    private static let byPlace: [Place: [Field.ID]] = {
        var result: [Place: [Field.ID]] = [:]
        for field in Field.ID.all {
            for case .payload(let base, let bits) in Set(field.field.load.values) {
                let bytes = Bytes(bits)
                result[Place(base: base, offset: bytes.offset, count: bytes.count), default: []].append(field)
            }
        }
        return result
    }()
}
