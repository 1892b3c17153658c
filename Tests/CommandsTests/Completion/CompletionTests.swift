import Glibc
import TestSupport
import Testing

@testable import Commands

/// What shells offer while a command line is typed. Shells that are not installed are not asked; bash always is.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct CompletionTests {
    /// The words that bash offers for the last word of a line, asked through the script that `make install` installs.
    private func offered(_ line: String, _ weir: Weir, after setUp: String = "", errors: String = "") throws -> [String]
    {
        let script = """
            set -e
            \(setUp)
            mkdir -p bin && ln -sf '\(Weir.program)' bin/weir && PATH="$PWD/bin:$PATH"
            weir --generate-completion-script bash >script
            set +e
            source ./script
            COMP_LINE=\(ShellText.word(line))
            COMP_POINT=${#COMP_LINE}
            # As readline splits a line at COMP_WORDBREAKS.
            read -ra COMP_WORDS <<<"${COMP_LINE//=/ = }"
            [[ $COMP_LINE == *[' =']* && $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _weir weir "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            (IFS=$'\\n'; echo "${COMPREPLY[*]}")
            """
        let result = try run(
            ["unshare", "--mount", "bash", "-c", script],
            environment: ["SSH_CONNECTION": nil],
            directory: weir.directory
        ).succeeded()
        #expect(result.errorOutput == errors, "\(line)")
        return result.output.split(separator: "\n").map(String.init)
    }

    @Test(arguments: [
        ("weir stat", ["status"]), ("weir emit --as ip", ["iptables", "iptables-restore", "ipset", "ip"].sorted()),
        ("weir emit --family ", ["ipv4", "ipv6"]), ("weir restore --only ", ["firewall", "routing"]),
        ("weir plan --as ", ["ip", "iptables", "nft"]), ("weir show --color ", ["always", "auto", "never"]),
        ("weir apply --confirm ", ["1h", "5m", "90s"]), ("weir extend 3 ", ["1h", "5m", "90s"]),
        ("weir help lang", ["language"]), ("weir help E03", (0...9).map { "E03\($0)" }), ("weir help rev", ["revert"]),
        ("weir help revert ", []), ("weir help watchd", []),
    ])
    func wordsThatAreAlwaysTheSame(line: String, words: [String]) throws {
        try withWeir { (weir) throws in
            #expect(try offered(line, weir).sorted() == words)
        }
    }

    @Test func ruleFilesAndPlans() throws {
        try withWeir { weir in
            for name in ["a.weir", "a.json", "a.plan", "a.txt", "a b.weir"] { try weir.write("", to: name) }
            #expect(try offered("weir apply a", weir).sorted() == ["a b.weir", "a.json", "a.plan", "a.weir"])
            #expect(try offered("weir check a.weir a", weir).sorted() == ["a b.weir", "a.json", "a.weir"])
            #expect(try offered("weir fmt a", weir).sorted() == ["a b.weir", "a.weir"])
        }
    }

    @Test func generationsAreThoseOfTheStore() throws {
        try withWeir { weir in
            // Without a state directory there are none, and nothing is said.
            #expect(try offered("weir rollback --state-dir state ", weir).isEmpty)
            #expect(try offered("weir history --state-dir state ", weir).isEmpty)
            for port in 25...27 { try weir.apply(rules: "drop in tcp dport \(port)\n") }
            #expect(try offered("weir history --state-dir state ", weir) == ["1", "2", "3"])
            #expect(try offered("weir rollback --state-dir state ", weir) == ["0", "1", "2"])
            #expect(try offered("weir rollback --yes --state-dir \"state\" ", weir) == ["0", "1", "2"])
            #expect(try offered("weir rollback --state-dir state 2", weir) == ["2"])
            #expect(try offered("weir history --state-dir elsewhere ", weir).isEmpty)
            #expect(try offered("weir history --state-dir state --netns none-such ", weir).isEmpty)
        }
    }

    @Test func theChangeThatWaits() throws {
        try withWeir { weir in
            #expect(try offered("weir confirm --state-dir state ", weir).isEmpty)
            try weir.apply(weir.write("drop in tcp dport 25\n"), ["--confirm", "10m"])
            for command in ["confirm", "cancel", "extend"] {
                #expect(try offered("weir \(command) --state-dir state ", weir) == ["1"], "\(command)")
            }
            try weir.run("cancel").succeeded()
            #expect(try offered("weir cancel --state-dir state ", weir).isEmpty)
        }
    }

    @Test func namespacesHaveTheirNames() throws {
        let setUp = "mount -t tmpfs tmpfs /run; mkdir /run/netns; touch /run/netns/lab1 /run/netns/lab2 /run/netns/x"
        try withWeir { (weir) throws in
            #expect(try offered("weir plan --netns ", weir, after: "mount -t tmpfs tmpfs /run").isEmpty)
            #expect(try offered("weir plan --netns ", weir, after: setUp) == ["lab1", "lab2", "x"])
            #expect(try offered("weir status --netns l", weir, after: setUp) == ["lab1", "lab2"])
            #expect(
                try offered("weir status --netns /run/netns/l", weir, after: setUp) == [
                    "/run/netns/lab1", "/run/netns/lab2",
                ]
            )
        }
    }

    /// Bash expands the words that a program offers it.
    @Test func aNameOfAFileIsNoCommand() throws {
        try withWeir { (weir) throws in
            let setUp = "mkdir -p d; touch 'd/$(touch pwned)' 'd/`touch pwned`' d/plain"
            let directory = weir.directory
            #expect(try offered("weir plan --netns \(directory)/d/", weir, after: setUp) == ["\(directory)/d/plain"])
            #expect(access("\(directory)/pwned", F_OK) != 0)
        }
    }

    /// Nobody who may read nothing is told so while he types.
    @Test func aUserWithoutPrivilegeIsNotDisturbed() throws {
        try withWeir { weir in
            try weir.apply(rules: "drop in tcp dport 25\n")
            for (command, argument) in [
                ("history", "positional@0"), ("rollback", "positional@0"), ("confirm", "positional@0"),
            ] {
                let line = ["weir", command, "--state-dir", weir.stateDirectory, "--netns", "lab", ""]
                let words = [Weir.program, "---completion", command, "--", argument, "6", "0"] + line
                let result = try run(
                    ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"] + words
                ).succeeded()
                #expect(result.errorOutput.isEmpty)
                #expect(result.output == "\n")
            }
        }
    }

    @Test(.enabled(if: Tool("fish", package: "fish").path != nil)) func fishOffersTopicsOfHelp() throws {
        try withWeir { weir in
            let script = """
                ln -s '\(Weir.program)' weir; set -x PATH $PWD $PATH
                weir --generate-completion-script fish >script; source script
                complete -C 'weir help lang'; complete -C 'weir help E03'; complete -C 'weir help E031 '
                """
            let result = try run(["fish", "--no-config", "-c", script], directory: weir.directory).succeeded()
            let words = result.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
            #expect(words == ["language"] + (0...9).map { "E03\($0)" })
            #expect(result.errorOutput.isEmpty)
        }
    }

    @Test func optionsOfACommandLineAreFoundAsEachShellGivesThem() {
        for (words, options) in [
            (["weir", "history", "--netns", "lab", ""], ["--netns", "lab"]),
            (["weir", "history", "--netns", "=", "lab", ""], ["--netns", "lab"]),
            (["weir", "--netns=lab", "--state-dir='a b'"], ["--netns=lab", "--state-dir=a b"]),
            (["--state-dir", #"a\ "b'c""#, "--yes"], ["--state-dir", "a b'c"]), (["weir", "history", "--netns"], []),
        ] {
            #expect(CompletionWords.kernelOptions(in: words) == options, "\(words)")
        }
    }
}
