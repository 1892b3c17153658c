extension DiagnosticCode {
    /// A rule file with the mistake, and the same without it; nil if no short text shows it.
    public var example: (wrong: String, right: String)? {
        switch self {
        case .nulByte: ("drop in tcp\u{0}", "drop in tcp")
        case .unexpectedCharacter: ("drop out tcp dport 25 “no mail”", "drop out tcp dport 25 \"no mail\"")
        case .unterminatedString: ("drop out tcp dport 25 \"no mail", "drop out tcp dport 25 \"no mail\"")
        case .invalidEscape: ("log \"C:\\logs\" in", "log \"C:\\\\logs\" in")
        case .unknownStatement: ("acept in tcp dport 22", "accept in tcp dport 22")
        case .unexpectedToken: ("in tcp dport 22 accept", "accept in tcp dport 22")
        case .expectedValue: ("accept in tcp dport", "accept in tcp dport 22")
        case .keywordAsValue: ("accept in on log", "accept in on \"log\"")
        case .keywordAsName: ("let mark = 3\naccept in mark $mark", "let special = 3\naccept in mark $special")
        case .expectedName: ("chain 9lives { accept }\njump 9lives in", "chain lives9 { accept }\njump lives9 in")
        case .unclosedBrace: ("in {\n    accept on lo", "in {\n    accept on lo\n}")
        case .unmatchedBrace: ("accept in on lo\n}", "accept in on lo")
        case .misplacedStatement:
            (
                "in {\n    let web = 80\n    accept tcp dport $web\n}",
                "let web = 80\nin {\n    accept tcp dport $web\n}"
            )
        case .notInLanguage: ("queue in tcp dport 22", "accept in tcp dport 22")
        case .unknownMatch: ("accept in tcp dprot 22", "accept in tcp dport 22")
        case .matchAfterArguments: ("redirect in to :27664 tcp dport 21", "redirect in tcp dport 21 to :27664")
        case .missingArgument: ("redirect in tcp dport 21", "redirect in tcp dport 21 to :27664")
        case .argumentOfOtherVerb: ("drop in tcp dport 113 with tcp reset", "reject in tcp dport 113 with tcp reset")
        case .givenTwice: ("route default via 192.0.2.1 metric 1 metric 2", "route default via 192.0.2.1 metric 1")
        case .unknownWord: ("accept in ct sate established", "accept in ct state established")
        case .misplacedDirection: ("in {\n    accept out tcp dport 22\n}", "out {\n    accept tcp dport 22\n}")
        case .wrongNegation:
            (
                "drop in saddr { 10.0.0.0/8, ! 10.0.0.2 }",
                "accept in saddr 10.0.0.2\ndrop in saddr 10.0.0.0/8"
            )
        case .expectedString: ("include common.weir", "include \"common.weir\"")
        case .missingDirection: ("accept tcp dport 22", "accept in tcp dport 22")
        case .listWithoutBraces: ("accept in tcp dport 22, 80", "accept in tcp dport { 22, 80 }")
        case .unknownName: ("drop in on $wan", "let wan = eth0\ndrop in on $wan")
        case .duplicateDefinition: ("policy in drop\npolicy in accept", "policy in accept")
        case .circularDefinition:
            (
                "let a = $b\nlet b = $a\ndrop in saddr $a",
                "let a = $b\nlet b = 10.0.0.1\ndrop in saddr $a"
            )
        case .reservedName: ("chain input { count }\njump input in", "chain mine { count }\njump mine in")
        case .wrongKindOfName:
            (
                "let web = tcp dport 80\naccept in saddr $web",
                "let web = tcp dport 80\naccept in $web"
            )
        case .unreadableFile: ("include \"nothing-here.weir\"", "include \"common.weir\"")
        case .includeCycle: ("include \"circle.weir\"", "include \"common.weir\"")
        case .badListLine:
            (
                "set blocked: prefix from \"dirty.netset\"\ndrop in saddr @blocked",
                "set blocked: prefix from \"blocked.netset\"\ndrop in saddr @blocked"
            )
        case .wrongValue: ("drop in saddr example.com", "drop in saddr 192.0.2.7")
        case .numberOutOfRange: ("drop in tcp dport 99999", "drop in tcp dport 9999")
        case .malformedNumber: ("drop in tcp dport 0080", "drop in tcp dport 80")
        case .invalidAddress: ("drop in saddr 10.0.0.256", "drop in saddr 10.0.0.255")
        case .prefixTooLong: ("drop in saddr 10.0.0.0/33", "drop in saddr 10.0.0.0/24")
        case .hostBitsSet: ("drop in saddr 10.0.0.5/8", "drop in saddr 10.0.0.0/8")
        case .unknownService: ("accept in tcp dport htpps", "accept in tcp dport https")
        case .unknownProtocol: ("accept in proto gree", "accept in proto gre")
        case .unknownICMPType: ("accept in icmp type echo-reqest", "accept in icmp type echo-request")
        case .reversedRange: ("drop in tcp dport 65535-1024", "drop in tcp dport 1024-65535")
        case .mixedFamilies: ("drop in saddr 10.0.0.1-2001:db8::1", "drop in saddr { 10.0.0.1, 2001:db8::1 }")
        case .invalidInterface: ("drop in on averyverylongname0", "drop in on longname0")
        case .unknownState: ("accept in ct state established,realted", "accept in ct state established,related")
        case .unknownTCPFlag: ("drop in tcp flags syn / syn,akc", "drop in tcp flags syn / syn,ack,fin,rst")
        case .invalidRate: ("log in tcp limit 10/fortnight", "log in tcp limit 10/day")
        case .invalidDuration:
            (
                "set knock: address timeout 60\naccept in saddr @knock",
                "set knock: address timeout 60s\naccept in saddr @knock"
            )
        case .wrongSetType:
            (
                "set web: port { 80 }\ndrop in saddr @web",
                "set web: port { 80 }\ndrop in tcp dport @web"
            )
        case .listNotAllowed:
            (
                "rule from { 10.0.0.0/8, 192.168.0.0/16 } lookup 100",
                "rule from 10.0.0.0/8 lookup 100\nrule from 192.168.0.0/16 lookup 100"
            )
        case .negationNotAllowed:
            (
                "let other = ! eth0\nroute 192.0.2.0/24 dev $other",
                "let other = eth1\nroute 192.0.2.0/24 dev $other"
            )
        case .setNotAllowed:
            (
                "set web: port { 80 }\nlet some = @web\nset more: port { $some }\naccept in tcp dport @more",
                "let some = { 80, 443 }\nset more: port { $some }\naccept in tcp dport @more"
            )
        case .emptyList: ("drop in tcp dport { }", "drop in tcp dport { 25 }")
        case .unknownAccount: ("accept out skuid nobody-of-this-name", "accept out skuid 1500")
        case .markOutsideMask: ("drop in mark 0x1ff/0xff", "drop in mark 0x1f/0xff")
        case .unknownRejectType: ("reject in tcp with icmp go-away", "reject in tcp with icmp admin-prohibited")
        case .unknownLogLevel: ("log \"x: \" level loud in", "log \"x: \" level notice in")
        case .setTooSmall:
            (
                "set s: address size 1 { 10.0.0.1, 10.0.0.2 }\ndrop in saddr @s",
                "set s: address size 2 { 10.0.0.1, 10.0.0.2 }\ndrop in saddr @s"
            )
        case .unknownScope: ("route 192.0.2.0/24 dev eth0 scope near", "route 192.0.2.0/24 dev eth0 scope link")
        case .unknownRouteWord:
            ("route ::/0 via fe80::1 dev eth0 pref highest", "route ::/0 via fe80::1 dev eth0 pref high")
        case .verbNotInDirection: ("redirect forward tcp dport 80 to :8080", "redirect in tcp dport 80 to :8080")
        case .verbNotInChain:
            (
                "chain early hook input priority raw {\n    redirect tcp dport 80 to :8080\n}",
                "chain early type nat hook prerouting priority dstnat - 1 {\n    redirect tcp dport 80 to :8080\n}"
            )
        case .contradiction: ("drop in saddr 10.0.0.1 daddr 2001:db8::1", "drop in saddr 10.0.0.1 daddr 10.0.0.2")
        case .portsWithoutProtocol: ("drop in dport 25", "drop in tcp dport 25")
        case .flagsWithoutTCP: ("drop in udp flags syn / syn,ack", "drop in tcp flags syn / syn,ack,fin,rst")
        case .interfaceNotKnown: ("drop in to eth0", "drop in from eth0")
        case .ownerNotKnown: ("drop in skuid 1500", "drop out skuid 1500")
        case .mixedChain:
            (
                "chain both {\n    redirect tcp dport 80 to :8080\n    masquerade\n}\njump both out",
                "chain one {\n    masquerade\n}\nredirect out tcp dport 80 to :8080\njump one out"
            )
        case .jumpLoop:
            (
                "chain a { jump b }\nchain b { jump a }\njump a in",
                "chain a { jump b }\nchain b { accept }\njump a in"
            )
        case .jumpToBaseChain:
            (
                "chain early hook prerouting priority raw { accept tcp }\njump early in",
                "chain late { accept tcp }\njump late in"
            )
        case .invalidHook:
            (
                "chain c type nat hook forward priority 0 { accept }",
                "chain c type nat hook postrouting priority srcnat { accept }"
            )
        case .invalidTarget: ("redirect in tcp dport 21 to 10.0.0.1:2121", "dnat in tcp dport 21 to 10.0.0.1:2121")
        case .acceptInChain:
            (
                "chain web { redirect tcp dport 80 to :8080 and accept }\njump web in",
                "chain web { redirect tcp dport 80 to :8080 }\njump web in\naccept in tcp dport 8080 ct status dnat"
            )
        case .levelAndGroup: ("log \"x: \" level info group 5 in", "log \"x: \" group 5 in")
        case .lostCondition:
            (
                "redirect in tcp dport 22 limit 5/minute to :2222 and accept",
                "redirect in tcp dport 22 to :2222 and accept"
            )
        case .routeWithoutWay: ("route 10.0.0.0/8", "route 10.0.0.0/8 via 192.0.2.1")
        case .conflictingRoute: ("route blackhole 10.1.0.0/16 via 10.0.0.1", "route blackhole 10.1.0.0/16")
        case .wrongGateway: ("route 10.0.0.0/8 via 2001:db8::1", "route 10.0.0.0/8 via 192.0.2.1")
        case .duplicateRoute:
            (
                "route 10.0.0.0/8 via 10.0.0.1\nroute 10.0.0.0/8 via 10.0.0.2",
                "route 10.0.0.0/8 via 10.0.0.1\nroute 10.0.0.0/8 via 10.0.0.2 metric 10"
            )
        case .reservedPriority:
            (
                "rule from 10.0.0.0/8 lookup 100 priority 32766",
                "rule from 10.0.0.0/8 lookup 100 priority 1000"
            )
        case .duplicatePriority:
            (
                "rule from 10.0.0.0/8 lookup 100 priority 9\nrule from 10.0.0.0/8 iif eth1 lookup 100 priority 9",
                "rule from 10.0.0.0/8 lookup 100 priority 9\nrule from 10.1.0.0/16 lookup 101 priority 9"
            )
        case .reservedTable: ("table vpn = 254", "table vpn = 100\nroute 10.0.0.0/8 dev vpn0 table vpn")
        case .invalidSysctl: ("sysctl kernel.panic = 1", "sysctl net.ipv4.ip_forward = 1")
        case .conflictingRoutingRule:
            (
                "rule iif lo goto 200 priority 100",
                "rule iif lo goto 200 priority 100\nrule nop priority 200"
            )
        case .logPrefixAsComment: ("log in tcp dport 22 \"ssh: \"", "log \"ssh: \" in tcp dport 22")
        case .unusedName: ("let lan = eth1\naccept in on eth1", "let lan = eth1\naccept in on $lan")
        case .unreachableRule: ("accept in\ndrop in tcp dport 22", "drop in tcp dport 22\naccept in")
        case .targetNotAccepted:
            (
                "policy in drop\naccept in ct state established,related\naccept in icmpv6\naccept in on lo tcp\nredirect in on eth0 tcp dport 21 to :27664",
                "policy in drop\naccept in ct state established,related\naccept in icmpv6\naccept in on lo\nredirect in on eth0 tcp dport 21 to :27664 and accept"
            )
        case .hostBitsInList:
            (
                "set blocked: prefix from \"host-bits.netset\"\ndrop in saddr @blocked",
                "set blocked: prefix from \"blocked.netset\"\ndrop in saddr @blocked"
            )
        case .includedTwice: ("include \"common.weir\"\ninclude \"common.weir\"", "include \"common.weir\"")
        case .patternWithoutFile: ("include \"rules.d/*.weir\"\ndrop in tcp", "include \"common.weir\"")
        case .interfaceLikeEverything: ("accept in on any", "accept in")
        case .expiringMembers:
            (
                "set knock: address timeout 60s { 10.0.0.1 }\naccept in saddr @knock",
                "set known: address { 10.0.0.1 }\naccept in saddr @known"
            )
        case .nftWord: ("chain dynamic { count }\njump dynamic in", "chain mine { count }\njump mine in")
        case .shadowedRule:
            (
                "drop in tcp dport ssh\naccept in tcp dport ssh saddr 192.0.2.1",
                "accept in tcp dport ssh saddr 192.0.2.1\ndrop in tcp dport ssh"
            )
        case .answersDropped:
            (
                "policy in drop\naccept in on lo\naccept in icmpv6",
                "policy in drop\naccept in ct state established,related\naccept in on lo\naccept in icmpv6"
            )
        case .loopbackDropped:
            (
                "policy in drop\naccept in ct state established,related\naccept in icmpv6",
                "policy in drop\naccept in ct state established,related\naccept in on lo\naccept in icmpv6"
            )
        case .neighboursDropped:
            (
                "policy in drop\naccept in ct state established,related\naccept in on lo",
                "policy in drop\naccept in ct state established,related\naccept in on lo\naccept in icmpv6"
            )
        case .otherFamilyOpen:
            (
                "drop in tcp dport ssh saddr ! 10.0.0.0/8",
                "drop in tcp dport ssh saddr ! { 10.0.0.0/8, fd00::/8 }"
            )
        case .serviceOfOtherProtocol: ("accept in tcp dport wireguard", "accept in udp dport wireguard")
        case .synAnswersRefused: ("drop in tcp flags syn", "drop in tcp flags syn / fin,syn,rst,ack")
        case .rangesNotPaired:
            (
                "dnat in daddr 198.51.100.0/28 to 10.1.1.0-10.1.1.15",
                "dnat in daddr 198.51.100.0/28 to 10.1.1.0/28"
            )
        case .everySegmentRefused: ("drop in tcp flags ! urg", "drop in tcp flags fin,syn / fin,syn")
        case .refusalUnderLimit:
            (
                "drop in tcp dport ssh limit 5/minute",
                "accept in tcp dport ssh ct state new limit 5/minute\ndrop in tcp dport ssh ct state new"
            )
        case .translationOfLoopback:
            (
                "redirect in on lo tcp dport 21 to :27664",
                "redirect out on lo tcp dport 21 to :27664"
            )
        case .loopbackTarget:
            (
                "dnat in on eth0 tcp dport 80 to 127.0.0.1:8080",
                "redirect in on eth0 tcp dport 80 to :8080"
            )
        case .secondConnections:
            (
                "policy in drop\naccept in ct state established,related\naccept in on lo\naccept in icmpv6\naccept in tcp dport ftp",
                "policy in drop\naccept in ct state established,related\naccept in on lo\naccept in icmpv6\naccept in tcp dport ftp\naccept in tcp dport 50000-50100"
            )
        case .farDestination: ("route 8.8.8.8/32 dev eth0", "route 8.8.8.8/32 via 192.0.2.1 dev eth0")
        case .neverMeant:
            (
                "chain web {\naccept tcp dport http\n}\njump web in udp",
                "chain web {\naccept tcp dport http\n}\njump web in tcp"
            )
        case .limitWithoutEffect:
            (
                "accept in tcp dport ssh ct state new limit 5/minute",
                "accept in tcp dport ssh ct state new limit 5/minute\ndrop in tcp dport ssh ct state new"
            )
        case .sourceOfOtherWay:
            (
                "set mark 1 out ip skuid 1000\nrule ip fwmark 1 lookup 100\nroute 0.0.0.0/0 dev vpn0 table 100",
                "set mark 1 out ip skuid 1000\nrule ip fwmark 1 lookup 100\nroute 0.0.0.0/0 dev vpn0 table 100\nmasquerade out on vpn0"
            )
        case .otherFamilyBeside:
            (
                "set mark 1 out skuid 1000\nrule fwmark 1 lookup 100\nroute 0.0.0.0/0 dev vpn0 table 100\nmasquerade out on vpn0",
                "set mark 1 out skuid 1000\nrule fwmark 1 lookup 100\nroute 0.0.0.0/0 dev vpn0 table 100\nroute unreachable ::/0 table 100\nmasquerade out on vpn0"
            )
        case .fileTooLarge, .tooManyStatements, .includeTooDeep, .tooManyFiles, .notExpressible, .leftOut,
            .settingsStay, .invalidUTF8, .loneCarriageReturn, .nestingTooDeep, .textTooLong, .unusableText,
            .jumpTooDeep, .tooManyMatches:
            nil
        }
    }
}
