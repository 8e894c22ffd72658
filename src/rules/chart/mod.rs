//! Rules about a chart as its author wrote it: `Chart.yaml`, values, templates, what lies beside them.

use crate::rules::Rule;

mod chart_metadata;
mod chart_name;
mod crd_file;
mod dependency_condition;
mod dependency_unlocked;
mod dependency_version;
mod deprecated_chart;
mod duplicate_template;
mod duplicate_values_key;
mod hard_coded_namespace;
mod ignored_resource_policy;
mod incomplete_chart_metadata;
mod no_notes;
mod no_values_schema;
mod numeric_version;
mod schema_misses_value;
mod template_extension;
mod undeclared_dependency;
mod undefined_value;
mod unknown_chart_key;
mod unknown_subchart_value;
mod unqualified_template_name;
mod unused_template;
mod unused_value;
mod values_key_style;

pub(super) const RULES: &[&Rule] = &[
    &chart_metadata::RULE,
    &unknown_chart_key::RULE,
    &chart_name::RULE,
    &incomplete_chart_metadata::RULE,
    &deprecated_chart::RULE,
    &undeclared_dependency::RULE,
    &dependency_version::RULE,
    &dependency_unlocked::RULE,
    &dependency_condition::RULE,
    &duplicate_values_key::RULE,
    &numeric_version::RULE,
    &undefined_value::RULE,
    &unused_value::RULE,
    &unknown_subchart_value::RULE,
    &hard_coded_namespace::RULE,
    &template_extension::RULE,
    &crd_file::RULE,
    &ignored_resource_policy::RULE,
    &unused_template::RULE,
    &duplicate_template::RULE,
    &unqualified_template_name::RULE,
    &no_values_schema::RULE,
    &schema_misses_value::RULE,
    &no_notes::RULE,
    &values_key_style::RULE,
];
