import NetworkTypes

/// Writes the input of `ipset restore`.
struct IPSetRestore {
    let sets: [IPSet]
    let names: EmittedNames
    let isUndo: Bool

    func write(to text: inout TextBuffer) {
        names.writeComments(to: &text)
        for set in isUndo ? sets.reversed() : sets {
            if isUndo {
                text.write("destroy \(set.name)\n")
            } else {
                text.write("create \(set.name) \(set.arguments.joined(separator: " "))\n")
                Self.write(membersOf: set, to: &text)
            }
        }
    }

    static func write(membersOf set: IPSet, to text: inout TextBuffer) {
        for member in set.members {
            text.write("add ")
            text.write(set.name)
            text.write(UInt8(ascii: " "))
            text.write(member)
            text.write(UInt8(ascii: "\n"))
        }
    }
}
