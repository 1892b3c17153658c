import KernelState

/// Turns an error of the state directory into one of a transaction.
func storing<Value: ~Copyable>(_ body: () throws(StoreError) -> Value) throws(TransactionError) -> Value {
    do throws(StoreError) {
        return try body()
    } catch {
        throw .store(error)
    }
}

/// Turns a failure to speak to the kernel into an error of a transaction.
func asking<Value: ~Copyable>(_ body: () throws(KernelStateError) -> Value) throws(TransactionError) -> Value {
    do throws(KernelStateError) {
        return try body()
    } catch {
        throw .kernel(error)
    }
}

/// Turns a failure to speak to the kernel into a cause of failure.
func changing<Value: ~Copyable>(_ body: () throws(KernelStateError) -> Value) throws(FailureCause) -> Value {
    do throws(KernelStateError) {
        return try body()
    } catch {
        throw .kernel(error)
    }
}

/// Turns an error of the state directory into a cause of failure.
func noting<Value: ~Copyable>(_ body: () throws(StoreError) -> Value) throws(FailureCause) -> Value {
    do throws(StoreError) {
        return try body()
    } catch {
        throw .store(error)
    }
}
