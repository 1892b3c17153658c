import Glibc
import Netlink
import Synchronization
import SystemPackage

/// Standard output or standard error.
///
/// What cannot be written is remembered: nothing is written after it, so that there is no gap in what was, and the program's end has an
/// exit status that says so. No writer has to check, and none can forget to.
final class OutputStream: Sendable {
    static let output = OutputStream(STDOUT_FILENO, name: "standard output")
    static let errors = OutputStream(STDERR_FILENO, name: "standard error")

    private let descriptor: Int32
    private let name: String
    private let state = Mutex(State())
    private let background = Mutex<BackgroundWriter?>(nil)

    private struct State {
        /// Why something could not be written.
        var failure: Errno?
        var hasWritten = false
    }

    init(_ descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    /// Why something could not be written; nil as long as all could.
    var failure: Errno? {
        state.withLock { $0.failure }
    }

    /// Writes all of the text. A slow reader is waited for.
    func write(_ text: String) {
        if let writer = background.withLock({ $0 }) { return writer.add(text) }
        guard failure == nil else { return }
        Progress.shared.giveWay()
        let (_, error) = writeAll(text)
        if let error { note(error) }
    }

    /// Writes as much of the text as can be written.
    /// - Returns: How many bytes were, and why not all.
    private func writeAll(_ text: String) -> (count: Int, error: Errno?) {
        var text = text
        let result = text.withUTF8 { bytes -> (count: Int, error: Errno?) in
            var count = 0
            while count < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[count...])
                let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if written > 0 {
                    count += written
                    continue
                }
                let error = written == 0 ? .ioError : Errno(rawValue: errno)
                // Whoever shares a pipe with others may have made it one that does not wait.
                if error == .resourceTemporarilyUnavailable {
                    waitForRoom()
                } else if error != .interrupted {
                    return (count, error)
                }
            }
            return (count, nil)
        }
        if result.count > 0 { state.withLock { $0.hasWritten = true } }
        return result
    }

    private func waitForRoom() {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&entry, 1, -1)
    }

    /// Remembers why something could not be written, and says it the first time. That a reader has gone away is nothing to speak of.
    private func note(_ error: Errno) {
        let isFirst = state.withLock { state in
            defer { state.failure = state.failure ?? error }
            return state.failure == nil
        }
        guard isFirst, self !== OutputStream.errors, !PipeSignal.meansTheEnd(error) else { return }
        let reason = error == .timedOut ? "nobody reads it" : "\(error)"
        OutputStream.errors.write("weir: cannot write to \(name): \(reason)\n")
    }

    // MARK: In the background

    /// From now on writes on a thread of its own: whoever has something to say never waits for a reader.
    /// - Parameters:
    ///   - loss: A text that says how many texts could not be written, for when it can be written again.
    ///   - failed: Is called on that thread when a text could not be written.
    func writeInBackground(loss: @escaping @Sendable (Int) -> String, failed: @escaping @Sendable () -> Void = {}) {
        let writer = BackgroundWriter(loss: loss) { [self] text in
            let (count, error) = writeAll(text)
            if let error {
                note(error)
                failed()
            }
            return count
        }
        if writer.start() { background.withLock { $0 = writer } }
    }

    // MARK: The end

    /// Makes the standard descriptors such that every failure to write is seen; to be called before anything else is done.
    static func prepare() {
        guard ProcessStart.holdStandardDescriptors() else { exit(ExitStatus.inputOutput.rawValue) }
        PipeSignal.ignore()
    }

    /// Writes what waits to be written, and closes the stream: some file systems tell only then that what was written is lost.
    func finish() {
        if let writer = background.withLock({ $0 }), !writer.drain() { return note(.timedOut) }
        guard close(descriptor) != 0, state.withLock({ $0.hasWritten }) else { return }
        note(Errno(rawValue: errno))
    }

    /// Ends the program. A failure keeps its status; a success that could not be reported is not one.
    static func end(_ status: ExitStatus) -> Never {
        Progress.shared.end()
        output.finish()
        errors.finish()
        let failures = [output.failure, errors.failure].compactMap(\.self)
        guard !failures.isEmpty, status == .done || status == .differences else { exit(status.rawValue) }
        if failures.allSatisfy(PipeSignal.meansTheEnd) { PipeSignal.endProcess() }
        exit((Deed.isDone ? ExitStatus.unreported : .inputOutput).rawValue)
    }

    /// Whether something could not be written although there is a reader: a reader that ends has read enough.
    static var haveFailed: Bool {
        [output.failure, errors.failure].contains { $0.map { !PipeSignal.meansTheEnd($0) } ?? false }
    }
}
