import KernelObjects
import KernelState
import Reconciliation

/// What was read at one time.
struct Sight {
    /// What the state directory said before and after.
    let stand: StoreStand
    /// What the kernel has, and what would have to be done so that it is as it should be.
    let preview: Preview
    /// What the kernel has of that which matters.
    let basis: PlanBasis

    init(_ preview: Preview, _ stand: StoreStand) {
        self.stand = stand
        self.preview = preview
        basis = PlanBasis(preview)
    }

    /// nf_tables' generation.
    var generation: UInt32 { preview.observed.generation }

    /// Whether the kernel has what it should.
    var isAsExpected: Bool {
        preview.changes.isEmpty && preview.difference.conflicts.isEmpty
    }
}

extension KernelNews {
    /// Whether routes may have gone without a word.
    var isAboutLinks: Bool { !parts.isDisjoint(with: [.links, .addresses]) }

    /// What others have done than the authors that are meant.
    func without(_ isMeant: (ChangeAuthor) -> Bool) -> KernelNews {
        var rest = self
        rest.removeAll { $0.author.map(isMeant) ?? false }
        return rest
    }
}
