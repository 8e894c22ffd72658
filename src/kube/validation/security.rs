//! Security contexts, of pods and of containers, with the annotations that came before them:
//! `pkg/apis/core/validation`.

use rustc_hash::FxHashSet;

use super::pod::{CONTAINER_LISTS, Pod};
use super::unique::Names;
use super::values::one_of;
use super::volume::validate_local_descending_path;
use crate::kube::field::{Errors, Field};
use crate::kube::names::{self, is_valid_id};

/// `validatePodSpecSecurityContext`.
pub(crate) fn validate_pod_security_context(pod: &Pod, errors: &mut Errors) {
    let spec = pod.spec;
    let context = spec.get("securityContext");
    for name in ["fsGroup", "runAsUser", "runAsGroup"] {
        validate_id(&context.get(name), errors);
    }
    for group in context.get("supplementalGroups").items() {
        validate_id(&group, errors);
    }
    let share = spec.get("shareProcessNamespace");
    if share.is_true() && spec.get("hostPID").is_true() {
        // The server reports this field of the spec at the security context.
        let at = share.moved(context.path().child("shareProcessNamespace"));
        errors.invalid(&at, "ShareProcessNamespace and HostPID cannot both be enabled");
    }
    validate_sysctls(&context, spec, errors);
    one_of(&context.get("fsGroupChangePolicy"), &["Always", "OnRootMismatch"], errors);
    validate_profiles(&context, errors);
    if pod.features().supplemental_groups_policy() {
        one_of(&context.get("supplementalGroupsPolicy"), &["Merge", "Strict"], errors);
    }
    if pod.features().se_linux_change_policy() {
        let policies: &[&str] = match pod.features().se_linux_mount() {
            true => &["MountOption", "Recursive"],
            false => &["Recursive"],
        };
        one_of(&context.get("seLinuxChangePolicy"), policies, errors);
    }
}

fn validate_profiles(context: &Field, errors: &mut Errors) {
    validate_seccomp_profile(&context.get("seccompProfile"), errors);
    validate_windows_options(&context.get("windowsOptions"), errors);
    validate_app_armor_profile(&context.get("appArmorProfile"), errors);
}

fn validate_id(id: &Field, errors: &mut Errors) {
    if let Some(value) = id.int() {
        errors.invalid_each(id, is_valid_id(value));
    }
}

/// `ValidateSecurityContext`. Privileged containers are allowed: clusters that forbid them are
/// rare, and cannot be told from here.
pub(crate) fn validate_security_context(context: &Field, pod: &Pod, errors: &mut Errors) {
    if !context.is_set() {
        return;
    }
    validate_id(&context.get("runAsUser"), errors);
    validate_id(&context.get("runAsGroup"), errors);
    let proc_mount = context.get("procMount");
    if pod.features().proc_mount_type() {
        one_of(&proc_mount, &["Default", "Unmasked"], errors);
        if pod.host_users() && proc_mount.text() == "Unmasked" {
            errors.invalid(&proc_mount, "`hostUsers` must be false to use `Unmasked`");
        }
    }
    validate_seccomp_profile(&context.get("seccompProfile"), errors);
    validate_escalation(context, errors);
    validate_windows_options(&context.get("windowsOptions"), errors);
    validate_app_armor_profile(&context.get("appArmorProfile"), errors);
}

fn validate_escalation(context: &Field, errors: &mut Errors) {
    if context.get("allowPrivilegeEscalation").bool() != Some(false) {
        return;
    }
    if context.get("privileged").is_true() {
        let problem = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
        errors.invalid(context, problem);
    }
    let capabilities = context.get("capabilities");
    let admin = capabilities.get("add").texts().filter(|added| *added == "CAP_SYS_ADMIN").count();
    for _ in 0..admin {
        let problem =
            "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN";
        errors.invalid(context, problem);
    }
}

/// `validateSysctls`.
fn validate_sysctls(context: &Field, spec: &Field, errors: &mut Errors) {
    let mut seen = Names::default();
    for sysctl in context.get("sysctls").items() {
        let name = sysctl.get("name");
        if name.text().is_empty() {
            errors.required(&name, "");
        } else if !is_sysctl_name(name.text()) {
            let problem = "must have at most 253 characters and match regex \
                 ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
            errors.invalid(&name, problem);
        } else if seen.contains(name.text()) {
            errors.duplicate(&name);
        }
        seen.add(name.text());
        validate_host_sysctl(&name, spec, errors);
    }
}

fn is_sysctl_name(name: &str) -> bool {
    let edge = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let part = |part: &str| {
        let bytes = part.as_bytes();
        bytes.first().is_some_and(|&b| edge(b))
            && bytes.last().is_some_and(|&b| edge(b))
            && bytes.iter().all(|&b| edge(b) || matches!(b, b'-' | b'_'))
    };
    name.len() <= 253 && name.split(['.', '/']).all(part)
}

/// `ValidateHostSysctl`: what belongs to the host cannot be set from a pod that shares it.
fn validate_host_sysctl(name: &Field, spec: &Field, errors: &mut Errors) {
    let dotted = name.text().replace('/', ".");
    let is_net = dotted.starts_with("net.");
    let is_ipc = ["kernel.shm", "kernel.msg", "fs.mqueue."].iter().any(|p| dotted.starts_with(p))
        || dotted == "kernel.sem";
    if is_net && spec.get("hostNetwork").is_true() {
        errors.invalid(name, "may not be specified when 'hostNetwork' is true");
    } else if is_ipc && spec.get("hostIPC").is_true() {
        errors.invalid(name, "may not be specified when 'hostIPC' is true");
    }
}

/// `validateSeccompProfileField`.
fn validate_seccomp_profile(profile: &Field, errors: &mut Errors) {
    if !profile.is_set() {
        return;
    }
    let (kind, localhost) = (profile.get("type"), profile.get("localhostProfile"));
    if kind.text().is_empty() {
        errors.required(&kind, "type is required when seccompProfile is set");
    } else {
        one_of(&kind, &["Localhost", "RuntimeDefault", "Unconfined"], errors);
    }
    match (kind.text() == "Localhost", localhost.is_set()) {
        (true, true) => validate_local_descending_path(&localhost, errors),
        (true, false) => {
            errors.required(&localhost, "must be set when seccomp type is Localhost");
        }
        (false, true) => {
            errors.invalid(&localhost, "can only be set when seccomp type is Localhost");
        }
        (false, false) => {}
    }
}

/// `ValidateAppArmorProfileField`.
fn validate_app_armor_profile(profile: &Field, errors: &mut Errors) {
    const REQUIRED: &str = "must be set when AppArmor type is Localhost";
    const MAX_LENGTH: usize = 4095;
    if !profile.is_set() {
        return;
    }
    let (kind, localhost) = (profile.get("type"), profile.get("localhostProfile"));
    match kind.text() {
        "Localhost" => {
            let text = localhost.text();
            if text.trim() != text {
                errors.invalid(&localhost, "must not be padded with whitespace");
            } else if text.is_empty() {
                errors.required(&localhost, REQUIRED);
            }
            if text.len() > MAX_LENGTH {
                errors.too_long(&localhost, MAX_LENGTH);
            }
        }
        "RuntimeDefault" | "Unconfined" if localhost.is_set() => {
            errors.invalid(&localhost, "can only be set when AppArmor type is Localhost");
        }
        "RuntimeDefault" | "Unconfined" => {}
        "" => errors.required(&kind, "type is required when appArmorProfile is set"),
        _ => errors.not_supported(&kind, &["Localhost", "RuntimeDefault", "Unconfined"]),
    }
}

const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
const APP_ARMOR_CONTAINER: &str = "container.apparmor.security.beta.kubernetes.io/";

/// `ValidateSeccompPodAnnotations`.
pub(crate) fn validate_seccomp_pod_annotations(annotations: &Field, errors: &mut Errors) {
    for (key, value) in annotations.entries() {
        if key != SECCOMP_POD && !key.starts_with(SECCOMP_CONTAINER) {
            continue;
        }
        let at = value.moved(annotations.path().child(key));
        match value.text() {
            "runtime/default" | "docker/default" | "unconfined" => {}
            text => match text.strip_prefix("localhost/") {
                Some(path) => validate_annotated_path(&at, path, errors),
                None => errors.invalid(&at, "must be a valid seccomp profile"),
            },
        }
    }
}

fn validate_annotated_path(at: &Field, path: &str, errors: &mut Errors) {
    if path.starts_with('/') {
        errors.invalid_text(at, path, "must be a relative path");
    }
    if super::volume::has_backsteps(path) {
        errors.invalid_text(at, path, "must not contain '..'");
    }
}

/// `ValidateAppArmorPodAnnotations`.
pub(crate) fn validate_app_armor_pod_annotations(
    annotations: &Field,
    spec: &Field,
    errors: &mut Errors,
) {
    let mut names = FxHashSet::default();
    visit_containers(spec, |container| {
        names.insert(container.get("name").text());
    });
    for (key, value) in annotations.entries() {
        let Some(container) = key.strip_prefix(APP_ARMOR_CONTAINER) else { continue };
        if !names.contains(container) {
            errors.invalid_text(&value, container, "container not found");
        }
        let profile = value.text();
        let known = matches!(profile, "" | "runtime/default" | "unconfined");
        if !known && !profile.starts_with("localhost/") {
            let detail = format!("invalid AppArmor profile name: \"{profile}\"");
            errors.invalid(&value, detail);
        }
    }
}

/// Calls the visitor with every container, in the order of `VisitContainersWithPath`.
fn visit_containers<'a>(spec: &Field<'_, 'a>, mut visit: impl FnMut(&Field<'_, 'a>)) {
    for list in CONTAINER_LISTS {
        spec.get(list).items().for_each(|container| visit(&container));
    }
}

/// `validateSeccompAnnotationsAndFields`: an annotation and a field may not contradict.
pub(crate) fn validate_seccomp_annotations(meta: &Field, spec: &Field, errors: &mut Errors) {
    let annotations = meta.get("annotations");
    if annotations.is_empty() {
        return;
    }
    let context = spec.get("securityContext");
    match_annotation(&annotations, SECCOMP_POD, &context.get("seccompProfile"), SECCOMP, errors);
    visit_containers(spec, |container| {
        let key = format!("{SECCOMP_CONTAINER}{}", container.get("name").text());
        let context = container.get("securityContext");
        match_annotation(&annotations, &key, &context.get("seccompProfile"), SECCOMP, errors);
    });
}

/// `validateAppArmorAnnotationsAndFieldsMatchOnCreate`.
pub(crate) fn validate_app_armor_annotations_match(
    meta: &Field,
    spec: &Field,
    errors: &mut Errors,
) {
    let annotations = meta.get("annotations");
    let os = spec.get("os");
    if annotations.is_empty() || os.get("name").text() == "windows" {
        return;
    }
    let pod_context = spec.get("securityContext");
    let pod_profile = pod_context.get("appArmorProfile");
    visit_containers(spec, |container| {
        let key = format!("{APP_ARMOR_CONTAINER}{}", container.get("name").text());
        let context = container.get("securityContext");
        let own = context.get("appArmorProfile");
        let profile = if own.is_set() { own } else { pod_profile.moved(*own.path()) };
        match_annotation(&annotations, &key, &profile, APP_ARMOR, errors);
    });
}

/// The words of the two kinds of profile.
#[derive(Copy, Clone)]
struct ProfileWords {
    runtime_default: &'static [&'static str],
    type_differs: &'static str,
    profile_differs: &'static str,
}

const SECCOMP: ProfileWords = ProfileWords {
    runtime_default: &["runtime/default", "docker/default"],
    type_differs: "seccomp type in annotation and field must match",
    profile_differs: "seccomp profile in annotation and field must match",
};

const APP_ARMOR: ProfileWords = ProfileWords {
    runtime_default: &["runtime/default"],
    type_differs: "apparmor type in annotation and field must match",
    profile_differs: "apparmor profile in annotation and field must match",
};

fn match_annotation(
    annotations: &Field,
    key: &str,
    profile: &Field,
    words: ProfileWords,
    errors: &mut Errors,
) {
    let annotation = annotations.key(key);
    if !annotation.is_set() || !profile.is_set() {
        return;
    }
    let (kind, localhost) = (profile.get("type"), profile.get("localhostProfile"));
    let value = annotation.text();
    let type_matches = match kind.text() {
        "Unconfined" => value == "unconfined",
        "RuntimeDefault" => words.runtime_default.contains(&value),
        "Localhost" => value.starts_with("localhost/"),
        _ => return,
    };
    if !type_matches {
        errors.forbidden(&kind, words.type_differs);
    } else if kind.text() == "Localhost"
        && value.strip_prefix("localhost/") != Some(localhost.text())
    {
        errors.forbidden(&localhost, words.profile_differs);
    }
}

const MAX_GMSA_SPEC: usize = 64 * 1024;

/// `validateWindowsSecurityContextOptions`.
fn validate_windows_options(options: &Field, errors: &mut Errors) {
    let (name, spec) = (options.get("gmsaCredentialSpecName"), options.get("gmsaCredentialSpec"));
    if name.is_set() {
        errors.invalid_each(&name, names::is_dns1123_subdomain(name.text()));
    }
    if spec.is_set() && spec.text().is_empty() {
        errors.invalid(&spec, "gmsaCredentialSpec cannot be an empty string");
    } else if spec.text().len() > MAX_GMSA_SPEC {
        errors.invalid(&spec, "gmsaCredentialSpec size must be under 64 KiB");
    }
    let user = options.get("runAsUserName");
    if user.is_set() {
        for problem in windows_user_problems(user.text()) {
            errors.invalid(&user, problem);
        }
    }
}

fn windows_user_problems(text: &str) -> Vec<&'static str> {
    if text.is_empty() {
        return vec!["runAsUserName cannot be an empty string"];
    }
    if text.bytes().any(|b| b.is_ascii_control()) {
        return vec!["runAsUserName cannot contain control characters"];
    }
    let (domain, user) = match text.split('\\').collect::<Vec<_>>()[..] {
        [user] => (None, user),
        [domain, user] => (Some(domain), user),
        _ => return vec!["runAsUserName cannot contain more than one backslash"],
    };
    let mut problems = Vec::new();
    let mut check = |wrong: bool, problem| problems.extend(wrong.then_some(problem));
    let domain_len = domain.map_or(0, str::len);
    check(domain_len >= 256, "runAsUserName's Domain length must be under 256 characters");
    check(
        domain.is_some_and(|domain| !is_net_bios(domain) && !is_windows_domain(domain)),
        "runAsUserName's Domain doesn't match the NetBios nor the DNS format",
    );
    check(user.is_empty(), "runAsUserName's User cannot be empty");
    check(user.len() > 104, "runAsUserName's User length must not be longer than 104 characters");
    check(
        !user.is_empty() && user.bytes().all(|b| matches!(b, b'.' | b' ')),
        "runAsUserName's User cannot contain only periods or spaces",
    );
    check(
        user.contains(|c| "\"/\\:;|=,+*?<>@[]".contains(c)),
        "runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]",
    );
    problems
}

/// `^[^\\/:\*\?"<>|\.][^\\/:\*\?"<>|]{0,14}$`
fn is_net_bios(domain: &str) -> bool {
    let length = domain.chars().count();
    (1..=15).contains(&length)
        && !domain.starts_with('.')
        && !domain.contains(|c| "\\/:*?\"<>|".contains(c))
}

fn is_windows_domain(domain: &str) -> bool {
    domain.split('.').all(|label| {
        let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = label.as_bytes();
        bytes.len() <= 63
            && edge(bytes.first())
            && edge(bytes.last())
            && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
    })
}

/// `validateWindowsHostProcessPod`.
pub(crate) fn validate_windows_host_process(spec: &Field, errors: &mut Errors) {
    let context = spec.get("securityContext");
    let of_pod = host_process(&context);
    let (mut containers, mut host_processes) = (0, 0);
    visit_containers(spec, |container| {
        let context = container.get("securityContext");
        let own = host_process(&context);
        containers += 1;
        host_processes += usize::from(own.or(of_pod) == Some(true));
        if let (Some(of_pod), Some(own)) = (of_pod, own)
            && of_pod != own
        {
            let options = context.get("windowsOptions");
            let detail = format!(
                "pod hostProcess value must be identical if both are specified, was {of_pod}"
            );
            errors.invalid(&options.get("hostProcess"), detail);
        }
    });
    if host_processes == 0 {
        return;
    }
    if host_processes != containers {
        let problem = "If pod contains any hostProcess containers then all containers must be \
                       HostProcess containers";
        errors.invalid_text(spec, "", problem);
    }
    let host_network = spec.get("hostNetwork");
    if !host_network.is_true() {
        let problem = "hostNetwork must be true if pod contains any hostProcess containers";
        errors.invalid_at(&host_network, "false", problem);
    }
}

fn host_process(context: &Field) -> Option<bool> {
    let options = context.get("windowsOptions");
    options.get("hostProcess").bool()
}

/// `validateHostUsers`: the paths of two of the fields are spelled like Go's names.
pub(crate) fn validate_host_users(pod: &Pod, errors: &mut Errors) {
    const DETAIL: &str = "when `hostUsers` is false";
    if pod.host_users() {
        return;
    }
    let fields = [("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")];
    for (name, reported) in fields {
        let field = pod.spec.get(name);
        if field.is_true() {
            errors.forbidden(&field.moved(pod.spec.path().child(reported)), DETAIL);
        }
    }
    if !pod.features().no_devices_in_user_namespaces() {
        return;
    }
    visit_containers(pod.spec, |container| {
        let devices = container.get("volumeDevices");
        if !devices.is_empty() {
            errors.forbidden(&devices, DETAIL);
        }
    });
}

/// `validateOS`, `validateLinux` and `validateWindows`.
pub(crate) fn validate_os(spec: &Field, errors: &mut Errors) {
    let os = spec.get("os");
    if !os.is_set() {
        return;
    }
    let name = os.get("name");
    match name.text() {
        "" => errors.required(&name, ""),
        "linux" => validate_linux(spec, errors),
        "windows" => validate_windows(spec, errors),
        _ => errors.not_supported(&name.value_in(&os), &["linux", "windows"]),
    }
}

fn validate_linux(spec: &Field, errors: &mut Errors) {
    forbid(&spec.get("securityContext"), &["windowsOptions"], FORBIDDEN_ON_LINUX, errors);
    visit_containers(spec, |container| {
        let context = container.get("securityContext");
        forbid(&context, &["windowsOptions"], FORBIDDEN_ON_LINUX, errors);
    });
}

const FORBIDDEN_ON_LINUX: &str = "windows options cannot be set for a linux pod";
const FORBIDDEN_ON_WINDOWS: &str = "cannot be set for a windows pod";

fn forbid(parent: &Field, names: &[&str], detail: &'static str, errors: &mut Errors) {
    for name in names {
        let field = parent.get(name);
        // Of the plain booleans, false is as good as none.
        let is_plain = matches!(*name, "hostPID" | "hostIPC");
        if field.is_set() && (!is_plain || field.is_true()) {
            errors.forbidden(&field, detail);
        }
    }
}

fn validate_windows(spec: &Field, errors: &mut Errors) {
    let context = spec.get("securityContext");
    forbid(&context, &["appArmorProfile", "seLinuxOptions"], FORBIDDEN_ON_WINDOWS, errors);
    forbid(spec, &["hostUsers", "hostPID", "hostIPC"], FORBIDDEN_ON_WINDOWS, errors);
    let of_linux = ["seccompProfile", "fsGroup", "fsGroupChangePolicy"];
    forbid(&context, &of_linux, FORBIDDEN_ON_WINDOWS, errors);
    let sysctls = context.get("sysctls");
    if !sysctls.is_empty() {
        errors.forbidden(&sysctls, FORBIDDEN_ON_WINDOWS);
    }
    forbid(spec, &["shareProcessNamespace"], FORBIDDEN_ON_WINDOWS, errors);
    let of_users = [
        "runAsUser",
        "runAsGroup",
        "supplementalGroups",
        "supplementalGroupsPolicy",
        "seLinuxChangePolicy",
    ];
    forbid(&context, &of_users, FORBIDDEN_ON_WINDOWS, errors);
    let of_containers = [
        "appArmorProfile",
        "seLinuxOptions",
        "seccompProfile",
        "capabilities",
        "readOnlyRootFilesystem",
        "privileged",
        "allowPrivilegeEscalation",
        "procMount",
        "runAsUser",
        "runAsGroup",
    ];
    visit_containers(spec, |container| {
        let context = container.get("securityContext");
        forbid(&context, &of_containers, FORBIDDEN_ON_WINDOWS, errors);
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_pod, pod};

    #[track_caller]
    fn check_context(context: &str, expected: &str) {
        check_pod(
            &format!("containers:\n- name: a\n  image: i\n  securityContext: {context}"),
            expected,
        );
    }

    #[test]
    fn contexts_of_containers() {
        check_context(
            "{runAsUser: -1}",
            "spec.containers[0].securityContext.runAsUser: Invalid value: -1",
        );
        check_context(
            "{allowPrivilegeEscalation: false, privileged: true}",
            "spec.containers[0].securityContext: Invalid value: {\"allowPrivilegeEscalation\":false,\"privileged\":true}: cannot set",
        );
        check_context("{allowPrivilegeEscalation: false, capabilities: {add: [SYS_ADMIN]}}", "");
        check_context(
            "{seccompProfile: {type: Localhost}}",
            "spec.containers[0].securityContext.seccompProfile.localhostProfile: Required value",
        );
        check_context(
            "{procMount: Unmasked}",
            "spec.containers[0].securityContext.procMount: Invalid value: \"Unmasked\"",
        );
    }

    #[test]
    fn contexts_of_pods() {
        let web = "containers: [{name: web, image: nginx}]\n";
        check_pod(
            &format!("{web}hostPID: true\nshareProcessNamespace: true"),
            "spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID",
        );
        check_pod(
            &format!("{web}hostNetwork: true\nsecurityContext: {{sysctls: [{{name: net.a, value: b}}, {{name: A}}]}}"),
            "spec.securityContext.sysctls[0].name: Invalid value: \"net.a\": may not be specified when 'hostNetwork'
             spec.securityContext.sysctls[1].name: Invalid value: \"A\"",
        );
        check_pod(
            &format!("{web}hostUsers: false\nhostPID: true"),
            "spec.HostPID: Forbidden: when `hostUsers` is false",
        );
    }

    #[test]
    fn operating_systems() {
        check_pod(
            "os: {name: windows}\nsecurityContext: {fsGroup: 1}\n\
             containers: [{name: a, image: i, securityContext: {privileged: false}}]",
            "spec.securityContext.fsGroup: Forbidden: cannot be set for a windows pod
             spec.containers[0].securityContext.privileged: Forbidden: cannot be set for a windows pod",
        );
        check_pod(
            "os: {name: mac}\ncontainers: [{name: a, image: i}]",
            "spec.os: Unsupported value: \"mac\"",
        );
    }

    #[test]
    fn annotations_must_agree_with_the_fields() {
        let spec = "containers:\n- {name: a, image: i, securityContext: {appArmorProfile: {type: Unconfined}}}";
        let key = "container.apparmor.security.beta.kubernetes.io";
        let manifest = pod(spec).replace(
            "{name: web}",
            &format!("{{name: web, annotations: {{{key}/a: runtime/default, {key}/b: x}}}}"),
        );
        check(
            &manifest,
            &format!(
                "metadata.annotations[{key}/b]: Invalid value: \"b\": container not found
                 metadata.annotations[{key}/b]: Invalid value: \"x\": invalid AppArmor profile name
                 spec.containers[0].securityContext.appArmorProfile.type: Forbidden: apparmor type"
            ),
        );
    }
}
