import Glibc
import TestSupport
import Testing

struct FormatTests {
    private static let loose = "drop   in tcp dport 25   # mail\n\n\n\naccept in\n"
    private static let laidOut = "drop in tcp dport 25  # mail\n\naccept in\n"

    @Test func aFileIsLaidOutInItsPlace() throws {
        try withWeir { weir in
            let file = try weir.write(Self.loose)
            chmod(file, 0o640)
            symlink("rules.weir", "\(weir.directory)/link")
            let result = try weir.run(["fmt", "\(weir.directory)/link"])
            #expect(result.status == 0)
            #expect(result.output.isEmpty)
            #expect(readFile(file) == Array(Self.laidOut.utf8))
            var status = stat()
            #expect(stat(file, &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o640)
            #expect(lstat("\(weir.directory)/link", &status) == 0)
            #expect(status.st_mode & S_IFMT == S_IFLNK)
            #expect(directoryContents(weir.directory).sorted() == ["link", "rules.weir"])
        }
    }

    @Test func theOwnerKeepsTheFile() throws {
        try withWeir { weir in
            let file = try weir.write(Self.loose)
            // Only root can give files away, and in a user namespace not even root.
            guard chown(file, 1234, 2345) == 0 else {
                #expect(errno == EPERM || errno == EINVAL)
                return
            }
            try #require(chmod(file, 0o640) == 0)
            #expect(try weir.run(["fmt", file]).status == 0)
            #expect(readFile(file) == Array(Self.laidOut.utf8))
            var status = stat()
            #expect(stat(file, &status) == 0)
            #expect(status.st_uid == 1234)
            #expect(status.st_gid == 2345)
            #expect(status.st_mode & 0o7777 == 0o640)
        }
    }

    @Test func aFileOfTheTemporaryNameIsLeftAlone() throws {
        try withWeir { weir in
            let file = try weir.write(Self.loose)
            // The shell's process becomes Weir's, so that its number is known before.
            let script = "echo mine > \"$1.$$.tmp\"; exec \"$2\" fmt \"$1\""
            let result = try run("sh", "-c", script, "sh", file, Weir.program)
            #expect(result.status == 74)
            #expect(result.errorOutput.contains(".tmp exists already"))
            #expect(readFile(file) == Array(Self.loose.utf8))
            let others = directoryContents(weir.directory).filter { $0 != "rules.weir" }
            #expect(others.count == 1)
            for other in others { #expect(readFile("\(weir.directory)/\(other)") == Array("mine\n".utf8)) }
        }
    }

    @Test func checkingWritesNothingAndNamesTheFiles() throws {
        try withWeir { weir in
            let loose = try weir.write(Self.loose, to: "loose.weir")
            let good = try weir.write(Self.laidOut, to: "good.weir")
            let result = try weir.run(["fmt", "--check", good, loose])
            #expect(result.status == 2)
            #expect(result.output == "\(loose)\n")
            #expect(readFile(loose) == Array(Self.loose.utf8))
            #expect(try weir.run(["fmt", "--check", good]).status == 0)
        }
    }

    @Test func standardInputGoesToStandardOutput() throws {
        try withWeir { weir in
            let result = try weir.run(["fmt", "-"], input: Self.loose)
            #expect(result.status == 0)
            #expect(result.output == Self.laidOut)
        }
    }

    @Test func aFileThatIsWrongStaysAsItIsAndTheOthersAreLaidOut() throws {
        try withWeir { weir in
            let wrong = try weir.write("drop   in {\n", to: "wrong.weir")
            let loose = try weir.write(Self.loose)
            let result = try weir.run(["fmt", wrong, loose])
            #expect(result.status == 65)
            #expect(result.errorOutput.contains("wrong.weir:1"))
            #expect(readFile(wrong) == Array("drop   in {\n".utf8))
            #expect(readFile(loose) == Array(Self.laidOut.utf8))
            #expect(try weir.run(["fmt", "\(weir.directory)/none"]).status == 66)
        }
    }
}
