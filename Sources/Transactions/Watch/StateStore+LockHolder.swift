import CLinux
import Glibc
import Netlink
import SystemPackage

extension StateStore {
    /// Ends the process that holds the lock on the directory, if there is one. For the case that it never releases it: what it has
    /// begun is then finished by whoever gets the lock.
    /// - Parameter isPatient: Whether one that is not stopped may go on.
    func endHolderOfLock(isPatient: Bool) {
        guard let holder = holderOfLock(), holder != getpid() else { return }
        guard !isPatient || ProcessStatus(of: "\(holder)")?.state == "T" else { return }
        let descriptor = linux_process_descriptor(holder)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // The process that the descriptor means holds the lock still: its number was not given away meanwhile.
        guard holderOfLock() == holder else { return }
        _ = linux_signal_process(descriptor, SIGKILL)
    }

    private func holderOfLock() -> Int32? {
        guard let file = (try? Files.status(of: lockPath)).flatMap({ $0.map(FileOnDevice.init) }) else { return nil }
        guard let locks = try? textOfKernel("/proc/locks") else { return nil }
        return Self.holder(ofLockOn: file, among: locks)
    }

    /// The process that holds a lock on a file.
    ///
    /// The kernel's list (proc_locks(5)) names the file by an inode number, which is one of many files, and by the device of its file system,
    /// which is not always what stat(2) says (btrfs, overlayfs). So the process has to have the file open; where it does not let itself
    /// be looked into, the device has to be the same.
    static func holder(ofLockOn file: FileOnDevice, among locks: String) -> Int32? {
        for line in locks.split(separator: "\n") {
            // "1: FLOCK  ADVISORY  WRITE 123 08:01:4711 0 EOF"
            let words = line.split(separator: " ")
            guard words.count > 5, words[1] == "FLOCK", words[3] == "WRITE", let process = Int32(words[4]), process > 0
            else { continue }
            let place = words[5].split(separator: ":")
            guard place.count == 3, UInt64(place[2]) == file.inode else { continue }
            let isSameDevice = UInt32(place[0], radix: 16) == file.major && UInt32(place[1], radix: 16) == file.minor
            if file.isOpen(in: process) ?? isSameDevice { return process }
        }
        return nil
    }
}

/// What tells a file from all others while it is there.
struct FileOnDevice: Hashable {
    let device: UInt64
    let inode: UInt64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Nil if there is no file at the path; it follows links, as those in `/proc/PID/fd`.
    init?(_ path: FilePath) {
        var status = stat()
        guard stat(path.string, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Nil if the descriptor cannot be looked at.
    init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The two numbers of the device (makedev(3)).
    var major: UInt32 { UInt32(truncatingIfNeeded: (device >> 8) & 0xfff | (device >> 32) & 0xffff_f000) }
    var minor: UInt32 { UInt32(truncatingIfNeeded: device & 0xff | (device >> 12) & 0xffff_ff00) }

    /// Whether a process has the file open; nil if that cannot be found out.
    func isOpen(in process: Int32) -> Bool? {
        let directory = FilePath("/proc/\(process)/fd")
        guard let descriptors = try? directoryNames(directory) else { return nil }
        return descriptors.contains { FileOnDevice(directory.appending($0)) == self }
    }
}
