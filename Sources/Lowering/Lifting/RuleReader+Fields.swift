import KernelObjects
import NetworkTypes
import RulesetModel
import Vocabulary

/// Fields of the vocabulary: one reader for all rows.
extension RuleReader {
    /// Adds a condition on a field; false where no row says what was loaded, or the field cannot have such values.
    mutating func addField(_ loaded: Loaded, _ test: Test) -> Bool {
        guard let load = loaded.load else { return false }
        for field in FieldLoads.fields(load) {
            guard let own = field.field.load.value(for: family), own.whole == load, isTested(field.field.layer),
                add(field, own, loaded, test)
            else { continue }
            return true
        }
        guard loaded.isPlain, case .payload(let payload) = loaded.source else { return false }
        return addAdjacentFields(payload, test)
    }

    /// Whether the rule has asked for what the packet must be known to have.
    private func isTested(_ layer: Layer) -> Bool {
        switch layer {
        case .any: return true
        case .ethernet: return hasEthernet
        case .transport(let number):
            return matches.contains { $0 == .transportProtocol(Membership([number])) }
        }
    }

    private mutating func add(_ field: Field.ID, _ load: Load, _ loaded: Loaded, _ test: Test) -> Bool {
        let row = field.field
        let layout = FieldLayout(row, load)
        guard let values = values(row, layout, loaded, test),
            let match = FieldMatch(field, values, isNegated: test.isNegated)
        else { return false }
        // The condition on the interface is what nft and Weir put before such a field.
        if row.layer == .ethernet { matches.removeAll { $0 == .ethernet } }
        matches.append(.field(match))
        return true
    }

    // MARK: - Values

    private func values(_ row: Field, _ layout: FieldLayout, _ loaded: Loaded, _ test: Test) -> FieldMatch.Values? {
        let mask = loaded.mask
        guard mask == layout.mask else {
            guard layout.mask == nil, let mask, !loaded.isSwapped, case .equal(let value, _) = test,
                let bits = layout.value(loaded: mask), let value = layout.value(loaded: value)
            else { return nil }
            return .masked(value, mask: bits)
        }
        // Ranges of what the kernel has in the machine's order mean something only once the bytes are swapped.
        let read: (RegisterData) -> FieldValue? = { data in
            loaded.isSwapped ? layout.value(networkOrder: data) : layout.value(loaded: data)
        }
        let isOrdered = loaded.isSwapped || !layout.isHostOrder
        guard !loaded.isSwapped || layout.isHostOrder else { return nil }
        switch test {
        case .equal(let value, _):
            guard let value = read(value), row.type.canWrite(value) else { return nil }
            return .among(IntervalSet(Interval(value)))
        case .range(let lower, let upper, _):
            guard isOrdered, let lower = read(lower), let upper = read(upper), row.type.canWrite(lower),
                row.type.canWrite(upper), let interval = Interval(lower, upper)
            else { return nil }
            return .among(IntervalSet(interval))
        case .among(.elements(let set), _):
            guard Int(set.keyLength) == layout.count, isOrdered || !set.flags.contains(.interval) else { return nil }
            let ordered: (RegisterData) -> FieldValue? = { data in
                loaded.isSwapped ? layout.value(networkOrder: data) : layout.value(end: data, row.type)
            }
            var intervals: [Interval<FieldValue>] = []
            for element in set.elements {
                let end = RegisterData(element.end, length: layout.count)
                guard let lower = read(RegisterData(element.start, length: layout.count)),
                    let upper = element.start == element.end ? lower : isOrdered ? ordered(end) : nil,
                    row.type.canWrite(lower), row.type.canWrite(upper), let interval = Interval(lower, upper)
                else { return nil }
                intervals.append(interval)
            }
            return intervals.isEmpty ? nil : .among(IntervalSet(intervals))
        case .among(.named, _): return nil
        }
    }

    // MARK: - Several fields compared as one

    /// Fields whose bytes stand one after the other, compared as one.
    private mutating func addAdjacentFields(_ payload: PayloadExpression, _ test: Test) -> Bool {
        guard case .equal(let value, isNegated: false) = test, UInt32(value.length) == payload.length,
            payload.length <= 16
        else { return false }
        var found: [Match] = []
        var offset = payload.offset
        let end = payload.offset + payload.length
        while offset < end {
            let rest = value.bits << UInt128(8 * (offset - payload.offset))
            guard let (match, count) = piece(payload.base, offset, atMost: end - offset, rest) else { return false }
            found.append(match)
            offset += count
        }
        guard found.count > 1 else { return false }
        if payload.base == .link { matches.removeAll { $0 == .ethernet } }
        matches += found
        return true
    }

    /// The condition on the field that begins at a byte.
    private func piece(
        _ base: PayloadExpression.Base,
        _ offset: UInt32,
        atMost count: UInt32,
        _ bits: UInt128
    ) -> (Match, count: UInt32)? {
        if base == .transport, count >= 2, offset == 0 || offset == 2, hasPortsTested {
            let port = Membership(IntervalSet(Interval(UInt16(truncatingIfNeeded: bits >> 112))))
            return (offset == 0 ? .sourcePort(port) : .destinationPort(port), 2)
        }
        for length in (1...count).reversed() {
            let whole = Expression.payload(PayloadExpression(base, offset: offset, length: length))
            for field in Load(whole).map(FieldLoads.fields) ?? [] {
                guard let load = field.field.load.value(for: family), isTested(field.field.layer),
                    let range = load.bits, Bytes(range).mask == nil
                else { continue }
                let data = RegisterData(leadingBytes: bits, length: Int(length))
                guard let value = FieldLayout(field.field, load).value(networkOrder: data),
                    let match = FieldMatch(field, .among(IntervalSet(Interval(value))))
                else { continue }
                return (.field(match), length)
            }
        }
        return nil
    }

    private var hasPortsTested: Bool {
        matches.contains { match in
            guard case .transportProtocol(let membership) = match, !membership.isNegated,
                case .values(let values) = membership.operand
            else { return false }
            return values.count == 1 && values[0].hasPorts
        }
    }

    /// Whether packets were tested for an Ethernet header.
    private var hasEthernet: Bool {
        matches.contains { match in
            guard case .field(let field) = match else { return false }
            return match == .ethernet || field.row.layer == .ethernet
        }
    }
}
