//! Rules that users wrote: expressions in `chartc.yaml`, and ValidatingAdmissionPolicies.

mod expression;
mod path;
mod policy;

use crate::config;
use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::kube::cel;
use crate::manifest::Objects;
use crate::rules::{Input, Preset};
use crate::source::Span;

use expression::CustomRule;
use policy::Policies;

/// The rules of a user, compiled.
#[derive(Default)]
pub(super) struct Custom {
    rules: Vec<CustomRule>,
    policies: Policies,
    /// Those of all rules and policies, whether chosen or not.
    pub(super) names: Vec<String>,
}

impl Custom {
    /// Compiles the `custom-rules` that the user chose; what is wrong with them goes to the sink.
    pub(super) fn add_rules(
        &mut self,
        rules: &[config::CustomRule],
        choice: &config::Selection,
        sink: &mut Sink,
    ) {
        if rules.is_empty() {
            return;
        }
        self.names.extend(rules.iter().map(|rule| rule.name.clone()));
        let env = match cel::environment() {
            Ok(env) => env,
            Err(error) => return sink.report(no_language(&error.to_string())),
        };
        for rule in rules.iter().filter(|rule| is_chosen(&rule.name, choice)) {
            self.rules.extend(CustomRule::compile(rule, &env, sink));
        }
    }

    /// Compiles the ValidatingAdmissionPolicies among some objects.
    pub(super) fn add_policies(
        &mut self,
        objects: Objects,
        choice: &config::Selection,
        sink: &mut Sink,
    ) {
        match cel::environment() {
            Ok(env) => {
                let names = &mut self.names;
                let chosen = |name: &str| {
                    names.push(name.to_owned());
                    is_chosen(name, choice)
                };
                self.policies = Policies::compile(objects, &env, chosen, sink);
            }
            Err(error) => sink.report(no_language(&error.to_string())),
        }
    }

    pub(super) fn check(&self, input: &Input<'_>, sink: &mut Sink) {
        if !self.rules.is_empty() {
            expression::check(&self.rules, input, sink);
        }
        self.policies.check(input, sink);
    }
}

/// Users' own rules run as if they were recommended.
fn is_chosen(name: &str, choice: &config::Selection) -> bool {
    let own = |word: &config::Word| word.text == name || word.text == Group::Custom.name();
    let presets = [Preset::Recommended, Preset::Strict, Preset::All].map(Preset::name);
    let selected = choice.select.iter().chain(&choice.extend_select);
    let selected = choice.select.is_empty()
        || selected.into_iter().any(|word| own(word) || presets.contains(&word.text.as_str()));
    selected && !choice.ignore.iter().any(own)
}

/// Something is wrong with a rule itself.
fn broken(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(Group::Input, "config", Severity::Error, span, message)
}

fn no_language(error: &str) -> Diagnostic {
    let message = format!("expressions cannot be evaluated: {error}");
    let place = crate::diagnostic::Place::default();
    Diagnostic::new(Group::Input, "config", Severity::Error, place, message)
}
