import Glibc
import SystemPackage

/// A watchdog as a service of systemd's own: it is in no session of a user, so that the end of none ends it, and it is started again if
/// anything kills it.
struct TransientService {
    /// The program, from the root.
    let program: FilePath
    /// What it is to watch.
    let watchdog: WatchdogProcess

    /// Whether systemd runs this machine, and a service would be in the network namespace: systemd starts services in its own.
    static func isAvailable(isFirstNamespace: Bool, systemd: FilePath = "/run/systemd/system") -> Bool {
        isFirstNamespace && access(systemd.string, F_OK) == 0
    }

    /// The command that starts it; it returns when the watchdog has said that it is ready.
    var command: [String] {
        let properties = [
            "NotifyAccess=main", "Restart=on-failure", "RestartSec=100ms", "StartLimitIntervalSec=0",
            "TimeoutStartSec=20s", "KillSignal=SIGKILL", "OOMScoreAdjust=-1000", "LimitMEMLOCK=infinity",
            "CollectMode=inactive-or-failed",
        ]
        // What it takes to go back, and no more. Its view of the file system stays the host's: it has to see what becomes of the state
        // directory meanwhile.
        let limits = [
            "CapabilityBoundingSet=CAP_NET_ADMIN", "NoNewPrivileges=yes", "RestrictAddressFamilies=AF_NETLINK AF_UNIX",
            "SystemCallFilter=@system-service", "SystemCallFilter=~@privileged", "SystemCallErrorNumber=EPERM",
            "SystemCallArchitectures=native", "DevicePolicy=closed", "UMask=0077", "KeyringMode=private",
            "LockPersonality=yes", "MemoryDenyWriteExecute=yes", "RestrictNamespaces=yes", "RestrictRealtime=yes",
            "RestrictSUIDSGID=yes",
        ]
        // A number may come again when the state directory has been removed, a process's number will not while it lives.
        return ["systemd-run", "--system", "--quiet", "--no-ask-password", "--service-type=notify"]
            + ["--unit=weir-watchdog-\(watchdog.number)-\(getpid())"]
            + ["--description=Undo change \(watchdog.number) of Weir unless it is confirmed"]
            + (properties + limits).map { "--property=\($0)" } + ["--", program.string]
            + watchdog.arguments(isService: true)
    }
}
