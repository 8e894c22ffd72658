//! The `--set` family on texts that nobody would write.

use chartc::source::{Kind, Sources};
use chartc::values::{Layers, Set, SetKind};
use proptest::prelude::*;
use proptest::sample::select;

use crate::fuzz;

const PIECES: &[&str] = &[
    "a",
    "b.c",
    ".",
    "..",
    "=",
    ",",
    "[",
    "]",
    "[0]",
    "[1]",
    "[-1]",
    "[70000]",
    "{",
    "}",
    "{a,b}",
    "{a,{b}}",
    "\\",
    "\\.",
    "\\,",
    "\\=",
    "\"",
    "'",
    " ",
    "\n",
    "\t",
    "1",
    "0x1F",
    "1.5",
    "1e9",
    "true",
    "null",
    "é",
    "{\"a\": 1}",
    "[1, null]",
    ":",
    "a[0].b=",
    "a[0][1]=",
    "global.x=",
];

#[test]
fn every_flag_has_an_end() {
    let text = prop::collection::vec(select(PIECES), 0..16).prop_map(|pieces| pieces.concat());
    let flag = (select(&SetKind::ALL[..]), text);
    fuzz::check(prop::collection::vec(flag, 1..4), |flags| {
        let mut sources = Sources::default();
        let mut layers = Layers::default();
        for (kind, text) in flags {
            let text = sources.add(Kind::Flag, kind.flag(), text.into_bytes());
            layers.sets.push(Set { kind, text });
        }
        if let Err(error) = layers.merge(&sources, None) {
            assert!(error.to_string().starts_with("failed parsing --set"), "{error}");
        }
    });
}
