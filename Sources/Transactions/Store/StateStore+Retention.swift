import SystemPackage

extension StateStore {
    /// How many generations are kept, and how much room their firewalls may take before there are fewer: but the last ten always stay.
    private static let retention = (most: 50, fewest: 10, bytes: 256 << 20)

    /// How many changes that were rolled back are kept.
    private static let mostFailures = 10

    /// Removes the oldest generations that nobody is likely to go back to, and what only they needed. The lock must be held.
    func removeOldGenerations() throws(StoreError) {
        var numbers = try generationNumbers()
        // What the present state came from stays.
        let origin = try current()?.restored
        numbers.removeAll { $0 == origin }
        while numbers.count > Self.retention.most {
            try Files.remove(generationPath(numbers.removeFirst()))
        }
        for number in try numbersOfFailures().dropLast(Self.mostFailures) {
            try Files.removeDirectory(failuresDirectory.appending("\(number)"))
        }
        guard try FirewallFiles(in: self).size() > 0 else { return }
        try removeUnusedFirewalls()
        while numbers.count > Self.retention.fewest, try FirewallFiles(in: self).size() > Self.retention.bytes {
            try Files.remove(generationPath(numbers.removeFirst()))
            try removeUnusedFirewalls()
        }
    }

    /// The numbers of the changes that were rolled back and are remembered, ascending.
    func numbersOfFailures() throws(StoreError) -> [Int] {
        try numbers(in: failuresDirectory)
    }

    /// Where something cannot be read it is not known what it needs, and nothing is removed.
    private func removeUnusedFirewalls() throws(StoreError) {
        var used: Set<String> = []
        for number in try generationNumbers() { used.formUnion(try file(of: number).firewalls) }
        for directory in [transactionsDirectory, failuresDirectory] {
            for name in try Files.names(in: directory) {
                let path = directory.appending(name).appending("generation")
                guard let file = try GenerationFile(path, in: self) else { continue }
                used.formUnion(file.firewalls)
            }
        }
        try FirewallFiles(in: self).removeAll(except: used)
    }
}
