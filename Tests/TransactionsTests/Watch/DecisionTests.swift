import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

struct DecisionTests {
    @Test func theFirstDecisionStands() throws {
        try withTemporaryDirectory { (path) throws in
            let directory = HeldPath(FilePath(path))
            #expect(try Decision(in: directory) == nil)
            #expect(try Decision.rollback(reason: "cancelled").take(in: directory) == .rollback(reason: "cancelled"))
            #expect(try Decision.confirm.take(in: directory) == .rollback(reason: "cancelled"))
            #expect(try Decision(in: directory) == .rollback(reason: "cancelled"))
            #expect(directoryContents(path) == ["decision"])
        }
    }

    /// Processes that decide at the same moment: nothing but the file says who was first.
    @Test func allWhoDecideAtOnceLearnTheSame() async throws {
        for _ in 0..<50 {
            try await withTemporaryDirectory { (path) async throws in
                let directory = HeldPath(FilePath(path))
                let wishes = (0..<6).map { $0.isMultiple(of: 2) ? Decision.confirm : .rollback(reason: "late \($0)") }
                let answers = await withTaskGroup(of: Decision?.self) { group in
                    for wish in wishes { group.addTask { try? wish.take(in: directory) } }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                let standing = try Decision(in: directory)
                #expect(standing != nil && Set(answers) == [standing])
            }
        }
    }

    @Test(arguments: ["", "confirm", "confirmed\n", "rollback\n", "confirm\nrollback: x\n", "\n"])
    func aDamagedDecisionIsNotBelieved(text: String) throws {
        try withTemporaryDirectory { (path) throws in
            try writeFile(Array(text.utf8), to: "\(path)/decision")
            #expect(throws: StoreError.self) { try Decision(in: HeldPath(FilePath(path))) }
            #expect(throws: StoreError.self) { try Decision.confirm.take(in: HeldPath(FilePath(path))) }
        }
    }
}
