public import KernelObjects
public import NetworkTypes
public import Reconciliation

/// What the kernel has announced: hints at what to read anew, not the news themselves.
public struct KernelNews: Sendable {
    /// Something that has changed, or may have.
    public enum Subject: Sendable, Hashable {
        /// Weir's nf_tables table, or something in it.
        case firewall
        /// A route with this key was made, replaced or deleted.
        case route(RouteObject.Key)
        /// A policy routing rule was made or deleted here.
        case routingRule(RoutingRulePlace)
        /// An interface was made or changed. Its IPv4 routes vanish without a word when it goes down.
        case link(name: String, isUp: Bool)
        /// An interface was deleted, and with it its routes.
        case deletedLink(name: String)
        /// An address of the interface with this number came or went. Routes that need it vanish with it.
        case address(IPAddress, interfaceIndex: UInt32)
        /// A next hop object, or a group of them, was made, changed or deleted.
        case nextHop
    }

    /// What has changed, and who did it.
    public struct Event: Sendable, Hashable {
        /// What has changed.
        public var subject: Subject
        /// Who did it; nothing where the kernel did it by itself, or does not tell.
        public var author: ChangeAuthor?

        /// Creates an event.
        public init(_ subject: Subject, by author: ChangeAuthor?) {
            self.subject = subject
            self.author = author
        }
    }

    /// The parts of the kernel's state that are read each at once.
    public struct Parts: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Weir's table.
        public static let firewall = Parts(rawValue: 1)
        /// Routes and policy routing rules.
        public static let routing = Parts(rawValue: 2)
        /// Interfaces.
        public static let links = Parts(rawValue: 4)
        /// Addresses of interfaces.
        public static let addresses = Parts(rawValue: 8)
        /// All.
        public static let all: Parts = [.firewall, .routing, .links, .addresses]
    }

    /// More than this many are not kept: then it counts as if some had been lost.
    private static let most = 10_000

    /// What was announced, in order, each thing once.
    public private(set) var events: [Event] = []
    /// Whether announcements were lost (`ENOBUFS`) or could not be read: anything may have changed.
    public private(set) var hasLost = false

    private var known: Set<Event> = []

    /// Creates news of nothing.
    public init() {}

    /// Whether nothing has happened.
    public var isEmpty: Bool { events.isEmpty && !hasLost }

    /// What may have changed.
    public var parts: Parts {
        hasLost ? .all : events.reduce(into: []) { $0.formUnion($1.subject.parts) }
    }

    /// Adds an event.
    public mutating func add(_ event: Event) {
        guard events.count < Self.most else { return noteLoss() }
        if known.insert(event).inserted { events.append(event) }
    }

    /// Adds what came later.
    public mutating func add(_ later: KernelNews) {
        for event in later.events { add(event) }
        if later.hasLost { noteLoss() }
    }

    /// Forgets events.
    public mutating func removeAll(where isMeant: (Event) -> Bool) {
        events.removeAll(where: isMeant)
        known = Set(events)
    }

    /// Notes that something happened that is not among the events.
    mutating func noteLoss() {
        hasLost = true
    }
}

extension KernelNews.Subject {
    /// What may have changed with it: with an interface or an address its routes.
    fileprivate var parts: KernelNews.Parts {
        switch self {
        case .firewall: .firewall
        case .route, .routingRule, .nextHop: .routing
        case .link, .deletedLink: [.links, .routing]
        case .address: [.addresses, .routing]
        }
    }
}
