import CLinux

/// What whoever starts the process gives it.
public enum ProcessStart {
    /// The arguments after the program's name, as bytes. They come from the process's stack: `CommandLine` reads `/proc`, and has none
    /// where that is missing.
    public static var arguments: [[UInt8]] {
        (1..<max(linux_argument_count(), 1)).map { index in
            linux_argument(index).map { pointer in
                Array(UnsafeRawBufferPointer(start: pointer, count: lengthOfString(pointer)))
            } ?? []
        }
    }

    /// Makes the descriptors 0, 1 and 2 such that no file or socket can become one of them. To read or write one that was closed fails.
    /// - Returns: Whether that succeeded.
    public static func holdStandardDescriptors() -> Bool {
        linux_hold_standard_descriptors() == 0
    }

    private static func lengthOfString(_ pointer: UnsafePointer<CChar>) -> Int {
        var end = pointer
        while end.pointee != 0 { end += 1 }
        return end - pointer
    }
}
