//! A `FileSet` (directory or .tgz) into a chart tree: metadata, ignore file, dependencies.
