//! Arguments, one file per subcommand, the only access to disk, clock, environment and terminal.
