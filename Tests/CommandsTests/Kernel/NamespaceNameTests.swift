import TestSupport
import Testing

/// Which namespaces there are is said where one is asked for that is not there.
@Suite(.freshNetworkNamespace, .requires(.ip))
struct NamespaceNameTests {
    @Test(arguments: [
        ("", "no namespace has a name: 'ip netns add' gives one"), ("one two", "there are one, two"),
    ])
    func aNameThatIsNotThereNamesThoseThatAre(names: String, said: String) throws {
        try withWeir { weir in
            let script = """
                mount -t tmpfs tmpfs /run
                for name in \(names); do ip netns add $name; done
                exec '\(Weir.program)' status --state-dir '\(weir.stateDirectory)' --netns three
                """
            let result = try run(["unshare", "--mount", "sh", "-ec", script])
            #expect(result.status == 69 || result.status == 74, "\(result.status)")
            #expect(result.errorOutput.contains("network namespace 'three'; \(said)"), "\(result.errorOutput)")
        }
    }
}
