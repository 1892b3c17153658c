import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel
import SystemPackage

/// What one line of a list says.
enum ListMember<Element> {
    case member(Element)
    /// A prefix without the bits that its line has after the length.
    case masked(Element)
    /// Nothing that such a set can hold.
    case none
}

extension Compilation {
    /// How many members all sets may have together, once they are merged, and all lists of values in rules.
    static var mostMembers: Int { 2_000_000 }

    /// How many wrong lines of one list are reported one by one.
    private static var reportedLines: Int { 5 }

    /// Reads the members of a set from a file beside the rule file; nothing where it cannot be read.
    func members<Element>(
        from path: StringSyntax,
        of noun: String,
        _ parse: (Span<UInt8>) -> ListMember<Element>,
        range: (Element, Element) -> Element?,
        merge: ([Element]) -> [Element]
    ) -> [Element]? {
        guard let file = loadList(path) else { return nil }
        let bytes = texts[Int(file.rawValue)]
        let span = bytes.span
        var lines = ListLines(span)
        var members: [Element] = []
        // The shortest lines that people write have some 12 bytes.
        members.reserveCapacity(min(bytes.count / 12, Self.mostMembers))
        // Members that say the same, or lie beside each other, are merged from time to time, so that only what is kept takes memory.
        var mergeSize = 1 << 19
        var wrong = 0
        var masked = 0
        var firstMasked = 0..<0
        while let line = lines.next(in: span) {
            var member = line.restEnd != nil ? .none : parse(span.extracting(line.member))
            if let upper = line.upper, case .member(let low) = member {
                member = .none
                if case .member(let high) = parse(span.extracting(upper)), let both = range(low, high) {
                    member = .member(both)
                }
            }
            if members.count >= mergeSize {
                members = merge(members)
                guard members.count <= Self.mostMembers else {
                    report(.tooManyMembers(Self.mostMembers, at: path.range))
                    return nil
                }
                mergeSize = max(mergeSize, min(2 * members.count, Self.mostMembers + 1))
            }
            switch member {
            case .member(let element):
                members.append(element)
            case .masked(let element):
                if masked == 0 { firstMasked = line.member }
                masked += 1
                members.append(element)
            case .none:
                wrong += 1
                guard wrong <= Self.reportedLines else { continue }
                let place = SourceRange(file, line.text)
                report(.badListLine(text(place), expected: noun, at: place))
            }
        }
        if wrong > Self.reportedLines {
            report(.moreBadListLines(wrong - Self.reportedLines, of: noun, at: path.range))
        }
        if masked > 0 {
            let place = SourceRange(file, firstMasked)
            report(.hostBitsInList(count: masked, first: text(place), firstRange: place, at: path.range))
        }
        return wrong == 0 ? members : nil
    }

    /// Reads a list into the sources, so that messages can point into it; a list of several sets is read once.
    private func loadList(_ syntax: StringSyntax) -> SourceID? {
        let name = syntax.text(in: sources)
        guard !name.isEmpty, !name.utf8.contains(0) else {
            report(.unreadableFile(name, Errno.noSuchFileOrDirectory, at: syntax.range))
            return nil
        }
        let path = paths[Int(syntax.range.file.rawValue)].relative(name)
        do throws(FileError) {
            let identity = try loader.identity(ofNamed: path)
            if let loaded = loadedLists[identity] { return loaded }
            let room = sources.remainingSize
            let file = try loader.read(named: path, limit: room + 1)
            guard file.bytes.count <= room else {
                report(.textsTooLarge(path.string, at: syntax.range))
                return nil
            }
            let source = sources.add(SourceFile(name: path.string, bytes: file.bytes, isShown: file.isShown))
            texts.append(file.bytes)
            loadedLists[identity] = source
            return source
        } catch {
            report(.unreadableFile(path.string, error.reason, at: syntax.range))
            return nil
        }
    }
}

extension SourceRange {
    /// The range of these offsets.
    init(_ file: SourceID, _ offsets: Range<Int>) {
        self.init(
            file: file,
            start: UInt32(truncatingIfNeeded: offsets.lowerBound),
            end: UInt32(truncatingIfNeeded: offsets.upperBound)
        )
    }
}
