//! The answer of `chartc why`.

use serde_json::json;

use crate::diagnostic::{Diagnostic, Group, Place, Severity};
use crate::report::{Finding, Location, full, json};
use crate::source::Sources;

/// Says what made a field, for people or as one JSON object.
pub fn why(place: Place, value: &str, sources: &Sources, as_json: bool) -> String {
    let field = Diagnostic::new(Group::Template, "why", Severity::Info, place, String::new());
    let field = Finding::new(field, sources, None, None);
    if as_json {
        let mut all = json::finding(&field);
        let kept = ["location", "stack", "values", "rendered"]
            .map(|key| (key.to_owned(), all[key].take()));
        let mut answer: serde_json::Map<_, _> = kept.into_iter().collect();
        answer.insert("value".to_owned(), json!(value));
        return format!("{}\n", serde_json::Value::Object(answer));
    }
    let mut lines = vec![value.to_owned()];
    if let Some(at) = &field.location {
        lines.push(format!("  made by    {}: {}", place_of(at), excerpt(at)));
    }
    for frame in &field.stack {
        lines.push(format!(
            "  called by  {}: {}",
            place_of(&frame.location),
            excerpt(&frame.location)
        ));
    }
    lines.extend(field.values.iter().map(|one| format!("  values     {}", full::value(one))));
    if let Some(rendered) = &field.rendered {
        lines.push(format!("  rendered   {}:{}", rendered.document, rendered.location.line));
    }
    lines.join("\n") + "\n"
}

fn place_of(at: &Location) -> String {
    format!("{}:{}:{}", at.file, at.line, at.column)
}

/// The first line of what stands there.
fn excerpt(at: &Location) -> String {
    let (start, end) = at.range;
    let text = at.text.get(start as usize..end as usize).unwrap_or_default();
    String::from_utf8_lossy(text).lines().next().unwrap_or_default().trim().to_owned()
}
