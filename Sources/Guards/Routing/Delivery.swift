import KernelObjects
import NetworkTypes

/// Whether the kernel takes a packet that comes in for this host's own (`ip_route_input_slow`, `ip6_route_input`).
struct Delivery {
    private(set) var truth: Truth
    /// Why not, or perhaps not.
    private(set) var cut: Cut
    private(set) var doubts: [Doubt] = []

    /// - Parameter question: One with the interface that it comes in on.
    init(_ question: RouteQuestion, by link: LinkObject, in state: NetworkState) {
        cut = .notDelivered(input: link.name)
        truth = .yes
        guard link.name != "lo" else { return }
        if let isDelivered = state.kernelRoutes.isDelivered(question) {
            truth = Truth(isDelivered)
            return
        }
        let choice = RouteChoice(question, in: state)
        doubts = choice.doubts
        truth = .all(choice.outcomes.map { Truth($0 == .delivery) })
        if question.destination.isLoopback, !state.isOn("route_localnet", of: link) { truth = .no }
        if truth != .no, question.destination.family == .ipv4 { checkSource(question, link, state) }
        if state.kernelRoutes.contradicts(question) {
            truth = .maybe
            doubts.append(.kernelRoute)
        }
    }

    /// What the kernel does with packets from addresses that it would not send answers to on the same interface
    /// (`fib_validate_source`).
    private mutating func checkSource(_ question: RouteQuestion, _ link: LinkObject, _ state: NetworkState) {
        let mode =
            ["net.ipv4.conf.all.rp_filter", link.setting("net.ipv4.conf", "rp_filter")]
            .compactMap { state.settings[$0].flatMap { Int($0) } }.max() ?? 0
        var reverse = question
        swap(&reverse.source, &reverse.destination)
        swap(&reverse.sourcePort, &reverse.destinationPort)
        reverse.inputInterface = "lo"
        if !state.isOn("src_valid_mark", of: link) { reverse.mark = KnownNumber(0) }
        let choice = RouteChoice(reverse, in: state)
        let hasAddress = state.addresses.contains {
            $0.interfaceIndex == link.index && $0.address.family == question.source.family
        }
        let leadsBack = choice.ways.contains { $0.interface == link.name }
        let fates = choice.outcomes.map { outcome -> Truth in
            switch outcome {
            // The source is this host itself.
            case .delivery: Truth(state.isOn("accept_local", of: link))
            // Of several hops one is enough.
            case .way(let way) where way.interface == nil: mode == 0 ? .yes : .maybe
            case .way: Truth(mode == 0 || leadsBack || mode == 2 && hasAddress)
            case .cut: Truth(mode == 0)
            }
        }
        let isAccepted = Truth.all(fates)
        guard isAccepted != .yes else { return }
        truth = truth.and(isAccepted)
        cut = .reversePath(input: link.name)
        doubts += choice.doubts.filter { !doubts.contains($0) }
    }
}

extension Truth {
    /// What holds if one of several things is so, and it is not known which.
    static func all(_ truths: [Truth]) -> Truth {
        guard let first = truths.first else { return .maybe }
        return truths.allSatisfy { $0 == first } ? first : .maybe
    }
}
