extension ConfigurationOption {
    /// The row for a value that holds the root.
    package func lifted<Outer>(
        _ path: WritableKeyPath<Outer, Root>
    ) -> ConfigurationOption<Outer> {
        ConfigurationOption<Outer>(
            key: key, allowed: allowed, summary: summary, isReloadable: isReloadable,
            defaultText: { defaultText($0[keyPath: path]) },
            apply: { (root, node, mapper) throws(ConfigurationError) in
                try apply(&root[keyPath: path], node, mapper)
            },
            field: field.map { $0.lifted(path) }, isRequired: isRequired)
    }

    /// The same for a key that must be there and not be empty.
    package func required() -> Self {
        var row = self
        row.isRequired = true
        return row
    }
}

extension OptionField {
    fileprivate func lifted<Outer>(_ path: WritableKeyPath<Outer, Root>) -> OptionField<Outer> {
        OptionField<Outer>(
            isSame: { isSame($0[keyPath: path], $1[keyPath: path]) },
            copy: { copy($0[keyPath: path], &$1[keyPath: path]) })
    }
}
