/// How much of a difference is put into words.
enum PlanExtent {
    /// Every line.
    case all
    /// Of a long difference the first and last lines of each kind, with how many lie between them. Nobody reads a hundred thousand lines,
    /// and to word them takes as long as to make the change.
    case folded

    /// A difference of more lines is long.
    static let mostLines = 1000
    /// How many first and how many last lines of each kind are shown of a long difference.
    static let ends = 20
}
