import KernelObjects
import Netlink
import SystemPackage

extension KernelConnection {
    /// Makes interfaces like those of a host, with their addresses, in a namespace that has nothing but what the kernel puts into each.
    mutating func stageLinks(_ outline: HostOutline) throws(KernelStateError) -> [StagingNote] {
        let present = try readInterfaceIndices(.stage)
        var peers = PeerNames(besides: outline.links, present)
        var notes: [StagingNote] = []
        let missing = outline.links.filter { present[$0.name] == nil }
        let cables = missing.map { (link: $0, peer: peers.next()) }
        var refused = try send(cables.map { $0.link.creation(peer: $0.peer) })
        // Where its number is taken, by what the kernel puts into each namespace, an interface gets another one: routes go by names.
        let again = cables.indices.filter { refused[$0]?.isTaken == true }
        let secondTry = try send(again.map { cables[$0].link.creation(keepsIndex: false, peer: cables[$0].peer) })
        for (position, cable) in again.enumerated() { refused[cable] = secondTry[position] }
        for (index, error) in refused.sorted(by: { $0.key < $1.key }) {
            guard error.errno != .notSupported else {
                throw KernelStateError(.stage, .missingFeature("virtual Ethernet cables (CONFIG_VETH)"))
            }
            notes.append(.link(cables[index].link.name, reason: error.text))
        }
        let others = outline.links.filter { link in
            present[link.name] == nil && link.kind.map { $0 != "veth" } ?? false
        }
        if !others.isEmpty { notes.append(.otherKinds(others.map { "\($0.name) (\($0.kind ?? ""))" })) }
        let indices = try readInterfaceIndices(.stage)
        let former = outline.links.compactMap { link in present[link.name].map { link.switching(index: $0) } }
        let peersOn = cables.compactMap { cable in indices[cable.peer.name].map { cable.link.switching(peer: $0) } }
        _ = try send(former + peersOn)
        notes += try write(outline.settings.filter(\.isForIPv6AtAll)) { $0 != $1 }
        return notes + (try stageAddresses(outline, indices))
    }

    private mutating func stageAddresses(
        _ outline: HostOutline,
        _ indices: [String: UInt32]
    ) throws(KernelStateError) -> [StagingNote] {
        let names = Dictionary(outline.links.map { ($0.index, $0.name) }) { first, _ in first }
        let places = outline.addresses.compactMap { address in
            names[address.interfaceIndex].flatMap { name in indices[name].map { (address, name, $0) } }
        }
        let refused = try send(places.map { $0.0.creation(interfaceIndex: $0.2) })
        // The loopback interface has its own from the beginning.
        return refused.sorted { $0.key < $1.key }.filter { $0.value.errno != .fileExists }
            .map { .address(interface: places[$0.key].1, reason: $0.value.text) }
    }

    /// Sends messages of which each stands for itself; returns what was refused, by position.
    mutating func send(_ messages: [EncodedMessage]) throws(KernelStateError) -> [Int: BatchError] {
        guard !messages.isEmpty else { return [:] }
        var batch = NetlinkBatch(capacity: messages.count * 160)
        for message in messages { batch.append(message) }
        do throws(NetlinkError) {
            let outcome = try routing.sendEach(&batch)
            guard !outcome.hasLostErrors else { throw NetlinkError(.send, .noBufferSpace) }
            var refused: [Int: BatchError] = [:]
            for error in outcome.errors {
                guard let index = error.index else { continue }
                guard error.errno != .notPermitted else {
                    throw NetlinkError(.send, error.errno, message: error.message)
                }
                refused[index] = error
            }
            return refused
        } catch {
            throw KernelStateError(.stage, error)
        }
    }
}

/// Names and numbers for the other ends of cables, such as no interface of the host has.
private struct PeerNames {
    private let taken: Set<String>
    private var index: UInt32
    private var number = 0

    init(besides links: [LinkClone], _ present: [String: UInt32]) {
        taken = Set(links.map(\.name)).union(present.keys)
        index = max(links.map(\.index).max() ?? 1, present.values.max() ?? 1)
    }

    mutating func next() -> (name: String, index: UInt32) {
        repeat { number += 1 } while taken.contains("weir-end\(number)")
        index &+= 1
        return ("weir-end\(number)", index)
    }
}

extension BatchError {
    /// Whether somebody else has the place.
    fileprivate var isTaken: Bool {
        errno == .fileExists || errno == .resourceBusy
    }

    /// What the kernel said, or what its error number means.
    var text: String {
        message.map { "\(errno): \($0)" } ?? errno.description
    }
}
