import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

/// The way to the state directory, and what is done in it once it is open.
struct HeldDirectoryTests {
    private func refusal(of path: FilePath) throws -> (path: FilePath, reason: String) {
        let error = #expect(throws: StoreError.self) { try StateStore(directory: path).prepare() }
        guard case .untrusted(let path, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return ("", "")
        }
        return (path, reason)
    }

    /// Whoever can write to a directory above could put another one in the place of the state directory.
    @Test(arguments: [0o777, 0o775, 0o722] as [mode_t])
    func aParentThatOthersCanWriteToIsRefused(mode: mode_t) throws {
        try withTemporaryDirectory { (directory) throws in
            let parent = FilePath(directory).appending("a")
            let path = parent.appending("b/state")
            try StateStore(directory: path).prepare()
            chmod(parent.string, mode)
            let refusal = try refusal(of: path)
            #expect(refusal.path == parent)
            #expect(refusal.reason.hasPrefix("others can write to it, and could replace "))
            // Neither is anything read there.
            #expect(throws: StoreError.self) { try StateStore(directory: path).history() }
            chmod(parent.string, 0o755)
            try StateStore(directory: path).prepare()
        }
    }

    @Test func aParentOfSomebodyElseIsRefused() throws {
        try withTemporaryDirectory { (directory) throws in
            let parent = FilePath(directory).appending("a")
            mkdir(parent.string, 0o755)
            try #require(chown(parent.string, 12345, 12345) == 0)
            let refusal = try refusal(of: parent.appending("b/state"))
            #expect(refusal.path == parent && refusal.reason.hasPrefix("another user owns it, and could "))
            #expect(directoryContents(parent.string).isEmpty)
        }
    }

    /// In a directory such as /tmp everybody can make something, and only its owner can rename it.
    @Test func inAStickyDirectoryTheOwnerOfTheEntryCounts() throws {
        try withTemporaryDirectory { (directory) throws in
            let shared = FilePath(directory).appending("shared")
            mkdir(shared.string, 0o700)
            chmod(shared.string, 0o1777)
            try StateStore(directory: shared.appending("mine/state")).prepare()
            try StateStore(directory: shared.appending("state")).prepare()
            let theirs = shared.appending("theirs")
            mkdir(theirs.string, 0o755)
            try #require(chown(theirs.string, 12345, 12345) == 0)
            #expect(try refusal(of: theirs.appending("state")).path == theirs)
            #expect(try refusal(of: theirs).reason == "another user owns it")
            // The state directory itself is nobody else's to write to, sticky or not.
            #expect(try refusal(of: shared).reason == "others can write to it")
        }
    }

    @Test func noLinkIsFollowedAndTheRealDirectoryIsNamed() throws {
        try withTemporaryDirectory { (directory) throws in
            let base = FilePath(directory)
            try StateStore(directory: base.appending("real/deep/state")).prepare()
            symlink("real", base.appending("link").string)
            symlink("state", base.appending("real/deep/last").string)
            symlink("nowhere", base.appending("dangling").string)
            let real = base.appending("real/deep/state")
            for (path, link) in [("link/deep/state", "link"), ("real/deep/last", "real/deep/last")] {
                let refusal = try refusal(of: base.appending(path))
                #expect(refusal.path == base.appending(link))
                #expect(refusal.reason == "it is a symbolic link; name the directory that it leads to: \(real)")
            }
            #expect(try refusal(of: base.appending("dangling")).reason == "it is a symbolic link")
            #expect(directoryContents(directory) == ["dangling", "link", "real"])
            // As no link is followed, `..` means what it looks like.
            let store = StateStore(directory: base.appending("link/.././real/deep/state"))
            #expect(store.directory == real)
            #expect(try store.exists())
        }
    }

    /// Whoever puts a link in the place of the state directory changes nothing: what was opened is what is written to and emptied.
    @Test func whatWasOpenedIsWhatIsUsed() throws {
        try withTemporaryDirectory { (directory) throws in
            let base = FilePath(directory)
            let victim = base.appending("victim")
            for name in ["txn/1/precious", "gen/1", "precious"] {
                try writeFile([1], to: victim.appending(name).string)
            }
            let store = StateStore(directory: base.appending("state"))
            try store.prepare()
            let change = try ChangeDirectory.next(in: store)
            try writeFile([2], to: change.journalPath.string)
            try #require(rename(store.directory.string, base.appending("moved").string) == 0)
            symlink("victim", store.directory.string)
            try change.discard()
            #expect(directoryContents(base.appending("moved/txn").string).isEmpty)
            #expect(try ChangeDirectory.next(in: store).number == 1)
            let lock = try store.lock()
            _ = consume lock
            #expect(directoryContents(base.appending("moved").string).contains("lock"))
            #expect(directoryContents(victim.string) == ["gen", "precious", "txn"])
            #expect(readFile(victim.appending("txn/1/precious").string) == [1])
            // Who comes later finds the link.
            #expect(try refusal(of: store.directory).path == store.directory)
        }
    }

    @Test(arguments: ["gen", "txn", "firewall", "failed"]) func aLinkInsideIsRefused(name: String) throws {
        try withTemporaryDirectory { (directory) throws in
            let base = FilePath(directory)
            mkdir(base.appending("victim").string, 0o700)
            let store = StateStore(directory: base.appending("state"))
            try store.prepare()
            rmdir(store.directory.appending(name).string)
            symlink("../victim", store.directory.appending(name).string)
            let path = store.directory.appending(name)
            #expect(throws: StoreError.untrusted(path: path, reason: "it is not a directory")) {
                try store.checkIsPrivate()
            }
            #expect(throws: StoreError.self) { try store.prepare() }
            #expect(directoryContents(base.appending("victim").string).isEmpty)
        }
    }

    /// A link in the place of a file would have another one read, or written to.
    @Test(arguments: ["format", "lock"]) func aLinkToAFileIsNotFollowed(name: String) throws {
        try withTemporaryDirectory { (directory) throws in
            let base = FilePath(directory)
            let store = StateStore(directory: base.appending("state"))
            try store.prepare()
            let victim = base.appending("victim").string
            let place = store.directory.appending(name).string
            let content = readFile(store.directory.appending("format").string) ?? []
            try writeFile(content, to: victim)
            unlink(place)
            symlink("../victim", place)
            #expect(throws: StoreError.self) {
                try store.prepare()
                _ = try store.lock(timeout: .zero)
            }
            #expect(readFile(victim) == content)
        }
    }

    /// Removing is for what is in a directory, whatever it is called, and never for what links in it lead to.
    @Test func aDirectoryIsRemovedAndNotWhatItsLinksLeadTo() throws {
        try withTemporaryDirectory { (directory) throws in
            let base = FilePath(directory)
            try writeFile([1], to: base.appending("victim/precious").string)
            let state = HeldPath(base.appending("state"))
            try Transactions.Files.makeDirectory(state)
            try writeFile([1], to: state.appending("a/b/c").string)
            symlink("../../victim", state.appending("a/link").string)
            symlink("../victim", state.appending("link").string)
            // Not UTF-8.
            let name = Array("\(state.path)/a/".utf8CString.dropLast()) + [-1, 0]
            let descriptor = open(name, O_CREAT | O_WRONLY, 0o600)
            try #require(descriptor >= 0)
            close(descriptor)
            try Transactions.Files.removeDirectory(state.appending("a"))
            #expect(throws: StoreError.self) { try Transactions.Files.removeDirectory(state.appending("link")) }
            #expect(directoryContents(state.string) == ["link"])
            #expect(directoryContents(base.appending("victim").string) == ["precious"])
        }
    }

    /// What is there to begin with need not be there.
    @Test func aDirectoryThatIsNotThereIsNoReasonToRefuse() throws {
        try withTemporaryDirectory { (directory) throws in
            let store = StateStore(directory: FilePath(directory).appending("a/b/state"))
            try store.checkIsPrivate()
            #expect(try !store.exists())
            #expect(try store.history().isEmpty)
            #expect(directoryContents(directory).isEmpty)
            try store.prepare()
            #expect(try store.exists())
        }
    }

    /// Whoever watches for long lets go, and finds what has taken the place since.
    @Test func whoLetsGoFindsWhatIsThereNow() throws {
        try withTemporaryDirectory { (directory) throws in
            let store = StateStore(directory: FilePath(directory).appending("state"))
            try store.prepare()
            _ = try ChangeDirectory.next(in: store)
            try outputOf("rm", "-r", store.directory.string)
            #expect(try store.nextNumber() == 1)
            let other = StateStore(directory: store.directory)
            try other.prepare()
            _ = try ChangeDirectory.next(in: other)
            #expect(try store.nextNumber() == 1)
            store.release()
            #expect(try store.nextNumber() == 2)
        }
    }
}
