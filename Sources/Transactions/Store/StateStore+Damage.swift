import SystemPackage

extension StateStore {
    /// Puts away every file that is damaged, so that the rest can be used again: nothing of it is believed, and it stays for people to look
    /// at. What Weir had displaced is forgotten with a generation that is put away.
    /// - Parameter instance: Where this process is. Unfinished changes of other namespaces of this boot go with what is damaged, unless
    ///   a watchdog watches over them: they cannot be finished from here.
    /// - Returns: Where the files and directories went.
    func setAsideDamage(
        lockTimeout: Duration = .zero,
        from instance: KernelInstance? = nil
    ) throws(StoreError) -> [String] {
        try prepare()
        let lock = try lock(timeout: lockTimeout)
        var moved: [String] = []
        for path in try damagedPaths(from: instance) { moved.append(try setAside(path).string) }
        _ = consume lock
        return moved
    }

    /// Changes that are under way, generations and what both need, if they cannot be read.
    private func damagedPaths(from instance: KernelInstance?) throws(StoreError) -> [HeldPath] {
        var damaged: [HeldPath] = []
        func look(_ path: HeldPath, _ body: () throws(StoreError) -> Void) throws(StoreError) {
            do throws(StoreError) {
                try body()
            } catch .malformed {
                damaged.append(path)
            }
        }
        for directory in [transactionsDirectory, failuresDirectory] {
            for number in try numbers(in: directory) {
                let change = ChangeDirectory(number, in: self, at: directory)
                try look(change.path) { () throws(StoreError) in
                    try checkHasSuccessor(number, in: directory)
                    guard try JournalContents(change.journalPath) != nil else { return }
                    guard let file = try change.generation() else {
                        guard try generationNumbers().contains(number) else {
                            throw .malformed(path: change.generationPath.path, reason: "it is missing")
                        }
                        return
                    }
                    try file.readAll()
                }
            }
        }
        if let instance { damaged += try pathsOfStrangers(to: instance).filter { !damaged.contains($0) } }
        try look(bootRecordPath) { () throws(StoreError) in _ = try BootRecord(in: self) }
        for number in try generationNumbers() {
            try look(generationPath(number)) { () throws(StoreError) in
                try checkHasSuccessor(number, in: generationsDirectory)
                try file(of: number).readAll()
            }
        }
        return damaged
    }

    /// Unfinished changes of other namespaces of this boot that nobody watches over.
    private func pathsOfStrangers(to instance: KernelInstance) throws(StoreError) -> [HeldPath] {
        var paths: [HeldPath] = []
        for directory in try changesUnderWay() {
            do throws(StoreError) {
                guard let change = try UnfinishedChange(directory), !change.isWatched else { continue }
                let origin = change.generation.origin
                if origin.boot == instance.boot, origin != instance { paths.append(directory.path) }
            } catch .malformed {
                continue
            }
        }
        return paths
    }

    /// Gives a file or directory a name under which nobody looks for it.
    private func setAside(_ path: HeldPath) throws(StoreError) -> HeldPath {
        let directory = root.appending("damaged")
        try Files.makeDirectory(directory)
        let kind = path.parent?.name?.string ?? ""
        let stem = "\(kind)-\(path.name?.string ?? "")"
        let names = Set(try Files.names(in: directory))
        var name = stem
        var count = 1
        while names.contains(name) {
            count += 1
            name = "\(stem)-\(count)"
        }
        let target = directory.appending(name)
        try Files.rename(path, to: target)
        return target
    }
}

extension GenerationFile {
    /// Reads everything, to find out whether anything is damaged.
    func readAll() throws(StoreError) {
        _ = try snapshot(.before)
        _ = try snapshot(.after)
        _ = try text()
    }
}
