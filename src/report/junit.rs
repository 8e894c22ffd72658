//! JUnit XML, in the form that Jenkins, GitLab and GitHub's test reporters read: a suite for each
//! chart or file, a failed test for each finding that fails the run, a passed one for the rest.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::diagnostic::Severity;
use crate::report::{Finding, Report};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut suites: indexmap::IndexMap<&str, Vec<&Finding>> =
        report.checked.iter().map(|name| (name.as_str(), Vec::new())).collect();
    for finding in &report.findings {
        suites.entry(suite_name(finding)).or_default().push(finding);
    }
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.write_event(Event::Start(
        BytesStart::new("testsuites").with_attributes([("name", "chartc")]),
    ))?;
    for (name, findings) in &suites {
        suite(&mut xml, name, findings, report.fail_on)?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    writeln!(xml.into_inner())
}

fn suite_name(finding: &Finding) -> &str {
    let file = finding.location.as_ref().map(|at| at.file.as_str());
    finding.chart_path().or(file).unwrap_or("chartc")
}

fn suite(
    xml: &mut Writer<&mut dyn Write>,
    name: &str,
    findings: &[&Finding],
    fail_on: Severity,
) -> io::Result<()> {
    let name = &clean(name);
    let failures = findings.iter().filter(|finding| finding.severity >= fail_on).count();
    // A suite without a test counts as broken in some readers.
    let tests = findings.len().max(1);
    let start = BytesStart::new("testsuite").with_attributes([
        ("name", name.as_str()),
        ("tests", tests.to_string().as_str()),
        ("failures", failures.to_string().as_str()),
        ("errors", "0"),
    ]);
    xml.write_event(Event::Start(start))?;
    if findings.is_empty() {
        xml.write_event(Event::Empty(
            BytesStart::new("testcase")
                .with_attributes([("name", "check"), ("classname", name.as_str())]),
        ))?;
    }
    for finding in findings {
        test(xml, name, finding, finding.severity >= fail_on)?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuite")))
}

fn test(
    xml: &mut Writer<&mut dyn Write>,
    suite: &str,
    finding: &Finding,
    fails: bool,
) -> io::Result<()> {
    let place = finding
        .location
        .as_ref()
        .map_or_else(String::new, |at| format!(" {}:{}", at.file, at.line));
    let name = clean(&format!("{}{place}", finding.rule));
    let case = BytesStart::new("testcase")
        .with_attributes([("name", name.as_str()), ("classname", suite)]);
    xml.write_event(Event::Start(case))?;
    let element = if fails { "failure" } else { "system-out" };
    let mut start = BytesStart::new(element);
    if fails {
        start.push_attribute(("message", clean(&finding.message).as_str()));
        start.push_attribute(("type", finding.severity.name()));
    }
    xml.write_event(Event::Start(start))?;
    xml.write_event(Event::Text(BytesText::new(&clean(&super::paragraph(finding)))))?;
    xml.write_event(Event::End(BytesEnd::new(element)))?;
    xml.write_event(Event::End(BytesEnd::new("testcase")))
}

/// Without the characters that XML 1.0 cannot hold (its production `Char`).
fn clean(text: &str) -> String {
    let allowed =
        |c: &char| (*c >= ' ' || matches!(c, '\n' | '\t')) && !matches!(c, '\u{FFFE}' | '\u{FFFF}');
    text.chars().filter(allowed).collect()
}
