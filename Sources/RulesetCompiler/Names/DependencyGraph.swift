import Diagnostics

/// Which definitions refer to which: variables to variables, chains to chains.
///
/// Everything is iterative, and takes time and memory in proportion to the references: a file may chain as many definitions as it likes.
struct DependencyGraph {
    /// A reference from one definition to another, and where it is written.
    struct Edge {
        let target: Int
        let range: SourceRange
    }

    /// Definitions that refer to each other: as much of the circle as a message has room for.
    struct Cycle {
        /// The first definitions along it, each with the edge that leaves it.
        var start: [(node: Int, edge: Edge)]
        /// The last one; nil if it is among the first.
        var last: (node: Int, edge: Edge)?
        /// How many there are.
        let count: Int

        /// All that is known of it, along the circle.
        var steps: [(node: Int, edge: Edge)] { start + (last.map { [$0] } ?? []) }
    }

    /// An order in which definitions follow what they refer to.
    struct Order {
        var nodes: [Int] = []
        /// The circles that have no such order; no two of them end in the same edge. No more are kept than are reported.
        var cycles: [Cycle] = []
        /// Whether each definition is part of a circle.
        var isCircular: [Bool]
    }

    /// How many definitions of a circle are named from its start on.
    private static let namedSteps = 5
    /// How many circles are kept.
    private static let mostCycles = 100

    /// The references of each definition.
    var edges: [[Edge]]

    init(count: Int) {
        edges = Array(repeating: [], count: count)
    }

    /// Finds an order, going from each definition as deep as references lead.
    func ordered() -> Order {
        var result = Order(isCircular: Array(repeating: false, count: edges.count))
        var places = Array(repeating: Place.new, count: edges.count)
        var stack: [Step] = []
        func push(_ node: Int) {
            places[node] = .open(stack.count)
            stack.append(Step(node: node, circleStart: stack.count))
        }
        for start in edges.indices where places[start] == .new {
            push(start)
            while let step = stack.last {
                let top = stack.count - 1
                guard step.next < edges[step.node].count else {
                    places[step.node] = .done
                    result.nodes.append(step.node)
                    stack.removeLast()
                    // All on the way back to where a circle starts are part of it.
                    if top > 0, step.circleStart < top {
                        result.isCircular[stack[top - 1].node] = true
                        stack[top - 1].circleStart = min(stack[top - 1].circleStart, step.circleStart)
                    }
                    continue
                }
                stack[top].next += 1
                let target = edges[step.node][step.next].target
                switch places[target] {
                case .new: push(target)
                case .done: break
                case .open(let first):
                    result.isCircular[step.node] = true
                    stack[top].circleStart = min(stack[top].circleStart, first)
                    if result.cycles.count < Self.mostCycles { result.cycles.append(cycle(stack[first...])) }
                }
            }
        }
        return result
    }

    /// Where a definition is: not looked at yet, on the way to where the search is, or after it.
    private enum Place: Equatable {
        case new
        case open(Int)
        case done
    }

    /// A definition on the way to where the search is.
    private struct Step {
        let node: Int
        /// Where the largest circle starts that this one is part of, as far as it is known; its own place if there is none.
        var circleStart: Int
        /// Which of its references is followed next.
        var next = 0
    }

    private func cycle(_ steps: ArraySlice<Step>) -> Cycle {
        let named = steps.count <= Self.namedSteps + 1 ? steps : steps.prefix(Self.namedSteps)
        func leave(_ step: Step) -> (node: Int, edge: Edge) { (step.node, edges[step.node][step.next - 1]) }
        return Cycle(
            start: named.map(leave),
            last: named.count < steps.count ? steps.last.map(leave) : nil,
            count: steps.count
        )
    }
}
