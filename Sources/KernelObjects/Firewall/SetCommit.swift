/// How the kernel puts a change of a set's members into effect while packets are looked up in the set.
public enum SetCommit: Sendable, Hashable {
    /// A packet meets the members from before or those from after.
    case atomic
    /// For a moment a packet may meet neither the old nor the new member that covers it, although both do: the tree holds both, and an
    /// inactive one hides an active one. What is not known to be atomic counts as this.
    case interleaved

    /// The kernel with a release (`uname -r`).
    ///
    /// Interval sets are looked up in an array that the commit exchanges since Linux 7.0 (commit 7e43e0a1141d); 6.19.4 has that change too,
    /// and 6.18.15 is the oldest 6.18 that it is known of. Distributions bring changes to older kernels without saying so in the release:
    /// those count as interleaved, which costs time and nothing else.
    public init(kernelRelease release: String) {
        let version = KernelVersion(release: release)?.numbers ?? [0, 0, 0]
        self =
            switch (version[0], version[1], version[2]) {
            case (7..., _, _), (6, 19, 4...), (6, 18, 15...): .atomic
            default: .interleaved
            }
    }
}
