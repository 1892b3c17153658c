import Glibc
import Netlink
import SystemPackage

/// Who could have written what is read, and who could put something else in its place.
enum Ownership {
    /// Refuses a file that another user than its owner can write to, or that belongs to neither this user nor root.
    static func check(_ status: stat, _ path: FilePath) throws(StoreError) {
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw .untrusted(path: path, reason: "another user owns it")
        }
        guard status.st_mode & 0o022 == 0 else { throw .untrusted(path: path, reason: "others can write to it") }
    }

    /// Refuses a directory in which others could put something else in the place of what is trusted.
    ///
    /// In a directory with the sticky bit, such as `/tmp`, only the owner of an entry, besides the owner of the directory, can rename or
    /// remove it. Who owns the entry is found out when it is opened in turn.
    static func check(_ status: stat, _ path: FilePath, above target: FilePath) throws(StoreError) {
        let consequence = "and could replace \(target)"
        guard status.st_uid == geteuid() || status.st_uid == 0 || isOutsideOfNamespace(status.st_uid) else {
            throw .untrusted(path: path, reason: "another user owns it, \(consequence)")
        }
        guard status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0 else {
            throw .untrusted(path: path, reason: "others can write to it, \(consequence)")
        }
    }

    /// Whether the number stands for users that this user namespace has no number for: those of the system around it, whose directories
    /// lead to all that it has. Where everybody has a number nobody is such a user.
    private static func isOutsideOfNamespace(_ user: uid_t) -> Bool {
        guard let overflow = try? textOfKernel("/proc/sys/kernel/overflowuid"),
            overflow.split(whereSeparator: \.isWhitespace).first.flatMap({ uid_t($0) }) == user,
            let map = try? textOfKernel("/proc/self/uid_map"), !map.isEmpty
        else { return false }
        return map.split(separator: "\n").allSatisfy { line in
            // "first number here, first number outside, how many"
            let numbers = line.split(separator: " ").compactMap { uid_t($0) }
            return numbers.count == 3 && (user < numbers[0] || user - numbers[0] >= numbers[2])
        }
    }
}
