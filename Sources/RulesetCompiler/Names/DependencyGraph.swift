import Diagnostics

/// Which definitions refer to which: variables to variables, chains to chains.
///
/// Everything is iterative: a file may chain as many definitions as it likes without exhausting the stack.
struct DependencyGraph {
    /// A reference from one definition to another, and where it is written.
    struct Edge {
        let target: Int
        let range: SourceRange
    }

    /// The references of each definition.
    var edges: [[Edge]]

    init(count: Int) {
        edges = Array(repeating: [], count: count)
    }

    /// An order in which definitions follow what they refer to, and the cycles that have none.
    ///
    /// Each cycle lists the definitions along it with the edge that leaves each; no two cycles end in the same edge.
    func ordered() -> (order: [Int], cycles: [[(node: Int, edge: Edge)]]) {
        enum Mark { case new, open, done }
        var marks = Array(repeating: Mark.new, count: edges.count)
        var order: [Int] = []
        var cycles: [[(node: Int, edge: Edge)]] = []
        for start in edges.indices where marks[start] == .new {
            var stack: [(node: Int, next: Int)] = [(start, 0)]
            marks[start] = .open
            while let (node, next) = stack.last {
                guard next < edges[node].count else {
                    marks[node] = .done
                    order.append(node)
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let target = edges[node][next].target
                switch marks[target] {
                case .new:
                    marks[target] = .open
                    stack.append((target, 0))
                case .open:
                    let first = stack.firstIndex { $0.node == target } ?? 0
                    cycles.append(stack[first...].map { ($0.node, edges[$0.node][$0.next - 1]) })
                case .done:
                    break
                }
            }
        }
        return (order, cycles)
    }
}
