import Diagnostics

/// What stands after `log`.
struct LogOptions {
    var prefix: StringSyntax?
    var level: NameSyntax?
    var group: ValueSyntax?

    func syntax(range: SourceRange) -> LogSyntax {
        LogSyntax(range: range, prefix: prefix, level: level, group: group)
    }
}

extension Parser {
    /// Parses `["prefix"] [level L] [group N]`.
    mutating func parseLogOptions() throws(Abandon) -> LogOptions {
        var log = LogOptions()
        if isWord("prefix"), peek().kind == .string {
            throw fail(.superfluousWord("prefix", behind: "log", at: tokenRange))
        }
        if token.kind == .string {
            log.prefix = StringSyntax(range: tokenRange)
            advance()
        }
        while let keyword, keyword == .level || keyword == .group {
            try parseLogOption(keyword, &log)
        }
        return log
    }

    /// Parses `level L` or `group N`.
    mutating func parseLogOption(_ keyword: Keyword, _ log: inout LogOptions) throws(Abandon) {
        guard keyword == .level ? log.level == nil : log.group == nil else {
            throw fail(.givenTwice(keyword.spelling, at: tokenRange))
        }
        advance()
        guard keyword == .level else {
            log.group = try parseElement(.number)
            return
        }
        guard case .word = token.kind else {
            throw fail(.expectedName("a log level such as info", found: tokenDescription, at: tokenRange))
        }
        log.level = NameSyntax(range: tokenRange)
        advance()
    }
}
