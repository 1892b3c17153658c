public import Testing

/// Fails a test, with the way to help, if Python lacks a module.
public struct RequiredPythonModule: TestTrait, SuiteTrait {
    private let module: String
    private let package: String

    /// Names the module and the Debian package that has it.
    public init(module: String, package: String) {
        self.module = module
        self.package = package
    }

    /// A suite hands the requirement on to its tests.
    public var isRecursive: Bool { true }

    /// Refuses to run the test without its module.
    public func prepare(for test: Test) async throws {
        let result = try run("python3", "-c", "import \(module)")
        guard result.status == 0 else { throw MissingPythonModule(module: module, package: package) }
    }
}

/// A Python module that a test needs and that is not installed.
public struct MissingPythonModule: Error, CustomStringConvertible {
    fileprivate let module: String
    fileprivate let package: String

    /// The module and how to get it.
    public var description: String {
        "Python has no module \(module); apt-get install \(package)"
    }
}

extension Trait where Self == RequiredPythonModule {
    /// The test needs python3 with the module jsonschema.
    public static var requiresJSONSchema: Self {
        RequiredPythonModule(module: "jsonschema", package: "python3-jsonschema")
    }
}
