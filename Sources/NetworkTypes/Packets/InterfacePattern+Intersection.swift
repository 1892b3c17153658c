extension InterfacePattern {
    /// The pattern for the interfaces that both mean; nothing where there can be none.
    public func intersection(_ other: InterfacePattern) -> InterfacePattern? {
        if isPrefix && other.name.rawValue.utf8.starts(with: name.rawValue.utf8) { return other }
        if other.isPrefix && name.rawValue.utf8.starts(with: other.name.rawValue.utf8) { return self }
        return self == other ? self : nil
    }
}
