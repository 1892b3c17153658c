import SystemPackage

/// A network namespace that is mounted somewhere, as `ip netns add` does.
struct MountedNamespace: Hashable {
    /// The namespace as the kernel calls it: `net:[INODE]`.
    let name: String
    /// Where it is mounted, in bytes: a file may have any name.
    let path: [UInt8]

    /// What the name of a network namespace begins with.
    static let kind = "net:["

    /// The namespaces in a list of mounts as proc_pid_mountinfo(5) tells: their root in the file system `nsfs` is `net:[INODE]`.
    static func all(in mounts: [UInt8]) -> [MountedNamespace] {
        mounts.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard fields.count > 4, fields[3].starts(with: kind.utf8) else { return nil }
            return MountedNamespace(name: String(decoding: fields[3], as: UTF8.self), path: unescaped(fields[4]))
        }
    }

    /// The kernel writes blanks, tabs, line ends and backslashes as a backslash and three octal digits.
    static func unescaped(_ text: some Collection<UInt8>) -> [UInt8] {
        let bytes = Array(text)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let digits = bytes[index...].dropFirst().prefix(3)
            if bytes[index] == UInt8(ascii: "\\"), digits.count == 3,
                let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                result.append(code)
                index += 4
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
