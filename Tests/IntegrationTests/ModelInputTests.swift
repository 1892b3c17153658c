import TestSupport
import Testing

/// The model's JSON in the place of a rule file.
struct ModelInputTests {
    @Test(arguments: [
        (#"{"version": 1, "rules": [{"direction": "in"}]}"#, "rules[0]: 'action' is missing"),
        (#"{"version": 1, "chains": [{"name": "a", "rules": [{"action": {"type": "jump", "chain": "a"}}]}]}"#, "E158"),
        (
            #"{"version": 1, "sets": [{"name": "a", "type": "prefix"}, {"name": "a-v4", "type": "port"}]}"#,
            "E053"
        ),
        (
            #"{"version": 1, "rules": [{"direction": "forward", "action": {"type": "dnat", "address": "10.0.0.1"}}]}"#,
            "E150"
        ),
        (#"{"version": 1"#, "not valid JSON"),
    ])
    func isCheckedLikeARuleFile(model: String, complaint: String) throws {
        try withWeir { weir in
            let file = try weir.write(model, to: "model.json")
            for command in [["check"], ["emit", "--as", "nft"], ["show"]] {
                let result = try weir.run(command + [file])
                #expect(result.status == 65)
                #expect(result.output == "")
                #expect(result.errorOutput.contains(complaint), "\(result.errorOutput)")
            }
        }
    }

    @Test func warningsAboutAModelAreShownAndHoldNothingUp() throws {
        try withWeir { weir in
            let file = try weir.write(
                #"{"version": 1, "sets": [{"name": "web", "type": "port", "elements": [80]}]}"#,
                to: "model.json"
            )
            let text = try weir.run(["check", file]).succeeded()
            #expect(text.errorOutput.contains("W002"), "\(text.errorOutput)")
            let json = try weir.run(["check", "--json", file]).succeeded()
            #expect(json.output.contains(#""W002""#), "\(json.output)")
            #expect(json.errorOutput == "")
            try #expect(weir.emit(file, as: "nft").contains("set web"))
        }
    }
}
