import KernelObjects
import KernelState
import Reconciliation

extension Transaction where System: ~Copyable {
    /// Whether a rule file is in effect, found out without understanding it: it is what was last found to be in effect, nobody has
    /// changed nf_tables since, and routes, policy routing rules and settings are as it wants them.
    ///
    /// `false` means that it is not known. An error here happens again, and is reported, when the answer is looked for properly.
    /// - Parameter isForChange: Whether something would be changed otherwise: nobody else may be about to change something then.
    mutating func isInEffect(_ path: String, isForChange: Bool, read: (String) -> [UInt8]?) -> Bool {
        // What others could have written is not believed, and nothing is written to it.
        guard (try? store.checkIsPrivate()) != nil else { return false }
        guard isForChange else { return isInEffect(path, read: read) }
        guard let lock = try? store.lock() else { return false }
        let answer = isInEffect(path, read: read)
        _ = consume lock
        return answer
    }

    private mutating func isInEffect(_ path: String, read: (String) -> [UInt8]?) -> Bool {
        guard let note = TextInEffect(of: path, in: store, read: read), note.origin == kernel.instance,
            note.program == .current(program),
            (try? store.changesUnderWay().isEmpty) == true,
            let displaced = try? displaced()
        else { return false }
        do throws(KernelStateError) {
            guard try kernel.readGeneration() == note.generation else { return false }
            let names = note.desired.sysctls.map(\.name) + displaced.sysctls.map(\.name)
            let observed = try kernel.readWithoutFirewall(sysctls: names)
            let remaining = difference(desired: note.desired, observed: observed, displaced: displaced)
            guard remaining.changes.isEmpty, remaining.conflicts.isEmpty else { return false }
            return try kernel.readGeneration() == note.generation
        } catch {
            return false
        }
    }
}
