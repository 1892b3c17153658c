import TestSupport

/// A process that several values keep running.
final class KeptProcess {
    let process: BackgroundProcess

    init(_ process: consuming BackgroundProcess) {
        self.process = process
    }
}
