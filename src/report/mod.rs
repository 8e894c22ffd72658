//! Diagnostics and changes in words: one file per format.
