import KernelObjects
import Vocabulary

/// Tells fields by what the kernel loads for them.
enum FieldLoads {
    /// The fields for which this is loaded; which of them is meant is for what the rule has asked before to say.
    static func fields(_ whole: Load) -> [Field.ID] {
        byLoad[whole] ?? []
    }

    private static let byLoad: [Load: [Field.ID]] = {
        var result: [Load: [Field.ID]] = [:]
        for field in Field.ID.all {
            for load in Set(field.field.load.values.map(\.whole)) { result[load, default: []].append(field) }
        }
        return result
    }()
}

extension Load {
    /// What an expression loads; nil where no field is loaded by such an expression.
    init?(_ expression: Expression) {
        switch expression {
        case .payload(let payload):
            guard let base = Base(rawValue: payload.base.rawValue), payload.length <= 16 else { return nil }
            self = .payload(base, Self.bits(payload.offset, payload.length))
        case .extensionHeader(let header):
            guard let place = Place(rawValue: header.place.rawValue), header.length <= 16 else { return nil }
            if header.isPresence {
                guard header.offset == 0, header.length == 1 else { return nil }
                self = .extensionHeaderPresence(place, type: header.type)
            } else {
                self = .extensionHeader(place, type: header.type, Self.bits(header.offset, header.length))
            }
        case .fib(let fib): self = .fib(result: fib.result.rawValue, flags: fib.flags.rawValue)
        case .route(let route): self = .route(route.key.rawValue)
        case .socket(let socket):
            switch socket.key {
            case .transparent: self = .socket(.transparent)
            case .mark: self = .socket(.mark)
            case .wildcard: self = .socket(.wildcard)
            case .controlGroup: return nil
            }
        default: return nil
        }
    }

    private static func bits(_ offset: UInt32, _ length: UInt32) -> Range<UInt32> {
        let offset = min(offset, 0xffff)
        return offset * 8..<(offset + length) * 8
    }
}
