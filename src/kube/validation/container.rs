//! Containers: `validateContainers`, `validateInitContainers`, `validateEphemeralContainers` and
//! what they call for one container, of `pkg/apis/core/validation`.

use rustc_hash::FxHashSet;

use super::features::Features;
use super::pod::{self, Pod};
use super::unique::Names;
use super::values::{one_of, require_one_of, require_valid};
use super::volume::{has_backsteps, validate_local_descending_path};
use super::{env, probe, resources, security};
use crate::kube::field::{Errors, Field};
use crate::kube::names;

/// `validateContainers`.
pub(crate) fn validate_containers(pod: &Pod, errors: &mut Errors) {
    let containers = pod.spec.get("containers");
    if containers.is_empty() {
        return errors.required(&containers, "");
    }
    let mut seen = Names::default();
    for container in containers.items() {
        validate_container_common(&container, pod, errors);
        let name = container.get("name");
        if !seen.add(name.text()) {
            errors.duplicate(&name);
        }
        probe::validate_lifecycle(&container.get("lifecycle"), pod, errors);
        probe::validate_probes(&container, pod, errors);
        if pod.features().container_restart_rules() {
            validate_restart_policy(&container, pod, errors);
        } else if container.get("restartPolicy").is_set()
            && !pod.features().knows_container_restart_rules()
        {
            let detail = "may not be set for non-init containers";
            errors.forbidden(&container.get("restartPolicy"), detail);
        }
    }
    let mut taken = FxHashSet::default();
    for container in containers.items() {
        pod::validate_host_ports(&container, pod, &mut taken, errors);
    }
}

/// `validateInitContainers`.
pub(crate) fn validate_init_containers<'a>(pod: &Pod<'_, 'a>, errors: &mut Errors) {
    let list = pod.spec.get("initContainers");
    if list.is_empty() {
        return;
    }
    let mut seen = container_names(&pod.spec.get("containers"));
    for container in list.items() {
        validate_container_common(&container, pod, errors);
        let is_sidecar = is_sidecar(&container, pod);
        validate_init_restart_policy(&container, pod, errors);
        let name = container.get("name");
        if seen.contains(name.text()) {
            errors.duplicate(&name);
        } else if !name.text().is_empty() {
            seen.add(name.text());
        }
        // The server checks each alone, and reports it as the first of the list.
        let first = list.path().index(0);
        let alone = container.moved(first);
        pod::validate_host_ports(&alone, pod, &mut FxHashSet::default(), errors);
        if is_sidecar {
            probe::validate_lifecycle(&container.get("lifecycle"), pod, errors);
            probe::validate_probes(&container, pod, errors);
        } else {
            forbid_probes(&container, pod.features(), errors);
        }
        validate_init_resize_policy(&container, is_sidecar, pod, errors);
    }
}

/// An init container that keeps running.
pub(crate) fn is_sidecar(container: &Field, pod: &Pod) -> bool {
    pod.features().sidecar_containers() && container.get("restartPolicy").text() == "Always"
}

fn container_names<'a>(containers: &Field<'_, 'a>) -> Names<'a, ()> {
    let mut seen = Names::default();
    for container in containers.items() {
        seen.add(container.get("name").text());
    }
    seen
}

fn forbid_probes(container: &Field, features: Features, errors: &mut Errors) {
    for name in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
        let field = container.get(name);
        let dropped = name == "lifecycle" && probe::is_lifecycle_dropped(&field, features);
        if field.is_set() && !dropped {
            let detail = "may not be set for init containers without restartPolicy=Always";
            errors.forbidden(&field, detail);
        }
    }
}

fn validate_init_resize_policy(
    container: &Field,
    is_sidecar: bool,
    pod: &Pod,
    errors: &mut Errors,
) {
    if is_sidecar || !pod.features().in_place_pod_vertical_scaling_init_containers() {
        return;
    }
    for policy in container.get("resizePolicy").items() {
        let restart_policy = policy.get("restartPolicy");
        if restart_policy.text() == "RestartContainer" {
            let problem = "must not be set to 'RestartContainer' for non-sidecar initContainers";
            errors.invalid(&restart_policy, problem);
        }
    }
}

/// `validateEphemeralContainers`: no create request may have them, but all of their errors count.
pub(crate) fn validate_ephemeral_containers(pod: &Pod, errors: &mut Errors) {
    let list = pod.spec.get("ephemeralContainers");
    if list.is_empty() {
        return;
    }
    let mut others = container_names(&pod.spec.get("containers"));
    for container in pod.spec.get("initContainers").items() {
        others.add(container.get("name").text());
    }
    let mut seen = Names::default();
    for container in list.items() {
        let (name, target) = (container.get("name"), container.get("targetContainerName"));
        validate_container_common(&container, pod, errors);
        pod::validate_image_is_trimmed(&container, errors);
        if others.contains(name.text()) || !seen.add(name.text()) {
            errors.duplicate(&name);
        }
        if !target.text().is_empty() && !others.contains(target.text()) {
            errors.not_among(&target, others.iter());
        }
        forbid_ephemeral_fields(&container, pod.features(), errors);
    }
}

/// The fields that `allowedEphemeralContainerFields` has not, unless their gates have dropped them.
fn forbid_ephemeral_fields(container: &Field, features: Features, errors: &mut Errors) {
    const DETAIL: &str = "cannot be set for an Ephemeral Container";
    let fields = [
        "ports",
        "resources",
        "resizePolicy",
        "restartPolicy",
        "restartPolicyRules",
        "livenessProbe",
        "readinessProbe",
        "startupProbe",
        "lifecycle",
    ];
    for name in fields {
        let field = container.get(name);
        let dropped = match name {
            "resources" => field.is_empty(),
            "resizePolicy" => !features.in_place_pod_vertical_scaling(),
            "restartPolicy" | "restartPolicyRules" => {
                features.knows_container_restart_rules() && !features.container_restart_rules()
            }
            "lifecycle" => probe::is_lifecycle_dropped(&field, features),
            _ => false,
        };
        if field.is_set() && !dropped {
            errors.forbidden(&field, DETAIL);
        }
    }
    for mount in container.get("volumeMounts").items() {
        for name in ["subPath", "subPathExpr"] {
            let field = mount.get(name);
            if !field.text().is_empty() {
                errors.forbidden(&field, DETAIL);
            }
        }
    }
}

/// `validateContainerCommon`.
fn validate_container_common(container: &Field, pod: &Pod, errors: &mut Errors) {
    let (name, image) = (container.get("name"), container.get("image"));
    require_valid(&name, names::is_dns1123_label, errors);
    if image.text().is_empty() {
        errors.required(&image, "");
    }
    let message_policy = container.get("terminationMessagePolicy");
    if !message_policy.text().is_empty() {
        one_of(&message_policy, &["File", "FallbackToLogsOnError"], errors);
    }
    validate_ports(&container.get("ports"), errors);
    env::validate_env(&container.get("env"), pod.features(), errors);
    env::validate_env_from(&container.get("envFrom"), pod.features(), errors);
    validate_volume_mounts(container, pod, errors);
    validate_volume_devices(container, pod, errors);
    validate_pull_policy(&container.get("imagePullPolicy"), errors);
    resources::validate_container_resources(container, pod, errors);
    validate_resize_policy(&container.get("resizePolicy"), pod, errors);
    security::validate_security_context(&container.get("securityContext"), pod, errors);
}

/// `validateContainerPorts`.
fn validate_ports(ports: &Field, errors: &mut Errors) {
    let mut seen = Names::default();
    for port in ports.items() {
        let name = port.get("name");
        let problems = match name.text() {
            "" => Vec::new(),
            text => names::is_valid_port_name(text),
        };
        let is_named = problems.is_empty() && !name.text().is_empty();
        errors.invalid_each(&name, problems);
        if is_named && !seen.add(name.text()) {
            errors.duplicate(&name);
        }
        validate_port_numbers(&port, errors);
        validate_protocol(&port.get("protocol"), errors);
    }
}

fn validate_port_numbers(port: &Field, errors: &mut Errors) {
    let (container_port, host_port) = (port.get("containerPort"), port.get("hostPort"));
    match container_port.int_or(0) {
        0 => errors.required(&container_port, ""),
        number => errors.invalid_each(&container_port, names::is_valid_port_num(number)),
    }
    match host_port.int_or(0) {
        0 => {}
        number => errors.invalid_each(&host_port, names::is_valid_port_num(number)),
    }
}

/// A protocol; TCP where there is none.
pub(crate) fn validate_protocol(protocol: &Field, errors: &mut Errors) {
    if !protocol.text().is_empty() {
        one_of(protocol, &["SCTP", "TCP", "UDP"], errors);
    }
}

/// `validatePullPolicy`, after the default that follows from the image's tag.
pub(crate) fn validate_pull_policy(policy: &Field, errors: &mut Errors) {
    if !policy.text().is_empty() {
        one_of(policy, &["Always", "IfNotPresent", "Never"], errors);
    }
}

/// `ValidateVolumeMounts`.
fn validate_volume_mounts(container: &Field, pod: &Pod, errors: &mut Errors) {
    let mounts = container.get("volumeMounts");
    let devices = container.get("volumeDevices");
    let (device_names, device_paths) = names_and_paths(&devices, "devicePath");
    let mut paths = Names::default();
    let kept = mounts.items().filter(|mount| !pod.dropped.contains(mount.get("name").text()));
    for (index, mount) in kept.enumerate() {
        let at = mounts.path().index(index);
        let mount = mount.moved(at);
        let (name, path) = (mount.get("name"), mount.get("mountPath"));
        if name.text().is_empty() {
            errors.required(&name, "");
        }
        if !pod.volumes.contains(name.text()) {
            errors.not_among(&name, pod.volumes.iter());
        }
        if path.text().is_empty() {
            errors.required(&path, "");
        }
        if !paths.add(path.text()) {
            errors.invalid(&path, "must be unique");
        }
        if device_names.contains(name.text()) {
            errors.invalid(&name, "must not already exist in volumeDevices");
        }
        if device_paths.contains(path.text()) {
            errors.invalid(&path, "must not already exist as a path in volumeDevices");
        }
        validate_sub_path(&mount, &mounts, errors);
        validate_mount_options(&mount, &mounts, container, pod, errors);
    }
}

fn names_and_paths<'a>(list: &Field<'_, 'a>, path: &'static str) -> (Names<'a, ()>, Names<'a, ()>) {
    let (mut names, mut paths) = (Names::default(), Names::default());
    for item in list.items() {
        names.add(item.get("name").text());
        paths.add(item.get(path).text());
    }
    (names, paths)
}

/// The server reports what is wrong with these at the list, without an index.
fn validate_sub_path(mount: &Field, mounts: &Field, errors: &mut Errors) {
    let (sub_path, expression) = (mount.get("subPath"), mount.get("subPathExpr"));
    if !sub_path.text().is_empty() {
        validate_local_descending_path(&sub_path.moved(mounts.path().child("subPath")), errors);
    }
    if expression.text().is_empty() {
        return;
    }
    if !sub_path.text().is_empty() {
        errors.invalid(&expression, "subPathExpr and subPath are mutually exclusive");
    }
    validate_local_descending_path(&expression.moved(mounts.path().child("subPathExpr")), errors);
}

/// `validateMountPropagation` and `validateMountRecursiveReadOnly`.
fn validate_mount_options(
    mount: &Field,
    mounts: &Field,
    container: &Field,
    pod: &Pod,
    errors: &mut Errors,
) {
    let path = mounts.path().child("mountPropagation");
    let propagation = mount.get("mountPropagation").moved(path);
    one_of(&propagation, &["Bidirectional", "HostToContainer", "None"], errors);
    let security_context = container.get("securityContext");
    if propagation.text() == "Bidirectional" && !security_context.get("privileged").is_true() {
        let detail = "Bidirectional mount propagation is available only to privileged containers";
        errors.forbidden(&propagation, detail);
    }
    if !pod.features().recursive_read_only_mounts() {
        return;
    }
    let path = mounts.path().child("recursiveReadOnly");
    let recursive = mount.get("recursiveReadOnly").moved(path);
    one_of(&recursive, &["Disabled", "Enabled", "IfPossible"], errors);
    if !matches!(recursive.text(), "Enabled" | "IfPossible") {
        return;
    }
    if !mount.get("readOnly").is_true() {
        errors.forbidden(&recursive, "may only be specified when readOnly is true");
    }
    if propagation.is_set() && propagation.text() != "None" {
        let detail = "may only be specified when mountPropagation is None or not specified";
        errors.forbidden(&recursive, detail);
    }
}

/// `ValidateVolumeDevices`.
fn validate_volume_devices(container: &Field, pod: &Pod, errors: &mut Errors) {
    let devices = container.get("volumeDevices");
    if devices.is_empty() {
        return;
    }
    let (mount_names, mount_paths) = names_and_paths(&container.get("volumeMounts"), "mountPath");
    let (mut names, mut paths) = (Names::default(), Names::default());
    for device in devices.items() {
        let (name, path) = (device.get("name"), device.get("devicePath"));
        validate_device_name(&name, &names, pod, errors);
        if path.text().is_empty() {
            errors.required(&path, "");
        }
        if paths.contains(path.text()) {
            errors.invalid(&path, "must be unique");
        }
        if has_backsteps(path.text()) {
            errors.invalid(&path, "can not contain backsteps ('..')");
        } else {
            paths.add(path.text());
        }
        if mount_names.contains(name.text()) {
            errors.invalid(&name, "must not already exist in volumeMounts");
        }
        if mount_paths.contains(path.text()) {
            errors.invalid(&path, "must not already exist as a path in volumeMounts");
        }
        if !name.text().is_empty() {
            names.add(name.text());
        }
    }
}

fn validate_device_name(name: &Field, seen: &Names<'_, ()>, pod: &Pod, errors: &mut Errors) {
    if name.text().is_empty() {
        errors.required(name, "");
    }
    if seen.contains(name.text()) {
        errors.invalid(name, "must be unique");
    }
    match pod::is_device(pod, name.text()) {
        Some(true) => {}
        Some(false) => {
            let problem = "can only use volume source type of PersistentVolumeClaim or Ephemeral \
                           for block mode";
            errors.invalid(name, problem);
        }
        None => errors.not_among(name, pod.volumes.iter()),
    }
}

/// `validateResizePolicy`.
fn validate_resize_policy(policies: &Field, pod: &Pod, errors: &mut Errors) {
    if !pod.features().in_place_pod_vertical_scaling() {
        return;
    }
    let mut seen = Names::default();
    for policy in policies.items() {
        let (resource, restart) = (policy.get("resourceName"), policy.get("restartPolicy"));
        if !seen.add(resource.text()) {
            errors.duplicate_text(&policy, resource.text());
        }
        // The server reports the fields at the list.
        let (resource, restart) = (resource.value_in(policies), restart.value_in(policies));
        require_one_of(&resource, &["cpu", "memory"], errors);
        require_one_of(&restart, &["NotRequired", "RestartContainer"], errors);
        if pod.restart_policy() == "Never" && restart.text() != "NotRequired" {
            let problem = "must be 'NotRequired' when pod `restartPolicy` is 'Never'";
            errors.invalid(&restart, problem);
        }
    }
}

const RESTART_REQUIRED: &str = "must specify restartPolicy when restart rules are used";

/// `validateInitContainerRestartPolicy`.
fn validate_init_restart_policy(container: &Field, pod: &Pod, errors: &mut Errors) {
    let features = pod.features();
    let (policy, rules) = (container.get("restartPolicy"), container.get("restartPolicyRules"));
    if !features.sidecar_containers() {
        return;
    }
    if !features.knows_container_restart_rules() {
        return one_of(&policy, &["Always"], errors);
    }
    if !features.container_restart_rules() {
        return;
    }
    match policy.is_set() {
        false if !rules.is_empty() => errors.required(&policy, RESTART_REQUIRED),
        false => {}
        true if policy.text() != "Always"
            || features.restart_all_containers_on_container_exits() =>
        {
            validate_restart_policy(container, pod, errors);
        }
        true if !rules.is_empty() => errors.forbidden(
            &rules,
            "restartPolicyRules are not allowed for init containers with restart policy Always",
        ),
        true => {}
    }
}

/// `validateContainerRestartPolicy`.
fn validate_restart_policy(container: &Field, pod: &Pod, errors: &mut Errors) {
    let (policy, rules) = (container.get("restartPolicy"), container.get("restartPolicyRules"));
    if !policy.is_set() && rules.is_empty() {
        return;
    }
    if !policy.is_set() {
        errors.required(&policy, RESTART_REQUIRED);
    }
    one_of(&policy, &["Always", "Never", "OnFailure"], errors);
    if rules.len() > 20 {
        errors.too_many(&rules, rules.len(), 20);
    }
    for rule in rules.items() {
        validate_restart_rule(&rule, pod, errors);
    }
}

fn validate_restart_rule(rule: &Field, pod: &Pod, errors: &mut Errors) {
    let (action, exit_codes) = (rule.get("action"), rule.get("exitCodes"));
    let actions: &[&str] = match pod.features().restart_all_containers_on_container_exits() {
        true => &["Restart", "RestartAllContainers"],
        false => &["Restart"],
    };
    if !actions.contains(&action.text()) {
        errors.not_supported(&action, actions);
    }
    if !exit_codes.is_set() {
        return errors.required(&exit_codes, "must be specified");
    }
    let (operator, values) = (exit_codes.get("operator"), exit_codes.get("values"));
    if !["In", "NotIn"].contains(&operator.text()) {
        errors.not_supported(&operator, &["In", "NotIn"]);
    }
    if values.len() > 255 {
        errors.too_many(&values, values.len(), 255);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_at, check_pod, deployment, pod};
    use crate::kube::Version;

    #[test]
    fn every_container_needs_a_name_and_an_image() {
        check_pod(
            "containers: [{}, {name: A, image: i}]",
            "spec.containers[0].name: Required value
             spec.containers[0].image: Required value
             spec.containers[1].name: Invalid value: \"A\"",
        );
        check_pod(
            "containers: [{name: a, image: i}, {name: a, image: i}]",
            "spec.containers[1].name: Duplicate value: \"a\"",
        );
        check_pod(
            "containers: [{name: a, image: i}]\ninitContainers: [{name: a, image: i}]",
            "spec.initContainers[0].name: Duplicate value: \"a\"",
        );
    }

    #[test]
    fn ports() {
        check_pod(
            "containers:\n- name: a\n  image: i\n  ports:\n  - {name: A_very_long_port, protocol: tcp}\n  \
             - {name: b, containerPort: 70000}\n  - {name: b, containerPort: 1, hostPort: -1}",
            "spec.containers[0].ports[0].name: Invalid value: \"A_very_long_port\": must be no more than 15
             spec.containers[0].ports[0].name: Invalid value: \"A_very_long_port\": must contain only alpha
             spec.containers[0].ports[0].containerPort: Required value
             spec.containers[0].ports[0].protocol: Unsupported value: \"tcp\"
             spec.containers[0].ports[1].containerPort: Invalid value: 70000
             spec.containers[0].ports[2].name: Duplicate value: \"b\"
             spec.containers[0].ports[2].hostPort: Invalid value: -1",
        );
    }

    #[test]
    fn mounts_know_the_volumes_that_passed() {
        check_pod(
            "volumes: [{name: good}, {name: bad, hostPath: {}}]\ncontainers:\n- name: a\n  image: i\n  \
             volumeMounts:\n  - {name: good, mountPath: /a}\n  - {name: bad, mountPath: /a}\n  \
             - {name: none, mountPath: /c, subPath: ../x}",
            "spec.volumes[1].hostPath.path: Required value
             spec.containers[0].volumeMounts[1].name: Not found: \"bad\"
             spec.containers[0].volumeMounts[1].mountPath: Invalid value: \"/a\": must be unique
             spec.containers[0].volumeMounts[2].name: Not found: \"none\"
             spec.containers[0].volumeMounts.subPath: Invalid value: \"../x\"",
        );
    }

    #[test]
    fn devices_are_claims() {
        check_pod(
            "volumes: [{name: a, emptyDir: {}}, {name: b, persistentVolumeClaim: {claimName: b}}]\n\
             containers:\n- name: a\n  image: i\n  \
             volumeDevices: [{name: a, devicePath: /a}, {name: b, devicePath: /b}]",
            "spec.containers[0].volumeDevices[0].name: Invalid value: \"a\": can only use volume source",
        );
    }

    const SIDECAR: &str = "containers: [{name: a, image: i}]\ninitContainers:\n\
         - {name: b, image: i, restartPolicy: Always, livenessProbe: {exec: {command: [x]}}}";

    #[test]
    fn only_sidecars_are_probed_among_init_containers() {
        check_pod(SIDECAR, "");
        check_at(
            Version::new(28),
            &pod(SIDECAR),
            "spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers",
        );
    }

    #[test]
    fn signals_that_stop_init_containers_are_dropped() {
        let init = |lifecycle: &str| {
            format!(
                "containers: [{{name: a, image: i}}]\n\
                 initContainers: [{{name: b, image: i, lifecycle: {lifecycle}}}]"
            )
        };
        let forbidden = "spec.initContainers[0].lifecycle: Forbidden: may not be set for init";
        check_pod(&init("{stopSignal: SIGTERM}"), "");
        check_pod(&init("{}"), forbidden);
        check_pod(&init("{stopSignal: SIGTERM, preStop: {exec: {command: [x]}}}"), forbidden);
        check_pod(&init("{preStop: {sleep: {seconds: 1}}}"), forbidden);
        check_at(Version::new(29), &pod(&init("{preStop: {sleep: {seconds: 1}}}")), "");
    }

    #[test]
    fn init_containers_do_not_restart_when_resized() {
        let spec = "containers: [{name: a, image: i}]\ninitContainers: [{name: b, image: i, \
                    resizePolicy: [{resourceName: cpu, restartPolicy: RestartContainer}]}]";
        check_pod(
            spec,
            "spec.initContainers[0].resizePolicy[0].restartPolicy: Invalid value: \"RestartContainer\"",
        );
        check_at(Version::new(35), &pod(spec), "");
    }

    #[test]
    fn ephemeral_containers_have_no_resources() {
        let spec = |resources: &str| {
            format!(
                "containers: [{{name: a, image: i}}]\n\
                 ephemeralContainers: [{{name: b, image: i, resources: {resources}}}]"
            )
        };
        let create = "spec.ephemeralContainers: Forbidden: cannot be set on create";
        check_pod(&spec("{}"), create);
        check_pod(
            &spec("{limits: {cpu: 1}}"),
            &format!(
                "spec.ephemeralContainers[0].resources: Forbidden: cannot be set for\n{create}"
            ),
        );
    }

    #[test]
    fn restart_policies_of_containers() {
        let never = "containers: [{name: a, image: i, restartPolicy: Never}]";
        check(&deployment(never), "");
        check_at(Version::new(34), &deployment(never), "");
        for minor in [28, 33] {
            check_at(
                Version::new(minor),
                &deployment(never),
                "spec.template.spec.containers[0].restartPolicy: Forbidden: may not be set for non-init",
            );
        }
    }
}
