import Glibc
import TestSupport
import Testing

/// `doctor --root` looks at a directory that may be anybody's, an image of a system for instance.
@Suite(.freshNetworkNamespace, .requires(.ip))
struct DoctorRootTests {
    private static let file = "etc/ufw/ufw.conf"

    private func doctor(_ weir: Weir) throws -> ProcessResult {
        try weir.run("doctor", ["--root", "\(weir.directory)/root"])
    }

    private func withRoot(_ body: (Weir, _ file: String) throws -> Void) throws {
        try withWeir { weir in
            try weir.write("ENABLED=yes\n", to: "outside/ufw.conf")
            try weir.write("", to: "root/etc/ufw/other")
            try body(weir, "\(weir.directory)/root/\(Self.file)")
        }
    }

    /// Whoever opens a pipe waits for somebody to write into it.
    @Test func whatIsNoRegularFileIsNotRead() throws {
        try withRoot { weir, file in
            mkfifo(file, 0o600)
            let pipe = try doctor(weir)
            #expect(
                pipe.output.contains("not seen: ") && pipe.output.contains("it is not a regular file"),
                "\(pipe.output)"
            )
            unlink(file)
            // /dev/zero never ends.
            if mknod(file, S_IFCHR | 0o600, makedev(1, 5)) == 0 {
                let device = try doctor(weir)
                #expect(device.output.contains("it is not a regular file"), "\(device.output)")
                unlink(file)
            }
            mkdir(file, 0o700)
            #expect(try doctor(weir).output.contains("it is not a regular file"))
        }
    }

    @Test(arguments: ["../../../outside/ufw.conf", "/outside", "absolute"]) func noLinkLeadsOut(target: String) throws {
        try withRoot { weir, file in
            symlink(target == "absolute" ? "\(weir.directory)/outside/ufw.conf" : target, file)
            let result = try doctor(weir)
            #expect(result.status == 0 && !result.output.contains("ufw"), "\(result.output)\(result.errorOutput)")
        }
    }

    /// As it would on the system itself.
    @Test(arguments: ["/usr/share/ufw.conf", "../../usr/share/ufw.conf"]) func linksLeadToWhatIsInside(
        target: String
    ) throws {
        try withRoot { weir, file in
            try weir.write("ENABLED=yes\n", to: "root/usr/share/ufw.conf")
            symlink(target, file)
            let result = try doctor(weir)
            #expect(result.status == 2 && result.output.contains("ufw"), "\(result.output)\(result.errorOutput)")
        }
    }

    private func makedev(_ major: UInt, _ minor: UInt) -> UInt { major << 8 | minor }
}
