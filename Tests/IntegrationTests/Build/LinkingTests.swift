import TestSupport
import Testing

/// What `make` wants of the programs that it builds. `swift build` alone has them look for libraries in their own directory; the
/// Makefile does not, and judges what it has built with the same script.
@Suite(.requires(.readelf, .clang))
struct LinkingTests {
    private static let script = "\(packageDirectory)/Tests/Build/linking.sh"

    private func complaints(_ program: String, _ options: [String] = []) throws -> [String] {
        let result = try run([Self.script] + options + [program])
        let lines = result.errorOutput.split(separator: "\n").map { String($0.split(separator: ": ").last ?? "") }
        #expect((result.status == 0) == lines.isEmpty)
        return lines
    }

    private static let sound = ["-pie", "-fPIE", "-Wl,-z,now", "-Wl,-z,relro", "-Wl,-z,noexecstack"]

    @Test(
        arguments: [
            ([], []), (["-Wl,-rpath,$ORIGIN"], ["looks for libraries in '$ORIGIN'"]),
            (["-Wl,-rpath,$ORIGIN/../lib"], ["looks for libraries in '$ORIGIN/../lib'"]),
            (["-Wl,-rpath,lib"], ["looks for libraries in 'lib'"]),
            (["-Wl,-rpath,:/usr/lib"], ["looks for libraries in ''"]),
            (["-Wl,-rpath,/opt/swift", "-Wl,-rpath,$ORIGIN"], ["looks for libraries in '$ORIGIN'"]),
            (["-Wl,-rpath,$ORIGIN", "-Wl,--disable-new-dtags"], ["looks for libraries in '$ORIGIN'"]),
            (["-Wl,-z,lazy"], ["is not linked as a whole when it starts (-z now)"]),
            (["-Wl,-z,norelro"], ["has no segment that is made read-only (-z relro)"]),
            (["-no-pie"], ["has a fixed address (no PIE)"]),
            (["-Wl,-z,execstack"], ["has a stack that can be executed"]),
        ] as [([String], [String])]
    )
    func aProgramThatIsNotSoundIsRefused(_ options: [String], _ complaint: [String]) throws {
        try withTemporaryDirectory { directory in
            try writeFile(Array("int main(void) { return 0; }\n".utf8), to: "\(directory)/a.c")
            let words = ["clang", "-Wno-unused-command-line-argument", "-o", "\(directory)/a", "\(directory)/a.c"]
            try run(words + Self.sound + options).succeeded()
            #expect(try complaints("\(directory)/a", ["--with-toolchain"]) == complaint)
        }
    }

    @Test func onlyWithTheToolchainADirectoryIsNamed() throws {
        try withTemporaryDirectory { directory in
            try writeFile(Array("int main(void) { return 0; }\n".utf8), to: "\(directory)/a.c")
            let words = ["clang", "-o", "\(directory)/a", "\(directory)/a.c", "-Wl,-rpath,/opt/swift"] + Self.sound
            try run(words).succeeded()
            #expect(try complaints("\(directory)/a", ["--with-toolchain"]) == [])
            #expect(try complaints("\(directory)/a") == ["looks for libraries in '/opt/swift'"])
        }
    }

    @Test func weirIsSound() throws {
        // That of the package manager alone, which 'make test' does not have.
        #expect(try complaints(Weir.program, ["--with-toolchain"]).filter { !$0.contains("$ORIGIN") } == [])
    }

    @Test func whatIsNoProgramIsRefused() throws {
        #expect(try run([Self.script, "\(packageDirectory)/Makefile"]).status != 0)
        #expect(try run([Self.script, "/missing"]).status != 0)
    }
}
