//! Rules in CEL (`x-kubernetes-validations`).

use super::super::cel::uses_old_self;
use super::super::schema::Schema;
use super::super::{At, field_path};
use super::{Found, unsupported};
use crate::diagnostic::Cause;
use crate::kube::field::Path;

impl Found<'_> {
    pub(super) fn rules(&mut self, at: At<'_, '_>, schema: Schema<'_>) {
        let list = at.path.child("x-kubernetes-validations");
        for (index, rule) in schema.list("x-kubernetes-validations").enumerate() {
            let place = list.index(index);
            self.rule_text(place, rule);
            self.rule_reason(place, rule);
            self.rule_path(place, rule, schema);
        }
    }

    fn rule_text(&mut self, place: Path<'_>, rule: Schema<'_>) {
        let text = rule.text("rule").unwrap_or_default().trim();
        let message = rule.text("message").unwrap_or_default();
        let node = rule.node();
        if text.is_empty() {
            self.push((place.child("rule"), node), Cause::Required, "rule is not specified");
        } else if is_blank(message) {
            let detail = "must be non-empty if specified";
            self.push((place.child("message"), node), Cause::Invalid, detail);
        } else if message.trim().contains(LINE_BREAKS) {
            let detail = "must not contain line breaks";
            self.push((place.child("message"), node), Cause::Invalid, detail);
        } else if text.contains(LINE_BREAKS) && message.is_empty() {
            let detail = "message must be specified if rule contains line breaks";
            self.push((place.child("message"), node), Cause::Required, detail);
        }
        if is_blank(rule.text("messageExpression").unwrap_or_default()) {
            let detail = "messageExpression must be non-empty if specified";
            self.push((place.child("messageExpression"), node), Cause::Required, detail);
        }
    }

    fn rule_reason(&mut self, place: Path<'_>, rule: Schema<'_>) {
        const REASONS: [&str; 4] = [
            "FieldValueRequired",
            "FieldValueForbidden",
            "FieldValueInvalid",
            "FieldValueDuplicate",
        ];
        if rule.text("reason").is_some_and(|reason| !REASONS.contains(&reason)) {
            let node = rule.get("reason").unwrap_or(rule.node());
            let detail = "supported values: \"FieldValueDuplicate\", \"FieldValueForbidden\", \
                 \"FieldValueInvalid\", \"FieldValueRequired\"";
            self.push((place.child("reason"), node), Cause::NotSupported, detail);
        }
    }

    fn rule_path(&mut self, place: Path<'_>, rule: Schema<'_>, schema: Schema<'_>) {
        let Some(node) = rule.get("fieldPath") else { return };
        let text = rule.text("fieldPath").unwrap_or_default();
        let path = place.child("fieldPath");
        if is_blank(text) {
            self.push((path, node), Cause::Invalid, "must be non-empty if specified");
        }
        if text.contains(LINE_BREAKS) {
            self.push((path, node), Cause::Invalid, "must not contain line breaks");
        }
        let is_known =
            unsupported(schema, 0).is_some() || field_path::find(text, schema, true).is_ok();
        if !text.is_empty() && !is_known {
            self.push((path, node), Cause::Invalid, "must be a valid path");
        }
    }

    /// Compiles the rules of a sound schema, as far as they can be compiled without its types.
    pub(super) fn compile_rules(
        &mut self,
        at: At<'_, '_>,
        schema: Schema<'_>,
        uncorrelatable: Option<&Path<'_>>,
    ) {
        let Some(compiler) = self.rules else { return };
        let list = at.path.child("x-kubernetes-validations");
        for (index, rule) in schema.list("x-kubernetes-validations").enumerate() {
            let place = list.index(index);
            let text = rule.text("rule").unwrap_or_default();
            let node = rule.get("rule").unwrap_or(rule.node());
            let mut refuse = |(path, node), detail| {
                let mut found = Found::default();
                found.push((path, node), Cause::Invalid, detail);
                self.rule_errors.append(&mut found.errors);
            };
            if let Some(fault) = compiler.fault(text) {
                let detail = format!("compilation failed: {}", fault.message);
                refuse((place.child("rule"), node), detail);
            }
            let message = rule.text("messageExpression").unwrap_or_default();
            if let Some(fault) = (!message.is_empty()).then(|| compiler.fault(message)).flatten() {
                let detail = format!("messageExpression compilation failed: {}", fault.message);
                refuse((place.child("messageExpression"), node), detail);
            }
            if !uses_old_self(text) {
                if let Some(node) = rule.get("optionalOldSelf") {
                    let detail = "may not be set if oldSelf is not used in rule".to_owned();
                    refuse((place.child("optionalOldSelf"), node), detail);
                }
            } else if let Some(part) = uncorrelatable {
                let detail = format!(
                    "oldSelf cannot be used on the uncorrelatable portion of the schema within {part}"
                );
                refuse((place.child("rule"), node), detail);
            }
        }
    }
}

const LINE_BREAKS: [char; 2] = ['\n', '\r'];

/// Not empty, but nothing to read.
fn is_blank(text: &str) -> bool {
    !text.is_empty() && text.trim().is_empty()
}
