import Diagnostics
import Testing

struct JSONRendererTests {
    @Test func theFormIsStable() {
        let map = SourceMap(SourceFile(name: "a \"b\".weir", text: "äx\n"))
        let place = SourceRange(file: SourceID(rawValue: 0), start: 2, end: 3)
        var bag = DiagnosticBag()
        bag.report(
            Diagnostic(
                .unknownMatch,
                "tab\tquote\" \u{1} \\ ä",
                at: place,
                notes: [.init("note")],
                fixIts: [.init("fix", replacing: place, with: "y")]
            )
        )
        let placeJSON =
            #"{"file":"a \"b\".weir","start":{"line":1,"column":2,"offset":2},"#
            + #""end":{"line":1,"column":3,"offset":3}}"#
        let expected =
            #"{"version":1,"errors":1,"warnings":0,"suppressed":0,"diagnostics":[{"severity":"error","code":"E031","#
            + #""message":"tab\tquote\" \u0001 \\ ä","place":\#(placeJSON),"#
            + #""notes":[{"message":"note","place":null}],"#
            + #""fixes":[{"message":"fix","place":\#(placeJSON),"replacement":"y"}]}]}"# + "\n"
        #expect(JSONRenderer(map: map).render(bag) == expected)
    }

    @Test func nothingIsAnEmptyList() {
        let expected = #"{"version":1,"errors":0,"warnings":0,"suppressed":0,"diagnostics":[]}"# + "\n"
        #expect(JSONRenderer(map: SourceMap()).render(DiagnosticBag()) == expected)
    }
}
