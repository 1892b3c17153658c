import KernelObjects
public import KernelState
import Reconciliation
import SystemPackage

/// Watches whether the kernel stays as Weir left it, tells what others change, and puts it back where that is wanted.
///
/// The kernel says when something may have changed. When it has been silent for a moment everything is read and compared with what was
/// read before; nothing is concluded from the announcements themselves but who it was. As long as Weir itself changes something nothing is
/// compared: what is in the kernel then is neither the one state nor the other.
public struct DriftWatch: ~Copyable {
    var session: Session
    let report: (WatchEvent) -> Void
    private var monitor: KernelMonitor
    private let signals: TerminationSignals
    /// Hears of changes by Weir itself.
    private let storeEvents: DirectoryWatch
    private var timing = WatchTiming()

    /// What the kernel is compared with; nothing as long as that is not known.
    var base: DriftBase?
    /// What was read last.
    private(set) var last: Sight?
    /// What changes are told against: what was read last, or what should be there.
    private var before: PlanBasis?
    private var isAsExpected = true
    /// What was announced since.
    var news = KernelNews()
    /// What is known about putting things back; nil if that is not wanted.
    var healing: Healing?
    /// What the state directory said the last time, if a change was being made.
    private var unsettled: StoreStand?
    private var toldUnsettled: Int?
    /// The number of the last change that failed; that was told of if it had to be confirmed. Nothing before the first look.
    private var lastFailure: Int?
    private var toldUnreadable: String?
    private var failures = 0

    /// How often the state directory may be unreadable in a row: it changes while it is read.
    private static let mostFailures = 5

    /// Begins to listen. The signals that ask the program to end are from now on looked at only by `run`.
    /// - Parameters:
    ///   - session: The kernel and the directory.
    ///   - monitor: Hears of changes in the same network namespace.
    ///   - guards: Judges what would be put back and says what speaks against it; without it nothing is put back.
    ///   - report: Is told what happens.
    public init(
        _ session: consuming Session,
        _ monitor: consuming KernelMonitor,
        healingWith guards: ((Preview) -> [String])? = nil,
        report: @escaping (WatchEvent) -> Void
    ) throws(WatchdogError) {
        let signals = try TerminationSignals()
        let storeEvents = try DirectoryWatch()
        self.signals = signals
        self.storeEvents = storeEvents
        self.session = session
        self.monitor = monitor
        self.report = report
        healing = guards.map { Healing(guards: $0) }
        listenToStore()
    }

    /// Listens to what there is of the state directory by now; what is not there yet comes later.
    private func listenToStore() {
        for path in [session.store.generationsDirectory, session.store.transactionsDirectory] {
            guard let directory = try? path.directory() else { continue }
            try? storeEvents.add(directory)
        }
    }

    /// Watches until a signal asks for the end, or until putting things back makes no sense any more.
    public mutating func run() throws(TransactionError) -> WatchEnding {
        while !signals.haveCome {
            if timing.isLookDue { try look() }
            if healing?.isDue == true { try heal() }
            if healing?.isFought == true { return .fought }
            try wait()
        }
        return .asked
    }

    private mutating func wait() throws(TransactionError) {
        let moment = min(timing.next, healing?.moment ?? BootInstant(nanoseconds: .max))
        // Rounded up, so that the moment has passed afterwards.
        let milliseconds = Int32(clamping: (moment.remainingNanoseconds + 999_999) / 1_000_000)
        let descriptors = [signals.descriptor, storeEvents.descriptor]
        let heard = try asking { () throws(KernelStateError) in
            try monitor.wait(milliseconds: milliseconds, orFor: descriptors)
        }
        if !heard.isEmpty {
            news.add(heard)
            timing.noteNews(isAboutLinks: heard.isAboutLinks)
            if heard.isAboutLinks { healing?.forgetRefusals() }
        }
        if storeEvents.drain() { timing.noteNews(isAboutLinks: false) }
        if timing.takePolling(), try hasChangedSilently() { timing.noteNews(isAboutLinks: false) }
    }

    /// Looks at what nobody announces: settings, and the state directory where it could not be watched.
    private mutating func hasChangedSilently() throws(TransactionError) -> Bool {
        guard let last else { return true }
        // The directory may have been removed and made again.
        session.store.release()
        listenToStore()
        if (try? StoreStand(session.store)) != last.stand { return true }
        let names = last.basis.objects.sysctls.map(\.name)
        let settings = try asking { () throws(KernelStateError) in
            try session.transaction.kernel.readSysctls(names)
        }
        return zip(settings, last.basis.objects.sysctls).contains { $0.value != $1.value }
    }

    // MARK: Looking

    /// Reads and compares, and tells what has changed since the last time. What cannot be read now is read a little later.
    private mutating func look() throws(TransactionError) {
        let start = ProcessorTime.used
        do throws(TransactionError) {
            let isSettled = try lookOnce()
            toldUnreadable = nil
            failures = 0
            timing.noteLook(costing: start.nanosecondsSince, isSettled: isSettled)
            // What came during the look may be in what was read, or not.
            if isSettled, !news.isEmpty { timing.noteNews(isAboutLinks: news.isAboutLinks) }
        } catch {
            failures += 1
            let mayPass = last != nil && error.isOfStore && failures < Self.mostFailures
            guard error.isPassing || mayPass else { throw error }
            if toldUnreadable != "\(error)" {
                toldUnreadable = "\(error)"
                report(.unreadable(error))
            }
            timing.noteFailedLook()
        }
    }

    /// - Returns: Whether it could be compared: not while Weir itself is changing something.
    private mutating func lookOnce() throws(TransactionError) -> Bool {
        let store = session.store
        let stand = try storing { () throws(StoreError) in try StoreStand(store) }
        if let change = stand.unsettled {
            // A process may end in the moment when its change is over: only what is still so a little later is interrupted.
            if unsettled == stand { try tell(unsettled: change) } else { timing.noteProgress() }
            unsettled = stand
            return false
        }
        unsettled = nil
        toldUnsettled = nil
        let (settlements, lastFailure) = try storing { () throws(StoreError) in
            try store.settlements(after: self.lastFailure)
        }
        let isNew = base?.basis != stand.basis || !settlements.isEmpty
        guard let base = try isNew ? readBase(stand) : base else { return false }
        let known = isNew ? nil : last.map { KnownFirewall(generation: $0.generation, $0.preview.observed.firewall) }
        let preview = try session.transaction.look(
            base.request,
            displaced: base.displaced,
            knowing: known ?? session.transaction.known(base.request)
        )
        let standNow = try storing { () throws(StoreError) in try StoreStand(store) }
        guard standNow == stand else { return false }
        self.lastFailure = lastFailure
        for settlement in settlements { report(.settled(settlement)) }
        if isNew { begin(base) }
        try compare(Sight(preview, stand))
        return true
    }

    /// Reads what the kernel should have; nil if it has changed meanwhile.
    private func readBase(_ stand: StoreStand) throws(TransactionError) -> DriftBase? {
        let store = session.store
        return try storing { () throws(StoreError) -> DriftBase? in
            do throws(StoreError) {
                return try DriftBase(stand.basis, in: store, for: session.origin)
            } catch {
                guard try StoreStand(store) == stand else { return nil }
                throw error
            }
        }
    }

    /// Weir itself has changed something, or this is the beginning.
    private mutating func begin(_ base: DriftBase) {
        let former = self.base?.basis
        self.base = base
        healing?.begin()
        report(.watching(base.subject))
        // If it was confirmed, what should be there is what should have been there.
        if case .awaited(let number) = former, base.basis == .generation(number) { return }
        before = nil
        isAsExpected = true
        // What Weir did is nobody else's doing.
        news = news.without { $0.name == ChangeAuthor.own.name }
    }

    /// Compares with what was seen before, or at the beginning with what should be there.
    private mutating func compare(_ sight: Sight) throws(TransactionError) {
        guard let base else { return }
        let late = try asking { () throws(KernelStateError) in try monitor.takeNews() }
        if news.hasLost { report(.announcementsLost) }
        news.add(late)
        let before = before ?? base.expected(sight.preview.observed)
        let changes = ForeignChanges(
            PlanDrift(from: before, to: sight.basis),
            news.without { $0.process == ChangeAuthor.own.process }
        )
        news = late
        last = sight
        self.before = sight.basis
        if !changes.drift.isEmpty {
            report(.changed(changes))
            healing?.note(changes)
            if healing?.isFought == true { report(.fought(changes)) }
        }
        if sight.isAsExpected, !isAsExpected { report(.restored) }
        isAsExpected = sight.isAsExpected
        healing?.plan(sight)
    }

    /// Reads and compares after something was put back: what was is not told again, what others did meanwhile is. Where that fails the next
    /// look tells how the kernel differs from what should be there.
    mutating func lookBehind(_ base: DriftBase, leavingOut leftOut: LeftOut) {
        before = nil
        timing.noteNews(isAboutLinks: false)
        try? compareBehind(base, leavingOut: leftOut)
    }

    private mutating func compareBehind(_ base: DriftBase, leavingOut leftOut: LeftOut) throws(TransactionError) {
        guard let stand = last?.stand, let circumstances = last?.basis.circumstances else { return }
        let preview = try session.transaction.look(base.request, displaced: base.displaced, knowing: nil)
        let expected = base.expected(preview.observed, leavingOut: leftOut)
        before = PlanBasis(objects: expected.objects, circumstances: circumstances)
        isAsExpected = true
        try compare(Sight(preview, stand))
    }

    private mutating func tell(unsettled change: UnfinishedChange) throws(TransactionError) {
        if !change.willBeSettled, healing != nil {
            do throws(TransactionError) {
                try session.recover()
            } catch .store(.locked) {
                // A change is being made.
            } catch .awaitingConfirmation {
                // Another one waits: that is no reason to end.
            } catch .unrecovered {
                // That was reported. From now on the kernel is judged as it is.
            }
            return
        }
        // One that is being made is over in a moment.
        guard !change.willBeSettled || timing.isUnsettledLong, toldUnsettled != change.generation.number else { return }
        toldUnsettled = change.generation.number
        report(.unsettled(change))
    }
}

extension TransactionError {
    /// Whether it may be over in a moment.
    fileprivate var isPassing: Bool {
        switch self {
        case .kernel(let error): error.cause == .stale || error.errno == .noBufferSpace || error.errno == .timedOut
        default: false
        }
    }

    /// Whether it is about the state directory.
    fileprivate var isOfStore: Bool {
        if case .store = self { true } else { false }
    }
}
