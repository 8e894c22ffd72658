//! Runs a program: scopes, calls, `include`, `tpl`, `lookup`, `required`, limits.
