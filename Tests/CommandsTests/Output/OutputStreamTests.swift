import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Commands

/// Writing to pipes that are slow, full or have no reader, in the background too.
struct OutputStreamTests {
    private struct Pipe: ~Copyable {
        let reader: Int32
        private(set) var writer: Int32

        init() throws {
            signal(SIGPIPE, SIG_IGN)
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            (reader, writer) = (ends[0], ends[1])
        }

        func read(_ count: Int) -> String {
            var bytes = [UInt8](repeating: 0, count: count)
            let length = Glibc.read(reader, &bytes, count)
            return String(decoding: bytes[..<max(length, 0)], as: UTF8.self)
        }

        deinit {
            close(reader)
            close(writer)
        }
    }

    @Test func allIsWritten() throws {
        let pipe = try Pipe()
        let stream = OutputStream(pipe.writer, name: "a pipe")
        stream.write("one\n")
        stream.write("two\n")
        #expect(pipe.read(100) == "one\ntwo\n")
        #expect(stream.failure == nil)
    }

    @Test func afterAFailureNothingIsWritten() throws {
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        let stream = OutputStream(full, name: "a disk")
        stream.write("one\n")
        #expect(stream.failure == .noSpace)
        let pipe = try Pipe()
        dup2(pipe.writer, full)
        stream.write("two\n")
        close(full)
        let flags = fcntl(pipe.reader, F_GETFL)
        _ = fcntl(pipe.reader, F_SETFL, flags | O_NONBLOCK)
        #expect(pipe.read(100).isEmpty)
    }

    /// As on a file system that finds out late: here the descriptor is gone, which only closing it can tell.
    @Test func whatIsLostAtTheEndIsAFailure() throws {
        let pipe = try Pipe()
        let descriptor = dup(pipe.writer)
        let stream = OutputStream(descriptor, name: "a pipe")
        stream.write("one\n")
        close(descriptor)
        stream.finish()
        #expect(stream.failure == .badFileDescriptor)
    }

    /// What is lost is lost as whole lines, and told where it is missing.
    @Test func whatIsLostIsToldInItsPlace() throws {
        let pipe = try Pipe()
        let stream = OutputStream(pipe.writer, name: "a pipe")
        stream.writeInBackground { "lost \($0)\n" }
        let count = 40_000
        let line = String(repeating: "-", count: 50)
        for number in 1...count { stream.write("\(number) \(line)\n") }
        // Somebody wakes up and reads.
        var text = ""
        func nextWords() -> [Substring] {
            while true {
                if let end = text.firstIndex(of: "\n") {
                    defer { text = String(text[text.index(after: end)...]) }
                    return text[..<end].split(separator: " ")
                }
                text += pipe.read(65536)
            }
        }
        var lost = 0
        var last = 0
        while last < count {
            let words = nextWords()
            let number = try #require(Int(words[words[0] == "lost" ? 1 : 0]))
            if words[0] == "lost" {
                lost += number
                last += number
            } else {
                #expect(number == last + 1)
                #expect(words[1] == line)
                last = number
            }
        }
        #expect(lost > 0)
        #expect(last == count)
        // What comes from here on is written again.
        stream.write("again\n")
        #expect(nextWords() == ["again"])
        #expect(stream.failure == nil)
    }

    /// The disk has room again: the line that was cut stays alone, and what is missing is told.
    @Test func aLineThatWasCutIsEnded() {
        let texts = Mutex<[String]>([])
        let room = Mutex(7)
        let writer = BackgroundWriter {
            "lost \($0)\n"
        } write: { text in
            let count = min(room.withLock { $0 }, text.utf8.count)
            room.withLock { $0 -= count }
            texts.withLock { $0.append(String(text.prefix(count))) }
            return count
        }
        #expect(writer.start())
        writer.add("one\n")
        writer.add("two\n")
        #expect(!writer.drain())
        room.withLock { $0 = 1000 }
        writer.add("three\n")
        #expect(writer.drain())
        #expect(texts.withLock { $0.joined() } == "one\ntwo\nlost 1\nthree\n")
    }
}
