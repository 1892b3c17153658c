import KernelObjects
import KernelState
import Reconciliation

extension RehearsalReport {
    /// Notes and complaints that are reported at most: nobody reads more of them.
    private static let mostEntries = 1000

    /// The report as bytes in a frame that shows damage.
    func encoded() -> [UInt8] {
        SealedBytes.make(.rehearsal, capacity: 4096) { writer in
            writer.number(UInt32(clamping: made))
            writer.list(Array(notes.prefix(Self.mostEntries))) { $0.note($1) }
            switch failure {
            case nil: writer.number(UInt8(0))
            case .impossible(let reason, let text):
                writer.number(UInt8(1))
                writer.number(reason.rawValue)
                writer.text(text)
            case .refused(let complaints):
                writer.number(UInt8(2))
                writer.list(Array(complaints.prefix(Self.mostEntries))) { $0.complaint($1) }
            case .different(let text):
                writer.number(UInt8(3))
                writer.text(text)
            case .notTakenBack(let text):
                writer.number(UInt8(4))
                writer.text(text)
            }
        }
    }

    /// Reads what `encoded` made.
    init(encoded bytes: [UInt8]) throws(MalformedBytes) {
        self = try SealedBytes.read(bytes, as: .rehearsal) { (reader) throws(MalformedBytes) in
            RehearsalReport(
                made: Int(try reader.number(UInt32.self)),
                notes: try reader.list(smallest: 5) { (reader) throws(MalformedBytes) in try reader.note() },
                failure: try reader.failure()
            )
        }
    }
}

extension ByteWriter {
    fileprivate mutating func note(_ note: StagingNote) {
        switch note {
        case .otherKinds(let names):
            number(UInt8(0))
            list(names) { $0.text($1) }
        case .link(let name, let reason): words(1, name, reason)
        case .address(let interface, let reason): words(2, interface, reason)
        case .route(let route, let reason):
            number(UInt8(3))
            self.route(route)
            text(reason)
        case .routingRule(let rule, let reason):
            number(UInt8(4))
            routingRule(rule)
            text(reason)
        case .setting(let name, let reason): words(5, name, reason)
        case .firewall(let name): words(6, name, "")
        }
    }

    private mutating func words(_ kind: UInt8, _ name: String, _ reason: String) {
        number(kind)
        text(name)
        text(reason)
    }
}

extension ByteReader {
    fileprivate mutating func failure() throws(MalformedBytes) -> RehearsalReport.Failure? {
        switch try number(UInt8.self) {
        case 0: return nil
        case 1:
            guard let reason = RehearsalReport.Reason(rawValue: try number()) else {
                throw MalformedBytes(reason: "it names an unknown reason")
            }
            return .impossible(reason, try text())
        case 2:
            return .refused(
                try list(smallest: 10) { (reader) throws(MalformedBytes) in try reader.complaint() }
            )
        case 3: return .different(try text())
        case 4: return .notTakenBack(try text())
        default: throw MalformedBytes(reason: "it ends in an unknown way")
        }
    }

    fileprivate mutating func note() throws(MalformedBytes) -> StagingNote {
        switch try number(UInt8.self) {
        case 0:
            return .otherKinds(try list(smallest: 4) { (reader) throws(MalformedBytes) in try reader.text() })
        case 1: return .link(try text(), reason: try text())
        case 2: return .address(interface: try text(), reason: try text())
        case 3: return .route(try route(), reason: try text())
        case 4: return .routingRule(try routingRule(), reason: try text())
        case 5: return .setting(try text(), reason: try text())
        case 6:
            let name = try text()
            _ = try text()
            return .firewall(name)
        default: throw MalformedBytes(reason: "it has a note of an unknown kind")
        }
    }
}
