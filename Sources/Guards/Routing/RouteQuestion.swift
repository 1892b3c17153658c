public import KernelObjects
import NetworkTypes

/// What the kernel knows of a TCP packet when it chooses its way (`struct flowi`).
public struct RouteQuestion: Sendable, Hashable {
    /// Where it goes.
    var destination: IPAddress
    /// Where it comes from.
    var source: IPAddress
    var sourcePort: UInt16
    var destinationPort: UInt16
    /// Its mark.
    var mark: KnownNumber
    /// The interface that it came in on; what this host sends counts as coming from lo. Nil if it is not known.
    var inputInterface: String? = "lo"
    /// The interface that its socket is bound to.
    var boundInterface: String?
    /// The user whose socket it is; what comes in is root's. nil if it is not known.
    var user: UInt32? = 0

    init(
        from source: TCPEndpoint,
        to destination: TCPEndpoint,
        mark: KnownNumber = KnownNumber(0),
        inputInterface: String? = "lo",
        boundInterface: String? = nil,
        user: UInt32? = 0
    ) {
        self.destination = destination.address
        self.source = source.address
        sourcePort = source.port
        destinationPort = destination.port
        self.mark = mark
        self.inputInterface = inputInterface
        self.boundInterface = boundInterface
        self.user = user
    }

    /// What the server's answers to a connection ask.
    init(answersTo fact: ConnectionFact) {
        self.init(
            from: fact.local,
            to: fact.peer,
            mark: fact.mark.map { KnownNumber($0) } ?? KnownNumber(0),
            boundInterface: fact.interface,
            user: fact.user
        )
    }
}

extension RouteQuestion {
    /// The same question for the kernel.
    /// - Parameter index: The number of an interface by its name.
    /// - Returns: nil if something is not known, or has no number.
    public func lookup(index: (String) -> UInt32?) -> RouteLookup? {
        guard let inputInterface, let user, mark.isKnown else { return nil }
        var input: UInt32?
        if inputInterface != "lo" {
            guard let number = index(inputInterface) else { return nil }
            input = number
        }
        var output: UInt32?
        if let boundInterface {
            guard let number = index(boundInterface) else { return nil }
            output = number
        }
        return RouteLookup(
            destination: destination,
            source: source,
            inputInterface: input,
            outputInterface: output,
            mark: mark.value,
            user: user,
            ports: RouteLookup.TCPPorts(source: sourcePort, destination: destinationPort)
        )
    }
}
