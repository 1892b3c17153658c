import CLinux
import Glibc
import SystemPackage

/// The user for whom this program runs with the rights of another one: who called sudo(8), doas(1) or pkexec(1), or a program that is
/// set-user-ID. He may have been given the right to run this program, and not the one to read all files.
struct Invoker: Sendable {
    private let user: uid_t
    private let group: gid_t
    private let groups: [gid_t]

    /// The one of this process; nil if it runs for whoever it is.
    static let current = Invoker(environment: { getenv($0).map { String(cString: $0) } })

    /// Finds him.
    /// - Parameter environment: The value of a variable. These programs set theirs whatever they were called with.
    init?(environment: (String) -> String?) {
        var user = getuid()
        if user == geteuid() {
            guard user == 0, let called = Self.user(environment) else { return nil }
            user = called
        }
        guard user != 0 else { return nil }
        self.user = user
        guard let account = getpwuid(user)?.pointee, let name = account.pw_name else {
            // Who has no account is in no group.
            (group, groups) = (gid_t(user), [])
            return
        }
        group = account.pw_gid
        var count: Int32 = 1 << 16
        groups = [gid_t](unsafeUninitializedCapacity: Int(count)) { buffer, found in
            found = getgrouplist(name, account.pw_gid, buffer.baseAddress, &count) < 0 ? 0 : Int(count)
        }
    }

    private static func user(_ environment: (String) -> String?) -> uid_t? {
        for variable in ["SUDO_UID", "PKEXEC_UID"] {
            if let number = environment(variable).flatMap({ uid_t($0) }) { return number }
        }
        return environment("DOAS_USER").flatMap { getpwnam($0)?.pointee.pw_uid }
    }

    /// Opens a file as he could; nil if he could not.
    func open(_ path: FilePath, options: FileDescriptor.OpenOptions) -> FileDescriptor? {
        let descriptor = path.withPlatformString {
            linux_open_as($0, O_RDONLY | options.rawValue, user, group, groups, Int32(groups.count))
        }
        return descriptor < 0 ? nil : FileDescriptor(rawValue: descriptor)
    }
}
