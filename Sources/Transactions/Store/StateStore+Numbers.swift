import SystemPackage

extension StateStore {
    /// No change has a greater number. It is far from where numbers overflow, and nobody makes as many changes.
    static let largestNumber = 999_999_999

    /// The numbers that are names in a directory, ascending. A name that Weir would not write so is nobody's number.
    func numbers(in directory: HeldPath) throws(StoreError) -> [Int] {
        try Files.names(in: directory).compactMap(Self.number).sorted()
    }

    /// The number that a name stands for.
    static func number(_ name: String) -> Int? {
        guard let number = Int(name), 1...largestNumber ~= number, "\(number)" == name else { return nil }
        return number
    }

    /// The number for the next change: no change ever has that of another one, whatever became of it.
    public func nextNumber() throws(StoreError) -> Int {
        var last = 0
        for directory in [generationsDirectory, transactionsDirectory, failuresDirectory] {
            guard let number = try numbers(in: directory).last else { continue }
            try checkHasSuccessor(number, in: directory)
            last = max(last, number)
        }
        return last + 1
    }

    /// Refuses the last number that there can be: nothing could be changed any more.
    func checkHasSuccessor(_ number: Int, in directory: HeldPath) throws(StoreError) {
        guard number < Self.largestNumber else {
            throw .malformed(path: directory.appending("\(number)").path, reason: "there is no number after it")
        }
    }
}
