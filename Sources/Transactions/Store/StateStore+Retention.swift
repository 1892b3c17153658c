import SystemPackage

extension StateStore {
    /// How many generations are kept, and how much room their firewalls may take before there are fewer: but the last ten always stay.
    private static let retention = (most: 50, fewest: 10, bytes: 256 << 20)

    /// Removes the oldest generations that nobody is likely to go back to, and what only they needed. The lock must be held.
    func removeOldGenerations() throws(StoreError) {
        var numbers = try generationNumbers()
        // What the present state came from stays.
        let origin = try current()?.restored
        numbers.removeAll { $0 == origin }
        while numbers.count > Self.retention.most {
            try Files.removeDirectory(generationDirectory(numbers.removeFirst()))
        }
        try removeUnusedFirewalls()
        while numbers.count > Self.retention.fewest, try FirewallFiles(in: self).size() > Self.retention.bytes {
            try Files.removeDirectory(generationDirectory(numbers.removeFirst()))
            try removeUnusedFirewalls()
        }
    }

    private func removeUnusedFirewalls() throws(StoreError) {
        var used: Set<String> = []
        for number in try generationNumbers() {
            for name in ["before.snap", "after.snap"] {
                let snapshot = try self.snapshot(of: number, name, withFirewall: false)
                if let digest = snapshot.firewallDigest { used.insert(digest) }
            }
        }
        for name in try Files.names(in: transactionsDirectory) {
            // A change that could not be undone needs what it refers to; if that cannot be read nothing is removed.
            let path = transactionsDirectory.appending(name).appending("before.snap")
            guard let bytes = try Files.read(path, limit: 1 << 30) else { continue }
            guard let snapshot = try? Snapshot(encoded: bytes) else { return }
            if let digest = snapshot.firewallDigest { used.insert(digest) }
        }
        try FirewallFiles(in: self).removeAll(except: used)
    }
}
