import Diagnostics
import Glibc
import NetworkTypes
import RuleLanguage
import RulesetModel

/// Users who own sockets, by number or name.
enum UserValue: ValueKind {
    static var noun: String { "a user" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<IntervalSet<UInt32>>>> {
        \.users
    }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> Interval<UInt32>? {
        compilation.account(value, expected: noun, named: userNumber)
    }

    static func range(_ lower: Interval<UInt32>, _ upper: Interval<UInt32>) -> RangeResult<Interval<UInt32>> {
        guard lower.isSingle, upper.isSingle else { return .none }
        return Interval(lower.lower, upper.lower).map { .range($0) } ?? .reversed
    }

    static func values(_ element: Interval<UInt32>) -> IntervalSet<UInt32> { IntervalSet(element) }
    static func values(_ elements: [Interval<UInt32>]) -> IntervalSet<UInt32> { IntervalSet(elements) }
    static func elements(_ values: IntervalSet<UInt32>) -> [Interval<UInt32>] { values.intervals }
}

/// Groups that own sockets, by number or name.
enum GroupValue: ValueKind {
    static var noun: String { "a group" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<IntervalSet<UInt32>>>> {
        \.groups
    }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> Interval<UInt32>? {
        compilation.account(value, expected: noun, named: groupNumber)
    }

    static func range(_ lower: Interval<UInt32>, _ upper: Interval<UInt32>) -> RangeResult<Interval<UInt32>> {
        UserValue.range(lower, upper)
    }

    static func values(_ element: Interval<UInt32>) -> IntervalSet<UInt32> { IntervalSet(element) }
    static func values(_ elements: [Interval<UInt32>]) -> IntervalSet<UInt32> { IntervalSet(elements) }
    static func elements(_ values: IntervalSet<UInt32>) -> [Interval<UInt32>] { values.intervals }
}

extension Compilation {
    /// Reads a number, or a name that the host knows.
    fileprivate func account(
        _ value: ValueSyntax,
        expected noun: String,
        named number: (String) -> UInt32?
    ) -> Interval<UInt32>? {
        switch value.form {
        case .literal(.number):
            return self.number(value, expected: noun, UInt32.self).map { Interval($0) }
        case .literal(.name), .literal(.quantity), .string:
            asksHost = true
            let name = string(value.range)
            guard let number = number(name) else {
                report(.unknownAccount(name, expected: noun, at: value.range))
                return nil
            }
            return Interval(number)
        default:
            report(.wrongValue(text(value.range), expected: noun, at: value.range))
            return nil
        }
    }
}

/// The number of a user of this host (`getpwnam_r`).
private func userNumber(_ name: String) -> UInt32? {
    withAccountBuffer { buffer, size in
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        let error = getpwnam_r(name, &entry, buffer, size, &found)
        return (error, found == nil ? nil : entry.pw_uid)
    }
}

/// The number of a group of this host (`getgrnam_r`).
private func groupNumber(_ name: String) -> UInt32? {
    withAccountBuffer { buffer, size in
        var entry = group()
        var found: UnsafeMutablePointer<group>?
        let error = getgrnam_r(name, &entry, buffer, size, &found)
        return (error, found == nil ? nil : entry.gr_gid)
    }
}

/// Calls `body` with a buffer that grows until an entry fits; groups can have many members.
private func withAccountBuffer(
    _ body: (UnsafeMutablePointer<CChar>, Int) -> (error: CInt, number: UInt32?)
) -> UInt32? {
    var size = 1 << 10
    while size <= 1 << 20 {
        let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
        defer { buffer.deallocate() }
        let (error, number) = body(buffer, size)
        guard error == ERANGE else { return number }
        size *= 4
    }
    return nil
}
