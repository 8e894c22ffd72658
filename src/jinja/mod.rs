//! The second dialect: `templates/*.j2`, run by minijinja with the same values and functions.
