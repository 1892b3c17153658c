import Glibc

extension Session {
    /// Waits until a change that needs a confirmation is over. Where nobody rolls it back in time, this does.
    /// - Returns: What became of it; nil if it has vanished.
    public mutating func waitForSettlement(of number: Int) throws(TransactionError) -> Settlement? {
        let directory = ChangeDirectory(number, in: store)
        while true {
            let store = store
            let settlement = try storing { () throws(StoreError) in try store.settlement(of: number) }
            if let settlement { return settlement }
            let change = try storing { () throws(StoreError) in try UnfinishedChange(directory) }
            guard let deadline = change?.deadline else {
                return try storing { () throws(StoreError) in try store.settlement(of: number) }
            }
            if deadline.advanced(byNanoseconds: Self.patience).hasPassed {
                do throws(TransactionError) {
                    var recoveries: [Recovery] = []
                    let recovered = recovered
                    try recover(lockTimeout: .seconds(5)) {
                        recovered($0)
                        recoveries.append($0)
                    }
                    if let settlement = recoveries.lazy.compactMap({ Settlement($0, of: number) }).first {
                        return settlement
                    }
                } catch .awaitingConfirmation {
                    continue
                }
            }
            usleep(100_000)
        }
    }

    /// How late the watchdog may be, in nanoseconds.
    private static let patience: UInt64 = 2_000_000_000
}
