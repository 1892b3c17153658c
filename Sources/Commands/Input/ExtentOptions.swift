import ArgumentParser

/// How much of a long plan is shown to people.
struct ExtentOptions: ParsableArguments {
    @Flag(name: .customLong("all"), help: "Show every line of a plan that has more than \(PlanExtent.mostLines).")
    var showsAll = false

    /// The extent of what is shown, or printed as JSON.
    func extent(_ output: OutputOptions) -> PlanExtent {
        showsAll || output.json ? .all : .folded
    }
}
