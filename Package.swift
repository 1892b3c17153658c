// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: Swift 6 mode comes with the tools version.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// What lets tests make the program fail is in debug builds only.
let faults: [SwiftSetting] = strict + [.define("WEIR_FAULTS", .when(configuration: .debug))]

let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "weir",
    products: [
        .executable(name: "weir", targets: ["weir"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // A target imports only targets listed above it.
        .systemLibrary(
            name: "CNetfilter",
            pkgConfig: "libnftnl",
            providers: [.apt(["libmnl-dev", "libnftnl-dev"])]
        ),
        .target(name: "CLinux"),
        .target(name: "Faults", swiftSettings: faults),
        .target(name: "NetworkTypes", swiftSettings: strict),
        .target(name: "Vocabulary", dependencies: ["NetworkTypes"], swiftSettings: strict),
        .target(name: "Diagnostics", dependencies: ["NetworkTypes"], swiftSettings: strict),
        .target(
            name: "Netlink",
            dependencies: ["CNetfilter", "CLinux", "Faults", systemPackage],
            swiftSettings: faults
        ),
        .target(name: "RuleLanguage", dependencies: ["Diagnostics", "Vocabulary"], swiftSettings: strict),
        .target(name: "RulesetModel", dependencies: ["NetworkTypes", "Vocabulary"], swiftSettings: strict),
        .target(name: "KernelObjects", dependencies: ["NetworkTypes"], swiftSettings: strict),
        .target(
            name: "RulesetCompiler",
            dependencies: [
                "CLinux", "Diagnostics", "NetworkTypes", "RuleLanguage", "RulesetModel", "Vocabulary",
                systemPackage,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Suggestions",
            dependencies: ["Diagnostics", "NetworkTypes", "RulesetCompiler", systemPackage],
            swiftSettings: strict
        ),
        .target(
            name: "Lowering",
            dependencies: ["NetworkTypes", "RulesetModel", "KernelObjects", "Diagnostics", "Vocabulary"],
            swiftSettings: strict
        ),
        .target(name: "Reconciliation", dependencies: ["KernelObjects", "NetworkTypes"], swiftSettings: strict),
        .target(
            name: "Guards",
            dependencies: ["KernelObjects", "NetworkTypes", "Reconciliation"],
            swiftSettings: strict
        ),
        .target(
            name: "KernelState",
            dependencies: ["Faults", "Netlink", "KernelObjects", "NetworkTypes", "Reconciliation", systemPackage],
            swiftSettings: faults
        ),
        .target(
            name: "Emitters",
            dependencies: [
                "Diagnostics", "NetworkTypes", "RulesetModel", "KernelObjects", "Lowering", "Reconciliation",
                "Vocabulary",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Transactions",
            dependencies: [
                "CLinux", "Faults", "Netlink", "KernelState", "KernelObjects", "NetworkTypes", "Reconciliation",
                systemPackage,
            ],
            swiftSettings: faults
        ),
        .target(
            name: "Commands",
            dependencies: [
                "Diagnostics", "NetworkTypes", "RuleLanguage", "RulesetModel", "RulesetCompiler", "Suggestions",
                "Lowering", "KernelObjects", "Reconciliation", "Guards", "KernelState", "Emitters", "Transactions",
                "Netlink",
                argumentParser, systemPackage,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "weir",
            dependencies: ["Commands"],
            swiftSettings: strict,
            // All that the dynamic linker writes to is read-only before main begins.
            linkerSettings: [.unsafeFlags(["-z", "relro", "-z", "now"].flatMap { ["-Xlinker", $0] })]
        ),

        .target(
            name: "TestSupport",
            dependencies: ["CLinux", "NetworkTypes", "RulesetModel", "Vocabulary", systemPackage],
            path: "Tests/Support",
            exclude: ["README.md"],
            swiftSettings: strict
        ),
        .testTarget(name: "NetworkTypesTests", dependencies: ["NetworkTypes", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "NetlinkTests", dependencies: ["Netlink", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "RuleLanguageTests",
            dependencies: ["RuleLanguage", "Diagnostics", "TestSupport", "Vocabulary"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RulesetModelTests",
            dependencies: ["RulesetModel", "NetworkTypes", "RuleLanguage", "TestSupport", "Vocabulary"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "KernelObjectsTests",
            dependencies: ["KernelObjects", "Netlink", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RulesetCompilerTests",
            dependencies: ["RulesetCompiler", "RulesetModel", "RuleLanguage", "Diagnostics", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SuggestionsTests",
            dependencies: ["Suggestions", "RulesetCompiler", "Diagnostics", "TestSupport", systemPackage],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LoweringTests",
            dependencies: [
                "Diagnostics", "Lowering", "RulesetCompiler", "RulesetModel", "KernelObjects", "KernelState",
                "Reconciliation", "NetworkTypes", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ReconciliationTests",
            dependencies: ["Reconciliation", "KernelObjects", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GuardsTests",
            dependencies: [
                "Guards", "KernelObjects", "KernelState", "Lowering", "NetworkTypes", "Reconciliation",
                "RulesetCompiler", "RulesetModel", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "KernelStateTests",
            dependencies: ["KernelState", "KernelObjects", "Reconciliation", "Netlink", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EmittersTests",
            dependencies: [
                "Emitters", "Diagnostics", "NetworkTypes", "RulesetModel", "RulesetCompiler", "Lowering", "Vocabulary",
                "KernelObjects",
                "KernelState", "Reconciliation", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TransactionsTests",
            dependencies: [
                "Lowering", "RulesetModel", "Transactions", "KernelState", "KernelObjects", "Reconciliation",
                "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "Commands", "Diagnostics", "Emitters", "NetworkTypes", "RulesetModel", "KernelObjects", "KernelState",
                "Reconciliation", "Transactions", "TestSupport", argumentParser, systemPackage,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: ["Commands", "Netlink", "NetworkTypes", "RulesetModel", "TestSupport"],
            swiftSettings: strict
        ),
    ]
)
