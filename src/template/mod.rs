//! Syntax of Go templates: tokens, tree, parser. Never fails: a tree and a list of problems.
