import FoundationEssentials
import NetworkTypes
import RulesetModel
import TestSupport
import Testing

struct RulesetJSONTests {
    @Test(arguments: 0..<300)
    func aRulesetIsReadBackAsItWasWritten(seed: UInt64) throws {
        let ruleset = Ruleset.random(seed: seed)
        #expect(try decode(try encode(ruleset)) == ruleset)
    }

    @Test(.requiresJSONSchema)
    func whatIsWrittenFitsTheSchema() throws {
        let documents = try (0..<100).map { try encode(Ruleset.random(seed: $0)) }
        #expect(try problemsWithSchema(documents) == "")
    }

    @Test(.requiresJSONSchema)
    func whatTheSchemaRefusesIsRefusedToo() throws {
        let documents = wrongDocuments.filter(\.2).map(\.0)
        let problems = try problemsWithSchema(documents)
        for index in documents.indices {
            #expect(problems.contains("\(index + 1): "), "\(documents[index])")
        }
    }

    @Test func theFormIsThatOfTheReference() throws {
        var ruleset = Ruleset()
        ruleset.policies = [.input: .drop]
        ruleset.rules = [
            Rule(
                direction: .input,
                matches: [
                    .sourceAddress(Membership(AddressSet(try AddressRange("10.0.0.0/8")), isNegated: true)),
                    .transportProtocol(Membership([.tcp])),
                    .destinationPort(Membership(IntervalSet([Interval(22), try #require(Interval(1000, 2000))]))),
                ],
                action: .reject(.icmp(.hostUnreachable)),
                comment: "why"
            )
        ]
        expectSameText(
            try encode(ruleset, formatting: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]),
            """
            {
              "policies" : {
                "in" : "drop"
              },
              "rules" : [
                {
                  "action" : {
                    "type" : "reject",
                    "with" : "icmp host-unreachable"
                  },
                  "comment" : "why",
                  "direction" : "in",
                  "match" : [
                    {
                      "not" : true,
                      "type" : "saddr",
                      "values" : [
                        "10.0.0.0/8"
                      ]
                    },
                    {
                      "type" : "proto",
                      "values" : [
                        "tcp"
                      ]
                    },
                    {
                      "type" : "dport",
                      "values" : [
                        22,
                        "1000-2000"
                      ]
                    }
                  ]
                }
              ],
              "version" : 1
            }
            """
        )
    }

    @Test func whatIsReadIsBroughtIntoCanonicalForm() throws {
        let ruleset = try decode(
            #"""
            {"version": 1, "sets": [{"name": "b", "type": "port", "elements": [22, "20-30"]}, {"name": "a", "type": "proto"}],
             "rules": [{"direction": "in", "action": {"type": "reject", "with": "icmp port-unreachable"},
                        "match": [{"type": "limit", "rate": 1, "per": "second"}, {"type": "family", "value": "ipv6"}]}]}
            """#
        )
        #expect(
            ruleset.description == """
                set a: proto
                set b: port { 20-30 }

                reject in ip6 limit 1/second

                """
        )
        #expect(ruleset.rules.first?.action == .reject(.icmpv6(.portUnreachable)))
    }

    @Test(arguments: wrongDocuments)
    func aMistakeIsNamedWithItsPlace(document: String, problem: String, isCaughtBySchema: Bool) throws {
        let error = try #require(throws: (any Error).self) { try decode(document) }
        #expect(JSONProblem(error).description.hasPrefix(problem), "\(JSONProblem(error))")
    }

    @Test func mutatedDocumentsAreReadOrRefusedButNeverCrash() throws {
        var generator = SeededGenerator(seed: 1)
        for seed in 0..<300 as Range<UInt64> {
            var bytes = Array(try encode(Ruleset.random(seed: seed)).utf8)
            for _ in 0..<3 {
                let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
                guard let place = digits.randomElement(using: &generator) else { continue }
                bytes.replaceSubrange(
                    place...place,
                    with: ["99999999999", "-", "", "0", "\""].randomElement(using: &generator)?.utf8 ?? "".utf8
                )
            }
            guard let ruleset = try? decode(String(decoding: bytes, as: UTF8.self)) else { continue }
            #expect(try decode(try encode(ruleset)) == ruleset)
        }
    }

    private func encode(_ ruleset: Ruleset, formatting: JSONEncoder.OutputFormatting = [.sortedKeys]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        return String(decoding: try encoder.encode(ruleset), as: UTF8.self)
    }

    private func decode(_ text: String) throws -> Ruleset {
        try JSONDecoder().decode(Ruleset.self, from: Data(text.utf8))
    }

    /// The first thing that a validator says about each document, with the document's number.
    private func problemsWithSchema(_ documents: [String]) throws -> String {
        let script = """
            import json, jsonschema, sys
            schema = json.load(open(sys.argv[1]))
            validator = jsonschema.Draft202012Validator(schema)
            for number, line in enumerate(sys.stdin, 1):
                error = next(validator.iter_errors(json.loads(line)), None)
                if error:
                    print(f"{number}: {error.json_path} {error.message} {error.context}")
            """
        let schema = packageDirectory + "/docs/model.schema.json"
        return try outputOf("python3", "-c", script, schema, input: documents.joined(separator: "\n"))
    }
}

/// Documents with one mistake, how its description starts, and whether the schema can see it.
private let wrongDocuments: [(String, String, Bool)] = [
    ("{}", "'version' is missing", true),
    (#"{"version": 2}"#, "version: this is version 2", true),
    (#"{"version": 1, "rule": []}"#, "rule: there is no such key here", true),
    (#"{"version": 1, "policies": {"in": "reject"}}"#, "policies.in: 'reject' is none of accept, drop", true),
    (#"{"version": 1, "policies": {"input": "drop"}}"#, "policies.input: there is no such key", true),
    (rule(#""match": []"#), "rules[0]: 'action' is missing", true),
    (rule(#""action": {"type": "pass"}"#), "rules[0].action: there is no verb 'pass'", true),
    (rule(#""action": {"type": "drop", "with": "icmp no-route"}"#), "rules[0].action.with: there is no such key", true),
    (
        rule(#""action": {"type": "reject", "with": "icmp no-route"}"#), "rules[0].action.with: 'no-route' is none of",
        true
    ),
    (rule(#""action": {"type": "reject", "with": "tcp"}"#), "rules[0].action.with: expected 'icmp'", true),
    (rule(#""action": {"type": "redirect", "port": 65536}"#), "rules[0].action.port: ", true),
    (rule(#""action": {"type": "redirect", "port": 0}"#), "rules[0].action.port: port 0", false),
    (rule(#""action": {"type": "redirect", "port": "9-1"}"#), "rules[0].action.port: the range '9-1' ends", false),
    (rule(#""action": {"type": "dnat"}"#), "rules[0].action: 'address' or 'port' is missing", true),
    (
        rule(#""action": {"type": "snat", "address": "10.0.0.1", "accept": true}"#),
        "rules[0].action.accept: there is no", true
    ),
    (rule(#""action": {"type": "jump", "chain": "x"}"#), "rules[0].action.chain: there is no chain 'x'", false),
    (
        rule(#""action": {"type": "set-mark", "value": 4, "mask": 3}"#), "rules[0].action.mask: the mask must hold",
        false
    ),
    (rule(#""action": {"type": "log", "level": "warning"}"#), "rules[0].action.level: 'warning' is none of", true),
    (
        rule(#""action": {"type": "log", "level": "info", "group": 1}"#), "rules[0].action.group: 'level' and 'group'",
        true
    ),
    (rule(#""action": {"type": "log"}, "log": {"prefix": "x"}"#), "rules[0].log: the verb 'log' has its own", false),
    (rule(#""action": {"type": "drop"}, "comment": "a\nb""#), "rules[0].comment: a comment is at most", true),
    (
        rule(#""action": {"type": "drop"}, "log": {"prefix": "\#(String(repeating: "x", count: 128))"}"#),
        "rules[0].log.prefix", true
    ),
    (
        match(#""type": "saddr", "values": ["10.0.0.1/8"]"#),
        "rules[0].match[0].values[0]: '10.0.0.1/8' has bits after", false
    ),
    (
        match(#""type": "saddr", "values": ["10.0.0.0/33"]"#), "rules[0].match[0].values[0]: a prefix of this family",
        false
    ),
    (match(#""type": "saddr", "values": ["ten"]"#), "rules[0].match[0].values[0]: 'ten' is no address", true),
    (match(#""type": "saddr", "values": []"#), "rules[0].match[0].values: the list is empty", true),
    (match(#""type": "saddr", "set": "x", "values": ["::"]"#), "rules[0].match[0]: 'values' and 'set'", true),
    (match(#""type": "saddr", "set": "x""#), "rules[0].match: there is no set 'x'", false),
    (match(#""type": "iifname", "values": ["eth 0"]"#), "rules[0].match[0].values[0]: 'eth 0' is no name", true),
    (match(#""type": "dport", "values": [22]"#), "rules[0].match: ports need a match 'proto'", false),
    (match(#""type": "tcp-flags", "flags": ["syn"], "mask": ["syn"]"#), "rules[0].match: TCP flags need", false),
    (match(#""type": "tcp-flags", "flags": ["syn"], "mask": ["ack"]"#), "rules[0].match[0].mask: the mask must", false),
    (match(#""type": "icmp", "types": ["ping"]"#), "rules[0].match[0].types[0]: 'ping' is none of echo-reply", false),
    (match(#""type": "icmp", "types": [3, 4], "code": 1"#), "rules[0].match[0].code: a code needs", false),
    (match(#""type": "icmp", "types": [256]"#), "rules[0].match[0].types[0]: ", true),
    (match(#""type": "proto", "values": ["tpc"]"#), "rules[0].match[0].values[0]: 'tpc' is none of", false),
    (match(#""type": "limit", "rate": 0, "per": "second""#), "rules[0].match[0].rate: the kernel cannot", true),
    (match(#""type": "limit", "rate": -1, "per": "second""#), "rules[0].match[0].rate: ", true),
    (match(#""type": "limit", "rate": 1, "per": "month""#), "rules[0].match[0].per: 'month' is none of", true),
    (match(#""type": "mark""#), "rules[0].match[0]: 'value' is missing", true),
    (match(#""type": "ct-state", "values": ["open"]"#), "rules[0].match[0].values[0]: 'open' is none of", true),
    (match(#""type": "ttl-eq""#), "rules[0].match[0]: there is no match of type 'ttl-eq'", true),
    (match(#""type": "ttl""#), "rules[0].match[0]: 'values' is missing", true),
    (match(#""type": "ttl", "values": [256]"#), "rules[0].match[0]: these are no values that 'ttl' can have", true),
    (match(#""type": "dscp", "values": ["gold"]"#), "rules[0].match[0]: 'gold' is not a code point", false),
    (#"{"version": 1, "rules": [{"action": {"type": "drop"}}]}"#, "rules[0]: 'direction' is missing", true),
    (
        #"{"version": 1, "rules": [{"direction": "input", "action": {"type": "drop"}}]}"#,
        "rules[0].direction: 'input'", true
    ),
    (#"{"version": 1, "chains": [{"name": "input"}]}"#, "chains[0].name: Weir makes a chain", false),
    (#"{"version": 1, "chains": [{"name": "a; drop"}]}"#, "chains[0].name: a name is a letter", true),
    (#"{"version": 1, "chains": [{"name": "drop"}]}"#, "chains[0].name: a name is a letter", false),
    (
        #"{"version": 1, "chains": [{"name": "a", "policy": "drop"}]}"#, "chains[0].policy: only a chain with a 'hook'",
        true
    ),
    (#"{"version": 1, "chains": [{"name": "a"}, {"name": "a"}]}"#, "chains[1]: there is another one", false),
    (
        #"{"version": 1, "chains": [{"name": "a", "rules": [{"direction": "in", "action": {"type": "drop"}}]}]}"#,
        "chains[0].rules[0].direction: a rule of a declared chain has none", true
    ),
    (#"{"version": 1, "sets": [{"name": "a", "type": "ports"}]}"#, "sets[0].type: 'ports' is none of", true),
    (
        #"{"version": 1, "sets": [{"name": "a", "type": "address", "elements": ["10.0.0.0/8"]}]}"#,
        "sets[0].elements: a set of", true
    ),
    (#"{"version": 1, "sets": [{"name": "a", "type": "port", "timeout": 0}]}"#, "sets[0].timeout: a timeout is", true),
    (
        #"{"version": 1, "sets": [{"name": "a", "type": "port", "elements": [1, 2], "size": 1}]}"#,
        "sets[0].size: the size", false
    ),
    (#"{"version": 1, "tables": [{"name": "main", "number": 7}]}"#, "tables[0].name: the kernel has", false),
    (#"{"version": 1, "tables": [{"name": "x", "number": 254}]}"#, "tables[0].number: 0, 253", true),
    (#"{"version": 1, "routes": [{"destination": "10.0.0.0/8"}]}"#, "routes[0]: 'nexthops' is missing", true),
    (
        #"{"version": 1, "routes": [{"destination": "10.0.0.0/8", "nexthops": []}]}"#,
        "routes[0].nexthops: a route has", true
    ),
    (
        #"{"version": 1, "routes": [{"destination": "10.0.0.0/8", "nexthops": [{}]}]}"#,
        "routes[0].nexthops[0]: 'via' or", true
    ),
    (
        #"{"version": 1, "routes": [{"destination": "::/0", "nexthops": [{"via": "10.0.0.1"}]}]}"#,
        "routes[0].nexthops: an IPv6 route", false
    ),
    (
        #"{"version": 1, "routes": [{"destination": "::/0", "type": "blackhole", "metric": 0}]}"#, "routes[0].metric",
        false
    ),
    (#"{"version": 1, "routes": [{"destination": "::/0", "type": "nat"}]}"#, "routes[0].type: 'nat'", true),
    (
        route(#""type": "local", "nexthops": [{"via": "10.0.0.1"}]"#), "routes[0].nexthops: a route of type 'local'",
        true
    ),
    (route(#""type": "throw", "nexthops": [{"dev": "lo"}]"#), "routes[0].nexthops: a route of type 'throw'", true),
    (route(#""type": "throw", "tos": 3"#), "routes[0].tos: only IPv4", false),
    (route(#""type": "throw", "mtu": 65521"#), "routes[0].mtu: the kernel keeps 68 to 65520", true),
    (route(#""type": "throw", "rtt": 536870912"#), "routes[0].rtt: the kernel keeps", true),
    (route(#""type": "throw", "quickack": 0"#), "routes[0].quickack: the kernel keeps", true),
    (route(#""type": "throw", "lock": ["mtu"]"#), "routes[0].lock: there is no", false),
    (route(#""type": "throw", "rto_min": 4, "lock": ["rto_min"]"#), "routes[0].lock: 'rto_min' cannot", true),
    (route(#""type": "throw", "features": ["sack"]"#), "routes[0].features: there is no", true),
    (route(#""type": "throw", "congctl": "a b""#), "routes[0].congctl: there is no", true),
    (route(#""type": "throw", "pref": "high""#), "routes[0].pref: only IPv6", false),
    (route(#""type": "throw", "pref": "best""#), "routes[0].pref: ", true),
    (#"{"version": 1, "routes": [{"destination": "::/0", "type": "throw", "tos": 4}]}"#, "routes[0].tos: only", false),
    (
        #"{"version": 1, "routingRules": [{"family": "ipv4", "priority": 0, "lookup": 1}]}"#,
        "routingRules[0].priority: 0, 32766", true
    ),
    (
        #"{"version": 1, "routingRules": [{"family": "ipv4", "priority": 1, "lookup": 1, "from": "::/0"}]}"#,
        "routingRules[0].from: the prefix", false
    ),
    (
        #"{"version": 1, "routingRules": [{"family": "ipv4", "priority": 1}]}"#,
        "routingRules[0].lookup: 'lookup', 'goto'", true
    ),
    (
        #"{"version": 1, "routingRules": [{"family": "ipv4", "priority": 1, "lookup": 1}, {"family": "ipv4", "priority": 1, "lookup": 1, "iif": "lo"}]}"#,
        "routingRules[1]: the kernel cannot tell", false
    ),
    (routingRule(#""lookup": 1, "goto": 9"#), "routingRules[0].lookup: 'lookup', 'goto' and", true),
    (routingRule(#""goto": 9, "type": "nop""#), "routingRules[0].type: 'goto' and", true),
    (routingRule(#""goto": 5"#), "routingRules[0].goto: the kernel goes only", false),
    (routingRule(#""type": "nat""#), "routingRules[0].type: 'nat' is none of", true),
    (routingRule(#""lookup": 1, "not": true"#), "routingRules[0].not: a rule that asks for nothing", false),
    (routingRule(#""type": "nop", "suppress_prefixlength": 0"#), "routingRules[0].type: only of a lookup", true),
    (routingRule(#""lookup": 1, "suppress_prefixlength": 33"#), "routingRules[0].suppress_prefixlength: no", false),
    (routingRule(#""lookup": 1, "suppress_ifgroup": 4294967295"#), "routingRules[0].suppress_ifgroup: there", true),
    (routingRule(#""lookup": 1, "tos": 3"#), "routingRules[0].tos: the kernel looks", false),
    (routingRule(#""lookup": 1, "dscp": 64"#), "routingRules[0].dscp: a DSCP has", true),
    (routingRule(#""lookup": 1, "dscp": 6, "tos": 16"#), "routingRules[0].dscp: 'dscp' and", false),
    (routingRule(#""lookup": 1, "ipproto": 0"#), "routingRules[0].ipproto: 0 stands", false),
    (routingRule(#""lookup": 1, "dport": "1-65535""#), "routingRules[0].dport: the kernel takes", false),
    (routingRule(#""lookup": 1, "uidrange": 4294967295"#), "routingRules[0].uidrange: there is no", false),
    (
        #"{"version": 1, "sysctls": [{"name": "kernel.panic", "value": "1"}]}"#, "sysctls[0].name: expected a dotted",
        true
    ),
    (#"{"version": 1, "sysctls": [{"name": "net./../x", "value": "1"}]}"#, "sysctls[0].name: expected a dotted", true),
    (#"{"version": 1, "sysctls": [{"name": "net.x", "value": "1\n2"}]}"#, "sysctls[0].value: expected words", true),
]

private func rule(_ members: String) -> String {
    #"{"version": 1, "rules": [{"direction": "in", \#(members)}]}"#
}

private func route(_ members: String) -> String {
    #"{"version": 1, "routes": [{"destination": "10.0.0.0/8", \#(members)}]}"#
}

private func routingRule(_ members: String) -> String {
    #"{"version": 1, "routingRules": [{"family": "ipv4", "priority": 5, \#(members)}]}"#
}

private func match(_ members: String) -> String {
    rule(#""action": {"type": "drop"}, "match": [{\#(members)}]"#)
}
