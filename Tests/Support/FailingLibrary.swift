import Glibc

/// A library that lets functions of the C library fail in every program of a `PrivateMounts`, also in those that have no environment
/// (`Tests/Failing/failing.c`).
public enum FailingLibrary {
    /// Compiles it into a directory; returns its path.
    public static func build(in directory: String) throws -> String {
        let path = "\(directory)/failing.so"
        let source = "\(packageDirectory)/Tests/Failing/failing.c"
        let definition = "-DFAILING=\"\(faultFile)\""
        let arguments = ["clang", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", definition, "-o", path, source]
        _ = try run(arguments, timeout: 60).succeeded()
        return path
    }

    /// The file that says what fails, as it is described in the source.
    public static let faultFile = "/etc/failing"

    /// What a `PrivateMounts` mounts so that the library at `$1` is loaded by whatever is started there.
    public static let script = "mount -t tmpfs none /etc; echo \"$1\" >/etc/ld.so.preload"
}
