import Glibc
import TestSupport
import Testing

/// Who may run the program as root, by sudo(8) or the like, may not read all files by that.
@Suite(.requires(.setpriv))
struct HiddenFileTests {
    private static let secret = "root:$6$secret$hash:19000:0:99999:7:::"

    /// Hands a Weir and the arguments that check a file as sudo would run them for the user 65534.
    private func check(
        _ weir: Weir,
        _ file: String,
        _ options: [String] = [],
        environment: [String: String?] = ["SUDO_UID": "65534"]
    ) throws -> ProcessResult {
        try run([Weir.program, "check", file] + options, environment: environment, directory: weir.directory)
    }

    private func withSecret(_ body: (Weir) throws -> Void) throws {
        try withWeir { weir in
            chmod(weir.directory, 0o755)
            try weir.write("\(Self.secret)\ndaemon:*:1::::::\n", to: "shadow")
            chmod("\(weir.directory)/shadow", 0o600)
            try body(weir)
        }
    }

    @Test(arguments: [
        "include \"shadow\"\n", "set s: address from \"shadow\"\ndrop in saddr @s\n",
        "set s: port from \"shadow\"\ndrop in tcp dport @s\n",
    ])
    func aFileThatTheCallerMayNotReadIsNotShown(rules: String) throws {
        try withSecret { weir in
            try weir.write(rules)
            for options in [[], ["--json"]] {
                let result = try check(weir, "rules.weir", options)
                #expect(result.status == 65)
                let said = result.output + result.errorOutput
                #expect(said.contains("shadow") && said.contains("may not read it"), "\(said)")
                for word in ["secret", "hash", "19000", "daemon", "root:"] { #expect(!said.contains(word), "\(said)") }
                // Who is root, or may read it, sees what is wrong.
                for environment in [["SUDO_UID": nil], ["SUDO_UID": "0"]] as [[String: String?]] {
                    let open = try check(weir, "rules.weir", options, environment: environment)
                    #expect(!(open.output + open.errorOutput).contains("may not read it"))
                    #expect((open.output + open.errorOutput).contains("root"))
                }
                chmod("\(weir.directory)/shadow", 0o604)
                let read = try check(weir, "rules.weir", options)
                #expect((read.output + read.errorOutput).contains("root"))
                chmod("\(weir.directory)/shadow", 0o600)
            }
        }
    }

    @Test func theRuleFileItselfAndAModelAreNotShownEither() throws {
        try withSecret { weir in
            for variable in ["SUDO_UID", "PKEXEC_UID"] {
                let result = try check(weir, "shadow", environment: [variable: "65534"])
                #expect(result.status == 65 && !result.errorOutput.contains("secret"), "\(result.errorOutput)")
            }
            let result = try check(weir, "shadow", environment: ["DOAS_USER": "nobody"])
            #expect(result.status == 65 && !result.errorOutput.contains("secret"), "\(result.errorOutput)")
            rename("\(weir.directory)/shadow", "\(weir.directory)/shadow.json")
            let model = try check(weir, "shadow.json")
            #expect(
                model.status == 65 && model.errorOutput.contains("you have no permission to read it"),
                "\(model.errorOutput)"
            )
        }
    }

    /// The directory counts too, and so do links: what he could not open himself is not shown.
    @Test func whatLiesInADirectoryThatTheCallerMayNotEnterIsNotShown() throws {
        try withSecret { weir in
            mkdir("\(weir.directory)/closed", 0o700)
            try weir.write("\(Self.secret)\n", to: "closed/open")
            chmod("\(weir.directory)/closed/open", 0o644)
            symlink("closed/open", "\(weir.directory)/link")
            try weir.write("include \"link\"\n")
            let result = try check(weir, "rules.weir")
            #expect(result.status == 65 && !result.errorOutput.contains("secret"), "\(result.errorOutput)")
            // Rules in it count all the same.
            try weir.write("accept in tcp dport 22\n", to: "closed/open")
            chmod("\(weir.directory)/closed/open", 0o600)
            #expect(try check(weir, "rules.weir").status == 0)
        }
    }

    /// After the file was opened as somebody else the program is itself again.
    @Test func theProgramStaysWhoItIs() throws {
        try withSecret { weir in
            try weir.write("include \"shadow\"\ninclude \"other\"\n")
            try weir.write("accept in\n", to: "shadow")
            try weir.write("accept out\n", to: "other")
            chmod("\(weir.directory)/other", 0o600)
            #expect(try check(weir, "rules.weir").status == 0)
        }
    }
}
