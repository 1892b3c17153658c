/// What a host needs to be healthy, as far as Weir is concerned.
struct Diagnosis: Encodable {
    /// Something that is wrong, or will be.
    struct Finding: Encodable {
        /// A short name that stays the same: `networkd-foreign-routes`.
        let name: String
        /// What it is about: a file, a table, a rule.
        let subject: String
        /// What is wrong, and what comes of it.
        let problem: String
        /// What to do.
        let advice: String
    }

    let version = 1
    /// What is wrong, in the order in which it was looked for.
    private(set) var findings: [Finding] = []
    /// What could not be looked at, and why.
    private(set) var notSeen: [String] = []
    /// What is no trouble, and worth knowing.
    private(set) var facts: [String] = []

    mutating func find(_ name: String, _ subject: String, _ problem: String, advice: String) {
        findings.append(Finding(name: name, subject: subject, problem: problem, advice: advice))
    }

    mutating func note(_ fact: String) {
        facts.append(fact)
    }

    mutating func missed(_ text: String) {
        if !notSeen.contains(text) { notSeen.append(text) }
    }
}
