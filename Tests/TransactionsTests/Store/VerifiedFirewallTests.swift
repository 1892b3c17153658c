import KernelObjects
import KernelState
import Reconciliation
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

/// What need not be read, since it was noted what the kernel had and nothing has changed since.
struct VerifiedFirewallTests {
    private func table(_ members: Int, flags: SetFlags = []) -> FirewallState {
        let set = SetObject(
            name: "blocked",
            flags: flags,
            keyType: SetDatatype.inetService.rawValue,
            keyLength: 2,
            userdata: SetUserdata(byteOrder: .network).bytes,
            elements: (1...members).map { SetElement(SetKey(port: UInt16($0))) }
        )
        return FirewallState(sets: [set])
    }

    /// What is known of the set before a change to what is desired.
    private func known(_ before: FirewallState, desired: FirewallState?) throws -> [SetElement]? {
        try withTemporaryDirectory { (directory) throws in
            let store = StateStore(directory: FilePath(directory).appending("state"))
            try store.prepare()
            let files = FirewallFiles(in: store)
            try files.prepare()
            try files.write(before, digest: before.digest)
            let note = VerifiedFirewall(
                origin: KernelInstance(boot: "boot", namespace: 1),
                generation: 7,
                FirewallFingerprint(before)
            )
            let known = note.known(for: desired, desired.map(FirewallFingerprint.init), in: store)
            #expect(known.generation == 7)
            return known.members["blocked"]?.all
        }
    }

    /// The kernel lists the members of a large set in quadratic time, whatever becomes of it.
    @Test func theMembersOfALargeSetComeFromTheDisk() throws {
        let large = table(60_000)
        let members = large.sets[0].elements
        #expect(try known(large, desired: nil) == members)
        #expect(try known(large, desired: FirewallState()) == members)
        #expect(try known(large, desired: table(10)) == members)
        #expect(try known(large, desired: table(60_001)) == members)
        #expect(try known(large, desired: large) == members)
    }

    @Test func thoseOfASmallOneComeFromTheKernel() throws {
        #expect(try known(table(10), desired: nil) == nil)
        #expect(try known(table(10), desired: table(11)) == nil)
        #expect(try known(table(10), desired: table(10))?.count == 10)
    }

    /// They come and go without a new generation.
    @Test func membersWithALifetimeAreNotKnown() throws {
        #expect(try known(table(60_000, flags: .timeout), desired: nil) == nil)
    }
}
