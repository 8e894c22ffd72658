//! `render`, `check`, `compare`: the stages, one line each.
