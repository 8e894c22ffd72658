//! The command line as people see it: each page of `tests/cli/` shows commands and what they print.

#[test]
fn commands_print_what_their_pages_show() {
    trycmd::TestCases::new().case("tests/cli/*.md");
}
