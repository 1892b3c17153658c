/// A moment on the monotonic clock.
struct Deadline {
    private let moment: ContinuousClock.Instant

    init(after seconds: Double) {
        moment = .now + .seconds(seconds)
    }

    var hasPassed: Bool { ContinuousClock.now >= moment }

    /// What is left, for poll(2): rounded up, never negative.
    var milliseconds: Int32 {
        let left = ContinuousClock.now.duration(to: moment)
        guard left > .zero else { return 0 }
        return Int32(clamping: Int((left / .milliseconds(1)).rounded(.up)))
    }
}
