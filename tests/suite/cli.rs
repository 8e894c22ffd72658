//! The command line as people see it: each page of `tests/cli/` shows commands and what they print.

#[test]
fn commands_print_what_their_pages_show() {
    // Whoever runs the tests may have a cluster of their own.
    trycmd::TestCases::new().env("KUBECONFIG", "/dev/null").case("tests/cli/*.md");
}
