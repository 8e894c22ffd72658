//! Golden files against a render.
