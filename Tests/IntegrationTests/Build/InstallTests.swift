import Glibc
import TestSupport
import Testing

/// `make install`, which root runs, with a build directory and a destination of the test's own.
struct InstallTests {
    /// What 'make build' leaves, as far as it is installed.
    private static let built = [
        "release/weir", "manual/weir.8", "completions/bash", "completions/zsh", "completions/fish",
    ]
    private static let installed = [
        "etc/iproute2/rt_protos.d/weir.conf", "opt/weir/lib/systemd/system/weir-routes.service",
        "opt/weir/lib/systemd/system/weir-watch.service", "opt/weir/lib/systemd/system/weir.service",
        "opt/weir/sbin/weir", "opt/weir/share/bash-completion/completions/weir",
        "opt/weir/share/fish/vendor_completions.d/weir.fish", "opt/weir/share/man/man8/weir.8",
        "opt/weir/share/zsh/site-functions/_weir",
    ]
    /// Programs that install packages, build, or become root, and the program that was built: none is to be run.
    private static let forbidden = ["swift", "apt-get", "dpkg-query", "sudo", "git"]

    private struct Place {
        let directory: String
        var build: String { "\(directory)/build" }
        var root: String { "\(directory)/root" }

        func make(_ target: String) throws -> ProcessResult {
            try run(
                [
                    "make", "--directory", packageDirectory, target, "BUILD=\(build)", "DESTDIR=\(root)",
                    "PREFIX=/opt/weir",
                ],
                environment: ["PATH": "\(directory)/bin:/usr/bin:/bin"]
            )
        }

        /// The files below the destination, each with its mode.
        func files() throws -> [String] {
            let found = try outputOf("find", root, "-type", "f", "-printf", "%P %m\n")
            return found.split(separator: "\n").map(String.init).sorted()
        }

        var wasCalled: Bool { readFile("\(directory)/called") != nil }
    }

    private func withPlace(_ body: (Place) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            let place = Place(directory: directory)
            for name in Self.built {
                try writeFile(
                    Array("#!/bin/sh\necho weir >>'\(directory)/called'\n".utf8),
                    to: "\(place.build)/\(name)"
                )
            }
            chmod("\(place.build)/release/weir", 0o755)
            for name in Self.forbidden {
                let script = "#!/bin/sh\necho \(name) >>'\(directory)/called'\n"
                try writeFile(Array(script.utf8), to: "\(directory)/bin/\(name)")
                chmod("\(directory)/bin/\(name)", 0o755)
            }
            mkdir(place.root, 0o755)
            try body(place)
        }
    }

    @Test func itInstallsWhatWasBuiltAndDoesNothingElse() throws {
        try withPlace { place in
            let before = try outputOf("ls", "-lR", "--time-style=full-iso", place.build)
            try place.make("install").succeeded()
            let modes = Self.installed.map { "\($0) \($0.hasSuffix("sbin/weir") ? "755" : "644")" }
            #expect(try place.files() == modes)
            #expect(!place.wasCalled)
            #expect(try outputOf("ls", "-lR", "--time-style=full-iso", place.build) == before)
            #expect(readFile("\(place.root)/etc/iproute2/rt_protos.d/weir.conf") == Array("172 weir\n".utf8))
            let unit = String(
                decoding: readFile("\(place.root)/opt/weir/lib/systemd/system/weir.service") ?? [],
                as: UTF8.self
            )
            #expect(unit.contains("\nExecStart=/opt/weir/sbin/weir restore"))
            try place.make("uninstall").succeeded()
            #expect(try place.files() == [])
        }
    }

    @Test(arguments: built)
    func whatWasNotBuiltIsNamed(_ name: String) throws {
        try withPlace { place in
            unlink("\(place.build)/\(name)")
            let result = try place.make("install")
            #expect(result.status != 0)
            #expect(result.errorOutput.contains("\(place.build)/\(name) is missing: run 'make build' first"))
            #expect(try place.files() == [])
            #expect(!place.wasCalled)
        }
    }
}
