//! Probes and lifecycle hooks: `validateProbe`, `validateHandler` and `validateLifecycle` of
//! `pkg/apis/core/validation`.

use super::features::Features;
use super::pod::Pod;
use super::values::{one_of, validate_nonnegative};
use crate::kube::field::{Errors, Field};
use crate::kube::names;
use crate::yaml::{Kind, Node};

/// The three probes of a container that runs.
pub(crate) fn validate_probes(container: &Field, pod: &Pod, errors: &mut Errors) {
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let probe = container.get(name);
        if !probe.is_set() {
            continue;
        }
        validate_probe(&probe, pod, errors);
        let (threshold, grace) =
            (probe.get("successThreshold"), probe.get("terminationGracePeriodSeconds"));
        if name == "readinessProbe" {
            if grace.is_set() {
                errors.invalid(&grace, "must not be set for readinessProbes");
            }
        } else if !matches!(threshold.int_or(0), 0 | 1) {
            errors.invalid(&threshold, "must be 1");
        }
    }
}

/// `validateProbe`.
fn validate_probe(probe: &Field, pod: &Pod, errors: &mut Errors) {
    validate_handler(probe, &["exec", "httpGet", "tcpSocket", "grpc"], pod, errors);
    let counts = [
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ];
    for name in counts {
        validate_nonnegative(&probe.get(name), errors);
    }
    let grace = probe.get("terminationGracePeriodSeconds");
    if grace.int().is_some_and(|seconds| seconds <= 0) {
        errors.invalid(&grace, "must be greater than 0");
    }
}

/// `validateLifecycle`.
pub(crate) fn validate_lifecycle(lifecycle: &Field, pod: &Pod, errors: &mut Errors) {
    for name in ["postStart", "preStop"] {
        let hook = lifecycle.get(name);
        if hook.is_set() && !is_hook_dropped(&hook, pod.features()) {
            let handlers: &[&str] = match pod.features().pod_lifecycle_sleep_action() {
                true => &["exec", "httpGet", "tcpSocket", "sleep"],
                false => &["exec", "httpGet", "tcpSocket"],
            };
            validate_handler(&hook, handlers, pod, errors);
        }
    }
}

/// Nothing is left of a lifecycle that has only what is behind gates that are off: the signal that
/// stops a container, whose gate is off in every version, and hooks that sleep.
pub(crate) fn is_lifecycle_dropped(lifecycle: &Field, features: Features) -> bool {
    let hooks = ["postStart", "preStop"].map(|name| lifecycle.get(name));
    let dropped = hooks.iter().filter(|hook| is_hook_dropped(hook, features)).count();
    let given = hooks.iter().filter(|hook| hook.is_set()).count();
    given == dropped && (dropped > 0 || lifecycle.get("stopSignal").is_set())
}

/// `dropPodLifecycleSleepAction`.
fn is_hook_dropped(hook: &Field, features: Features) -> bool {
    let others = ["exec", "httpGet", "tcpSocket"].iter().any(|name| hook.get(name).is_set());
    !features.pod_lifecycle_sleep_action() && hook.get("sleep").is_set() && !others
}

/// `validateHandler`: exactly one of the handlers.
fn validate_handler(parent: &Field, handlers: &[&str], pod: &Pod, errors: &mut Errors) {
    let mut any = false;
    for name in handlers {
        let handler = parent.get(name);
        if !handler.is_set() {
            continue;
        }
        if any {
            errors.forbidden(&handler, "may not specify more than 1 handler type");
            continue;
        }
        any = true;
        match *name {
            "exec" => validate_exec(&handler, errors),
            "httpGet" => validate_http_get(&handler, errors),
            "sleep" => validate_sleep(&handler, pod, errors),
            _ => validate_port_num_or_name(&handler.get("port"), errors),
        }
    }
    if !any {
        errors.required(parent, "must specify a handler type");
    }
}

fn validate_exec(exec: &Field, errors: &mut Errors) {
    let command = exec.get("command");
    if command.is_empty() {
        errors.required(&command, "");
    }
}

/// `validateHTTPGetAction`; the path is `/` and the scheme `HTTP` by default.
fn validate_http_get(http: &Field, errors: &mut Errors) {
    validate_port_num_or_name(&http.get("port"), errors);
    let scheme = http.get("scheme");
    if !scheme.text().is_empty() {
        one_of(&scheme, &["HTTP", "HTTPS"], errors);
    }
    let headers = http.get("httpHeaders");
    for header in headers.items() {
        let name = header.get("name");
        errors.invalid_each(&name.value_in(&headers), names::is_http_header_name(name.text()));
    }
}

/// `ValidatePortNumOrName`: no port at all is port 0.
pub(crate) fn validate_port_num_or_name(port: &Field, errors: &mut Errors) {
    match port.node().map(Node::kind) {
        Some(Kind::String) => errors.invalid_each(port, names::is_valid_port_name(port.text())),
        _ => errors.invalid_number(port, names::is_valid_port_num(port.int_or(0))),
    }
}

/// `validateSleepAction`: reported at the action, with its seconds.
fn validate_sleep(sleep: &Field, pod: &Pod, errors: &mut Errors) {
    let seconds = sleep.get("seconds");
    let (value, grace) = (seconds.int_or(0), pod.grace_period());
    let least = if pod.features().pod_lifecycle_sleep_action_allow_zero() { 0 } else { 1 };
    if value >= least && value <= grace {
        return;
    }
    let detail = match least {
        0 => {
            format!("must be non-negative and less than terminationGracePeriodSeconds ({grace})")
        }
        _ => format!(
            "must be greater than 0 and less than terminationGracePeriodSeconds ({grace}). Enable \
             AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep."
        ),
    };
    errors.invalid(&seconds.value_in(sleep), detail);
}

#[cfg(test)]
mod tests {
    use super::super::testing::check_pod;

    #[track_caller]
    fn check(probe: &str, expected: &str) {
        check_pod(&format!("containers:\n- name: a\n  image: i\n  {probe}"), expected);
    }

    #[test]
    fn one_handler() {
        check(
            "livenessProbe: {}",
            "spec.containers[0].livenessProbe: Required value: must specify a handler",
        );
        check(
            "livenessProbe: {exec: {}, tcpSocket: {port: 1}}",
            "spec.containers[0].livenessProbe.exec.command: Required value
             spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler",
        );
    }

    #[test]
    fn ports_of_handlers() {
        check(
            "readinessProbe: {httpGet: {}}",
            "spec.containers[0].readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535",
        );
        check(
            "readinessProbe: {httpGet: {port: \"80\", scheme: http, httpHeaders: [{name: a b}]}}",
            "spec.containers[0].readinessProbe.httpGet.port: Invalid value: \"80\": must contain at least one
             spec.containers[0].readinessProbe.httpGet.scheme: Unsupported value: \"http\"
             spec.containers[0].readinessProbe.httpGet.httpHeaders: Invalid value: \"a b\"",
        );
    }

    #[test]
    fn thresholds() {
        check(
            "startupProbe: {grpc: {port: 1}, periodSeconds: -1, successThreshold: 2}",
            "spec.containers[0].startupProbe.periodSeconds: Invalid value: -1
             spec.containers[0].startupProbe.successThreshold: Invalid value: 2: must be 1",
        );
        check(
            "readinessProbe: {grpc: {port: 1}, successThreshold: 2, terminationGracePeriodSeconds: 5}",
            "spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 5",
        );
    }

    #[test]
    fn sleeping_is_bounded_by_the_grace_period() {
        check("lifecycle: {preStop: {sleep: {seconds: 30}}}", "");
        check(
            "lifecycle: {preStop: {sleep: {seconds: 31}}}",
            "spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31",
        );
    }
}
