import NetworkTypes
import TestSupport
import Testing

/// The reference in `docs/language.md` names the services that the sources have, with their ports.
struct ServiceTableTests {
    @Test(
        arguments: [("TCP and UDP", [.tcp, .udp]), ("TCP", .tcp), ("UDP", .udp)] as [(String, Service.Transports)]
    )
    func theTableOfServicesIsThatOfTheSources(head: String, transports: Service.Transports) throws {
        let bytes = try #require(readFile(packageDirectory + "/docs/language.md"))
        let rows = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter {
            $0.hasPrefix("| \(head) | `")
        }
        #expect(rows.count == 1)
        let services = Service.allNames.compactMap { Service(named: $0) }.filter { $0.transports == transports }
        let names = services.map { "`\($0.name)` \($0.port)" }.joined(separator: ", ")
        expectSameText(rows.joined(separator: "\n"), "| \(head) | \(names) |")
    }
}
