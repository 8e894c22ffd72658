//! Compiles and checks Helm charts.
//!
//! The modules below are in reading order, which is also the order in which data flows: a chart's
//! files become a [`chart`], its [`values`] are merged, its [`template`]s compiled into a
//! [`program`] and run by [`exec`]; [`manifest`] reads the output into objects, [`kube`] and
//! [`rules`] judge them, [`diff`] and [`golden`] compare them, [`report`] prints what was found.
//! A module imports only modules above it; `tests/suite/tidy.rs` holds the table.

pub mod nearest;
pub mod source;
pub mod diagnostic;
pub mod origin;
pub mod yaml;
pub mod config;
pub mod value;
pub mod funcs;
pub mod chart;
pub mod values;
pub mod template;
pub mod program;
pub mod exec;
pub mod jinja;
pub mod manifest;
pub mod kube;
pub mod rules;
pub mod diff;
pub mod golden;
pub mod report;
pub mod suppress;
pub mod pipeline;
pub mod cli;
