import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

/// Whether a descriptor is readable within a time.
private func isReadable(_ descriptor: Int32, within milliseconds: Int32 = 0) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, milliseconds) == 1
}

private func canBeWatched(_ process: ProcessIdentity) -> Bool {
    if let watch = ProcessWatch(process) { !isReadable(watch.descriptor) } else { false }
}

/// What the watchdog waits for.
struct WaitingTests {
    @Test func theBootClockGoesOnAndHasAnEnd() {
        let start = BootInstant.now
        usleep(1000)
        #expect(start < BootInstant.now)
        #expect(start.hasPassed && start.remainingNanoseconds == 0)
        let late = start.advanced(byNanoseconds: 3_600_000_000_000)
        #expect(!late.hasPassed && late.remainingNanoseconds <= 3_600_000_000_000)
        #expect(start.advanced(byNanoseconds: .max) == BootInstant(nanoseconds: .max))
    }

    @Test func theTimerExpiresAtItsMoment() throws {
        let timer = try BootTimer()
        let moment = BootInstant.now.advanced(byNanoseconds: 30_000_000)
        try timer.set(to: moment)
        #expect(!isReadable(timer.descriptor))
        #expect(isReadable(timer.descriptor, within: 5000))
        #expect(moment.hasPassed)
        try timer.set(to: nil)
        #expect(!isReadable(timer.descriptor))
        try timer.set(to: BootInstant(nanoseconds: 0))
        #expect(isReadable(timer.descriptor, within: 5000))
        try timer.set(to: BootInstant(nanoseconds: .max))
        #expect(!isReadable(timer.descriptor))
    }

    /// CLOCK_BOOTTIME is clock 7; the moment is absolute. Setting the time of day does not concern such a timer.
    @Test func theTimerIsOnTheClockThatNobodyCanSet() throws {
        let timer = try BootTimer()
        try timer.set(to: BootInstant.now.advanced(byNanoseconds: 1_000_000_000_000))
        let text = String(decoding: readFile("/proc/self/fdinfo/\(timer.descriptor)") ?? [], as: UTF8.self)
        #expect(text.contains("clockid: 7\n") && text.contains("settime flags: 01\n"))
    }

    @Test func whatHappensInADirectoryIsNoticed() throws {
        try withTemporaryDirectory { (path) throws in
            let watch = try DirectoryWatch(OpenDirectory(anywhere: FilePath(path)))
            #expect(!isReadable(watch.descriptor))
            try writeFile([1], to: "\(path)/journal")
            #expect(isReadable(watch.descriptor, within: 1000))
            watch.drain()
            #expect(!isReadable(watch.descriptor))
            try writeFile([1, 2], to: "\(path)/journal")
            #expect(isReadable(watch.descriptor, within: 1000))
            watch.drain()
            _ = try Decision.confirm.take(in: HeldPath(FilePath(path)))
            #expect(isReadable(watch.descriptor, within: 1000))
        }
    }

    @Test func theEndOfAProcessIsNoticed() throws {
        let process = try BackgroundProcess(["sleep", "100"])
        let identity = try #require(ProcessIdentity(process: process.processID))
        guard let watch = ProcessWatch(identity) else {
            Issue.record("there is no process")
            return
        }
        #expect(!isReadable(watch.descriptor))
        watch.kill()
        #expect(isReadable(watch.descriptor, within: 5000))
        #expect(try process.finish().status == 128 + SIGKILL)
    }

    @Test func aLaterProcessOfTheSameNumberIsAnother() throws {
        #expect(canBeWatched(.current))
        var other = ProcessIdentity.current
        other.start += 1
        #expect(!canBeWatched(other))
        other.process = 0
        #expect(!canBeWatched(other))
    }
}
