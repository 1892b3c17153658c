/// How iptables(8) asks for a field.
public enum IptablesWords: Sendable, Hashable {
    /// `-m MODULE --OPTION VALUE`, where the module takes ranges with this between the ends; without one, each value is a condition.
    case option(String, String, range: String? = nil)
    /// The same, where the module has names of its own, by number; it has none for what is empty.
    case names(String, String, [String])
    /// It has no words for this, because…
    case none(because: String)
}
