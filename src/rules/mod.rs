//! Policy rules: one file per rule, with its page and tests beside it.
