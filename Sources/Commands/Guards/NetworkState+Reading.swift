import Guards
import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation

extension NetworkState {
    /// What decides about packets now: what was observed, and what observations leave out.
    init(_ observed: ObservedState, _ connection: inout KernelConnection) throws(KernelStateError) {
        var settings: [String: String] = [:]
        for setting in try connection.readSysctls(Self.relevantSettings(of: observed.links)) {
            settings[setting.name] = setting.value
        }
        self.init(observed, settings: settings, localRoutes: try connection.readLocalRoutes())
    }

    /// Asks the kernel what it does with the packets of connections: where Weir would expect something else, it does not know.
    /// - Returns: What it does not answer, in words.
    mutating func askKernel(about facts: [ConnectionFact], _ connection: inout KernelConnection) -> [String] {
        let indices = Dictionary(links.map { ($0.name, $0.index) }) { first, _ in first }
        let names = Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first }
        for fact in facts where fact.role != .other {
            for question in kernelQuestions(about: fact) {
                guard let lookup = question.lookup(index: { indices[$0] }) else { continue }
                do throws(KernelStateError) {
                    let answer = try connection.lookUp(lookup, interfaceName: { names[$0] })
                    learn(question, KernelRoutes.Answer(answer))
                } catch {
                    // It would say the same again.
                    return ["\(error)"]
                }
            }
        }
        return []
    }
}

extension KernelRoutes.Answer {
    init(_ answer: RouteAnswer) {
        switch answer {
        // RTN_LOCAL
        case .route(let route) where route.type == 2: self = .delivery
        case .route(let route):
            let hops = route.hops.isEmpty ? [RouteObject.Hop(gateway: nil, interface: nil)] : route.hops
            self = .ways(hops.map { WayOut(interface: $0.interface, gateway: $0.gateway) })
        case .blackhole, .unreachable, .prohibited, .none: self = .nowhere
        }
    }
}
