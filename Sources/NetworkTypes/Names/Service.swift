/// A name for a port, as in `/etc/services`: what people write for the usual ones (IANA service name registry).
///
/// The table is built in, so that a rule file means the same on every host.
public struct Service: Sendable, Hashable {
    /// Which transport protocols it is used with.
    public struct Transports: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// TCP.
        public static let tcp = Transports(rawValue: 1)
        /// UDP.
        public static let udp = Transports(rawValue: 2)
    }

    /// The name: at most 15 bytes (RFC 6335).
    public let name: String
    /// The port.
    public let port: UInt16
    /// Which transport protocols it is used with.
    public let transports: Transports

    /// The service with this name.
    public init?(named name: Span<UInt8>) {
        guard name.count <= 15, let service = Self.find(Self.key(name)) else { return nil }
        self = service
    }

    /// The service with this name.
    public init?(named name: String) {
        self.init(named: name.utf8.span)
    }

    /// The service that a port is for in a transport protocol.
    public init?(port: UInt16, transport: IPProtocol) {
        let wanted: Transports = transport == .tcp ? .tcp : transport == .udp ? .udp : []
        let service = Self.all.first { $0.port == port && !$0.transports.isDisjoint(with: wanted) }
        guard let service else { return nil }
        self = service
    }

    /// All names, for those who look for the one that was meant.
    public static var allNames: [String] {
        all.map(\.name)
    }

    private init(_ name: StaticString, _ port: UInt16, _ transports: Transports) {
        self.name = name.description
        self.port = port
        self.transports = transports
    }
}

extension Service {
    /// The services; where one port has several names, the one that people use most comes first.
    private static let all =
        tcpAndUDP.map { Service($0.key, $0.value, [.tcp, .udp]) }
        + tcpOnly.map { Service($0.key, $0.value, .tcp) }
        + udpOnly.map { Service($0.key, $0.value, .udp) }

    /// The services by ascending key, so that a look-up is a binary search without a string.
    private static let table = all.map { (key: key($0.name.utf8.span), service: $0) }.sorted { $0.key < $1.key }

    /// The bytes of a name of at most 15 bytes as a number.
    private static func key(_ name: Span<UInt8>) -> UInt128 {
        var key: UInt128 = 0
        for index in name.indices { key = key << 8 | UInt128(name[index]) }
        return key
    }

    private static func find(_ key: UInt128) -> Service? {
        var low = 0
        var high = table.count
        while low < high {
            let middle = (low + high) / 2
            if table[middle].key < key {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < table.count, table[low].key == key else { return nil }
        return table[low].service
    }

    private static let tcpAndUDP: KeyValuePairs<StaticString, UInt16> = [
        "echo": 7, "discard": 9, "daytime": 13, "chargen": 19, "tacacs": 49, "domain": 53, "kerberos": 88,
        "sunrpc": 111, "epmap": 135, "snmp": 161, "snmptrap": 162, "ldap": 389, "svrloc": 427, "https": 443,
        "kpasswd": 464, "rtsp": 554, "ldaps": 636, "tinc": 655, "domain-s": 853, "rsync": 873, "socks": 1080,
        "openvpn": 1194, "radius": 1812, "radius-acct": 1813, "nfs": 2049, "isns": 3205, "ms-wbt-server": 3389,
        "stun": 3478, "sip": 5060, "sips": 5061, "stuns": 5349, "coap": 5683, "http-alt": 8080, "memcache": 11211,
        // What people call some of them; none of these names could mean another port.
        "dns": 53, "rdp": 3389,
    ]

    private static let tcpOnly: KeyValuePairs<StaticString, UInt16> = [
        "tcpmux": 1, "systat": 11, "qotd": 17, "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25,
        "mail": 25, "whois": 43, "gopher": 70, "finger": 79, "http": 80, "www": 80, "iso-tsap": 102, "pop3": 110,
        "ident": 113, "auth": 113, "nntp": 119, "netbios-ssn": 139, "imap": 143, "imap2": 143, "bgp": 179,
        "microsoft-ds": 445, "submissions": 465, "smtps": 465, "exec": 512, "login": 513, "shell": 514,
        "printer": 515, "uucp": 540, "afpovertcp": 548, "nntps": 563, "submission": 587, "ipp": 631, "ldp": 646,
        "kerberos-adm": 749, "iscsi": 860, "ftps-data": 989, "ftps": 990, "telnets": 992, "imaps": 993, "pop3s": 995,
        "rmiregistry": 1099, "ms-sql-s": 1433, "oracle": 1521, "pptp": 1723, "mqtt": 1883, "docker": 2375,
        "docker-s": 2376, "etcd-client": 2379, "etcd-server": 2380, "cvspserver": 2401, "dict": 2628, "gpsd": 2947,
        "gds-db": 3050, "iscsi-target": 3260, "mysql": 3306, "distcc": 3632, "svn": 3690, "sieve": 4190, "epmd": 4369,
        "ntske": 4460, "xmpp-client": 5222, "xmpp-server": 5269, "postgresql": 5432, "nrpe": 5666, "amqps": 5671,
        "amqp": 5672, "vnc": 5900, "rfb": 5900, "winrm": 5985, "winrms": 5986, "x11": 6000, "redis": 6379,
        "syslog-tls": 6514, "irc": 6667, "ircd": 6667, "ircs-u": 6697, "puppet": 8140, "https-alt": 8443,
        "secure-mqtt": 8883, "jetdirect": 9100, "bacula-dir": 9101, "bacula-fd": 9102, "bacula-sd": 9103, "git": 9418,
        "webmin": 10000, "zabbix-agent": 10050, "zabbix-trapper": 10051, "hkp": 11371, "mongodb": 27017,
        "smb": 445, "mssql": 1433, "postgres": 5432,
    ]

    private static let udpOnly: KeyValuePairs<StaticString, UInt16> = [
        "bootps": 67, "bootpc": 68, "tftp": 69, "ntp": 123, "netbios-ns": 137, "netbios-dgm": 138, "xdmcp": 177,
        "ptp-event": 319, "ptp-general": 320, "isakmp": 500, "biff": 512, "who": 513, "syslog": 514, "talk": 517,
        "ntalk": 518, "rip": 520, "router": 520, "ripng": 521, "dhcpv6-client": 546, "dhcpv6-server": 547,
        "ipmi": 623, "asf-rmcp": 623, "ms-sql-m": 1434, "l2tp": 1701, "l2f": 1701, "ssdp": 1900, "hsrp": 1985,
        "gtp-control": 2123, "gtp-user": 2152, "icpv2": 3130, "teredo": 3544, "bfd-control": 3784,
        "ipsec-nat-t": 4500, "iax": 4569, "vxlan": 4789, "mdns": 5353, "llmnr": 5355, "geneve": 6081, "sflow": 6343,
        "babel": 6696, "wireguard": 51820,
    ]
}

extension Service {
    /// Whether services have the port, but none of them in this transport protocol.
    public static func isOfOtherProtocol(_ port: UInt16, _ transport: IPProtocol) -> Bool {
        let own: Transports
        switch transport {
        case .tcp: own = .tcp
        case .udp: own = .udp
        default: return false
        }
        guard let known = transportsByPort[port] else { return false }
        return known.isDisjoint(with: own)
    }

    /// The transport protocols in which a port has a name.
    private static let transportsByPort: [UInt16: Transports] = all.reduce(into: [:]) { table, service in
        table[service.port, default: []].formUnion(service.transports)
    }
}
