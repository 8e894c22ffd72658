//! What an update is refused for. The expectations are what real API servers said.

use super::super::{Version, types};
use super::check;
use crate::source::{Kind, Sources};
use crate::yaml;

/// `path cause: detail [changed]` for each refusal, `path cause` for what is wrong with the result.
fn say(kind: &str, old: &str, new: &str, minor: u8) -> String {
    let (api_version, kind) = kind.rsplit_once('/').unwrap();
    let mut sources = Sources::default();
    let mut read = |name: &str, body: &str| {
        let text = format!("{{apiVersion: {api_version}, kind: {kind}, {body}}}");
        let file = sources.add(Kind::File, name, text.as_bytes());
        let text = sources.text(file);
        yaml::read_first(file, text, 0..text.len()).unwrap().unwrap()
    };
    let (old, new) = (read("old", old), read("new", new));
    let kind = types::kind(api_version, kind).unwrap();
    let refusals = check(old.root(), new.root(), kind, Version::new(minor));
    let forbidden = refusals.forbidden.iter().map(|refusal| {
        let error = &refusal.error;
        let changed = refusal.changed.join(" ");
        format!("{} {} [{changed}]", error.path, error.cause.name())
    });
    let invalid =
        refusals.invalid.iter().map(|error| format!("{} {}", error.path, error.cause.name()));
    forbidden.chain(invalid).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn update(kind: &str, old: &str, new: &str, expected: &str) {
    assert_eq!(say(kind, old, new, 36), expected);
}

const META: &str = "metadata: {name: a, namespace: b}";

fn workload(spec: &str) -> String {
    workload_with(spec, "{name: a, image: x}")
}

fn workload_with(spec: &str, container: &str) -> String {
    let template =
        format!("{{metadata: {{labels: {{a: b}}}}, spec: {{containers: [{container}]}}}}");
    format!("{META}, spec: {{{spec}, template: {template}}}")
}

const SELECTOR: &str = "selector: {matchLabels: {a: b}}";

#[test]
fn selectors_are_immutable() {
    for kind in ["Deployment", "DaemonSet", "ReplicaSet"] {
        let new = "selector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: Exists}]}";
        update(
            &format!("apps/v1/{kind}"),
            &workload(SELECTOR),
            &workload(new),
            "spec.selector FieldValueInvalid []",
        );
    }
}

#[test]
fn what_results_is_validated() {
    update(
        "apps/v1/Deployment",
        &workload(SELECTOR),
        &workload(&format!("{SELECTOR}, replicas: -1")),
        "spec.replicas FieldValueInvalid",
    );
}

#[test]
fn the_keys_of_a_strategy_are_retained() {
    update(
        "apps/v1/Deployment",
        &workload(SELECTOR),
        &workload(&format!("{SELECTOR}, strategy: {{type: Recreate}}")),
        "",
    );
}

#[test]
fn defaults_that_a_manifest_does_not_mention_stay() {
    let stateful = |more: &str| workload(&format!("{SELECTOR}, serviceName: s{more}"));
    let on_delete = ", updateStrategy: {type: OnDelete}";
    update(
        "apps/v1/StatefulSet",
        &stateful(""),
        &stateful(on_delete),
        "spec.updateStrategy.rollingUpdate FieldValueInvalid",
    );
    update(
        "apps/v1/StatefulSet",
        &stateful(""),
        &stateful(", updateStrategy: {type: OnDelete, rollingUpdate: null}"),
        "",
    );
}

#[test]
fn stateful_sets_say_one_thing_of_all_changes() {
    let stateful = |more: &str| workload(&format!("{SELECTOR}, {more}"));
    let claim = |size: &str| {
        format!(
            "volumeClaimTemplates: [{{metadata: {{name: d}}, spec: {{accessModes: [ReadWriteOnce], \
             resources: {{requests: {{storage: {size}}}}}}}}}]"
        )
    };
    update(
        "apps/v1/StatefulSet",
        &stateful(&format!("serviceName: s, {}", claim("8Gi"))),
        &stateful(&format!("serviceName: t, podManagementPolicy: Parallel, {}", claim("9Gi"))),
        "spec FieldValueForbidden [podManagementPolicy serviceName volumeClaimTemplates]",
    );
    update(
        "apps/v1/StatefulSet",
        &stateful(&claim("8Gi")),
        &stateful(&format!("podManagementPolicy: OrderedReady, {}", claim("8192Mi"))),
        "",
    );
    let history = format!("{SELECTOR}, revisionHistoryLimit: 3");
    let (old, new) = (workload(SELECTOR), workload(&history));
    assert_eq!(say("apps/v1/StatefulSet", &old, &new, 33), "");
    assert_eq!(
        say("apps/v1/StatefulSet", &old, &new, 32),
        "spec FieldValueForbidden [revisionHistoryLimit]"
    );
}

#[test]
fn jobs_keep_their_template() {
    let job = |spec: &str, container: &str| {
        workload_with(spec, container)
            .replace("spec: {containers", "spec: {restartPolicy: Never, containers")
    };
    let (plain, other) = ("{name: a, image: x}", "{name: a, image: z}");
    let more = "{name: a, image: x, resources: {limits: {cpu: 1}}}";
    let refused = "spec.template FieldValueInvalid [spec]";
    update("batch/v1/Job", &job("suspend: false", plain), &job("suspend: false", other), refused);
    update(
        "batch/v1/Job",
        &job("suspend: true", plain),
        &job("suspend: true", other),
        "spec.template.spec FieldValueInvalid [containers]",
    );
    let (old, new) = (job("suspend: true", plain), job("suspend: true", more));
    assert_eq!(say("batch/v1/Job", &old, &new, 36), "");
    assert_eq!(say("batch/v1/Job", &old, &new, 35), refused);
    update(
        "batch/v1/Job",
        &job("backoffLimit: 1", plain),
        &job("completions: 5", plain),
        "spec.completions FieldValueInvalid []",
    );
}

#[test]
fn list_items_are_merged_by_their_key() {
    let mounts = |volumes: &str| {
        format!(
            "{META}, spec: {{{SELECTOR}, template: {{metadata: {{labels: {{a: b}}}}, spec: \
             {{volumes: {volumes}, containers: [{{name: a, image: x, volumeMounts: \
             [{{name: v, mountPath: /v}}]}}]}}}}}}"
        )
    };
    update(
        "apps/v1/Deployment",
        &mounts("[{name: v, configMap: {name: c}}]"),
        &mounts("[{name: v, secret: {secretName: s}}]"),
        "",
    );
    update(
        "apps/v1/Deployment",
        &mounts("[{name: v, emptyDir: {}}]"),
        &mounts("[]"),
        "spec.template.spec.containers[0].volumeMounts[0].name FieldValueNotFound",
    );
    // The second of a name is laid over the first.
    update(
        "apps/v1/Deployment",
        &mounts("[{name: v, configMap: {name: c}}]"),
        &mounts("[{name: v, configMap: {name: c}}, {name: v, configMap: {name: d}}]"),
        "",
    );
    update(
        "apps/v1/Deployment",
        &mounts("[{name: v, configMap: {name: c}}]"),
        &mounts("[{name: v, configMap: {name: c}}, {name: v, emptyDir: {}}]"),
        "spec.template.spec.volumes[0].configMap FieldValueForbidden
spec.template.spec.containers[0].volumeMounts[0].name FieldValueNotFound",
    );
}

#[test]
fn immutable_data_stays() {
    let map = |body: &str| format!("{META}, {body}");
    let forbidden = "data FieldValueForbidden []";
    let secret = "v1/Secret";
    update(
        secret,
        &map("immutable: true, data: {a: eA==}"),
        &map("immutable: true, data: {a: eQ==}"),
        forbidden,
    );
    update(
        secret,
        &map("immutable: true, data: {a: eA==}"),
        &map("immutable: true, stringData: {a: x}"),
        "",
    );
    update(
        "v1/ConfigMap",
        &map("immutable: true, data: {a: x}"),
        &map("data: {a: y}"),
        "immutable FieldValueForbidden []\ndata FieldValueForbidden []",
    );
    update("v1/ConfigMap", &map("data: {a: x}"), &map("immutable: true, data: {a: y}"), "");
    update(secret, &map("type: my/own"), &map("data: {}"), "type FieldValueInvalid []");
    update(secret, &map("data: {}"), &map("type: Opaque"), "");
}

#[test]
fn claims_can_only_grow() {
    let claim = |size: &str, more: &str| {
        format!(
            "{META}, spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: \
             {size}}}}}{more}}}"
        )
    };
    let kind = "v1/PersistentVolumeClaim";
    let class = ", storageClassName: a";
    update(kind, &claim("8Gi", class), &claim("16Gi", class), "");
    update(kind, &claim("8Gi", class), &claim("8192Mi", class), "");
    update(
        kind,
        &claim("8Gi", class),
        &claim("1Gi", class),
        "spec.resources.requests.storage FieldValueForbidden []",
    );
    update(kind, &claim("8Gi", ""), &claim("8Gi", class), "");
    let source = ", dataSource: {apiGroup: a.b, kind: C, name: d}";
    update(kind, &claim("8Gi", source), &claim("8Gi", ""), "");
    update(
        kind,
        &claim("8Gi", ""),
        &claim("8Gi", source),
        "spec FieldValueForbidden [dataSource dataSourceRef]",
    );
    update(
        kind,
        &claim("8Gi", class),
        &claim("8Gi", ""),
        "spec FieldValueForbidden [storageClassName]",
    );
    update(
        kind,
        &claim("8Gi", ""),
        &claim("8Gi", ", volumeMode: Block"),
        "spec FieldValueForbidden [volumeMode]\nvolumeMode FieldValueInvalid []",
    );
}

#[test]
fn services_keep_their_addresses() {
    let service = |spec: &str| {
        format!("{META}, spec: {{ports: [{{port: 80, name: http}}], selector: {{a: b}}{spec}}}")
    };
    let kind = "v1/Service";
    let changed = "spec.clusterIPs[0] FieldValueInvalid []";
    update(kind, &service(""), &service(", clusterIP: None"), changed);
    update(kind, &service(", clusterIP: None"), &service(", clusterIP: ''"), "");
    update(kind, &service(", clusterIP: 10.96.0.7"), &service(", clusterIP: 10.96.0.8"), changed);
    update(kind, &service(", clusterIP: 10.96.0.7"), &service(""), "");
    update(kind, &service(""), &service(", ipFamilies: [IPv6]"), changed);
    update(kind, &service(""), &service(", type: LoadBalancer"), "");
    update(kind, &service(", type: LoadBalancer, externalTrafficPolicy: Local"), &service(""), "");
    let fixed = |kind: &str| {
        format!("{META}, spec: {{type: {kind}, ports: [{{port: 80, nodePort: 30123}}]}}")
    };
    update(kind, &fixed("NodePort"), &fixed("ClusterIP"), "");
    let class = |class: &str| service(&format!(", type: LoadBalancer, loadBalancerClass: {class}"));
    update(kind, &class("a/b"), &class("a/c"), "spec.loadBalancerClass FieldValueInvalid []");
    update(
        kind,
        &service(""),
        &format!("{META}, spec: {{type: ExternalName, externalName: a.b}}"),
        "",
    );
}

#[test]
fn other_fields_that_stay() {
    let binding = |role: &str| {
        format!(
            "{META}, roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: {role}}}, \
             subjects: [{{kind: User, name: u}}]"
        )
    };
    update(
        "rbac.authorization.k8s.io/v1/RoleBinding",
        &binding("a"),
        &binding("b"),
        "roleRef FieldValueInvalid []",
    );
    let class = |body: &str| format!("metadata: {{name: a}}, provisioner: a.b{body}");
    let kind = "storage.k8s.io/v1/StorageClass";
    let (old, new) = (class(""), class(", reclaimPolicy: Retain"));
    assert_eq!(say(kind, &old, &new, 36), "reclaimPolicy FieldValueInvalid []");
    assert_eq!(say(kind, &old, &new, 35), "reclaimPolicy FieldValueForbidden []");
    update(kind, &old, &class(", reclaimPolicy: Delete, mountOptions: [x]"), "");
    update(
        "scheduling.k8s.io/v1/PriorityClass",
        "metadata: {name: a}, value: 1",
        "metadata: {name: a}, value: 2",
        "value FieldValueForbidden []",
    );
    update(
        "v1/ResourceQuota",
        &format!("{META}, spec: {{hard: {{pods: 1}}}}"),
        &format!("{META}, spec: {{hard: {{pods: 2}}, scopes: [Terminating]}}"),
        "spec.scopes FieldValueInvalid []",
    );
}

#[test]
fn of_a_pod_only_images_change() {
    let pod = |containers: &str| format!("{META}, spec: {{containers: [{containers}]}}");
    let a = "{name: a, image: x}";
    update("v1/Pod", &pod(a), &pod("{name: a, image: z}"), "");
    update(
        "v1/Pod",
        &pod(a),
        &pod("{name: a, image: x, args: [b]}"),
        "spec FieldValueForbidden [containers]",
    );
    update(
        "v1/Pod",
        &pod("{name: a, image: 'x:1'}"),
        &pod("{name: a, image: 'x:1', imagePullPolicy: Always}"),
        "spec FieldValueForbidden [containers]",
    );
    update("v1/Pod", &pod("{name: a, image: 'x:1'}"), &pod("{name: a, image: x}"), "");
    update(
        "v1/Pod",
        &pod(a),
        &pod("{name: a, image: x}, {name: b, image: x}"),
        "spec.containers FieldValueForbidden []",
    );
}

#[test]
fn finalizers_of_others_stay() {
    let map = |finalizers: &str| {
        format!("metadata: {{name: a, namespace: b, finalizers: [{finalizers}]}}")
    };
    update("v1/ConfigMap", &map("a/b"), &map("a/c"), "");
}

#[test]
fn crds_keep_their_kind_and_the_version_they_stored() {
    let crd = |scope: &str, versions: &str| {
        format!(
            "metadata: {{name: as.x.y}}, spec: {{group: x.y, scope: {scope}, names: {{plural: as, \
             kind: A}}, versions: [{versions}]}}"
        )
    };
    let (v1, v2) =
        ("{name: v1, served: true, storage: true}", "{name: v2, served: true, storage: true}");
    let unstored = "{name: v1, served: false, storage: false}";
    let kind = "apiextensions.k8s.io/v1/CustomResourceDefinition";
    update(kind, &crd("Cluster", v1), &crd("Cluster", &format!("{unstored}, {v2}")), "");
    update(
        kind,
        &crd("Cluster", v1),
        &crd("Namespaced", v2),
        "spec.scope FieldValueInvalid []\nstatus.storedVersions[0] FieldValueInvalid []",
    );
}

#[test]
fn a_class_in_an_annotation_stays() {
    let claim = |annotations: &str, class: &str| {
        format!(
            "metadata: {{name: a, namespace: b, annotations: {{{annotations}}}}}, spec: {{accessModes: \
             [ReadWriteOnce]{class}, resources: {{requests: {{storage: 1Gi}}}}}}"
        )
    };
    let kind = "v1/PersistentVolumeClaim";
    let annotated = |class: &str| format!("volume.beta.kubernetes.io/storage-class: {class}");
    update(
        kind,
        &claim(&annotated("a"), ""),
        &claim(&annotated("b"), ""),
        "metadata.annotations.volume.beta.kubernetes.io/storage-class FieldValueInvalid []",
    );
    update(kind, &claim(&annotated("a"), ""), &claim("", ", storageClassName: a"), "");
}

#[test]
fn a_claim_shrinks_to_its_capacity_lately() {
    let claim = |size: &str| {
        format!(
            "{META}, spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: \
             {size}}}}}}}, status: {{phase: Bound, capacity: {{storage: 4Gi}}}}"
        )
    };
    let kind = "v1/PersistentVolumeClaim";
    let (old, new) = (claim("8Gi"), claim("6Gi"));
    assert_eq!(say(kind, &old, &new, 32), "");
    let refused = "spec.resources.requests.storage FieldValueForbidden []";
    assert_eq!(say(kind, &old, &new, 31), refused);
    assert_eq!(say(kind, &old, &claim("4Gi"), 32), refused);
}

#[test]
fn both_names_of_a_service_account_count() {
    let job = |spec: &str| {
        format!(
            "{META}, spec: {{template: {{spec: {{restartPolicy: Never{spec}, containers: [{{name: a, \
             image: x}}]}}}}}}"
        )
    };
    let named = job(", serviceAccountName: s");
    update("batch/v1/Job", &named, &job(", serviceAccount: s"), "");
    // The older field has the name still when the newer one is removed.
    update("batch/v1/Job", &named, &job(""), "");
    let other = job(", serviceAccountName: t");
    update("batch/v1/Job", &named, &other, "spec.template FieldValueInvalid [spec]");
}

#[test]
fn the_completions_of_an_indexed_job_go_with_its_parallelism() {
    let job = |completions: &str| {
        workload(&format!("completionMode: Indexed{completions}"))
            .replace("spec: {containers", "spec: {restartPolicy: Never, containers")
    };
    update(
        "batch/v1/Job",
        &job(", completions: 3, parallelism: 3"),
        &job(", parallelism: 3"),
        "spec.completions FieldValueRequired",
    );
    update(
        "batch/v1/Job",
        &job(", completions: 3, parallelism: 3"),
        &job(", completions: 4, parallelism: 4"),
        "",
    );
    update(
        "batch/v1/Job",
        &job(", completions: 3, parallelism: 3"),
        &job(", completions: 4, parallelism: 3"),
        "spec.completions FieldValueInvalid []",
    );
}

#[test]
fn claim_templates_may_name_their_kind() {
    let set = |kind: &str| {
        workload(&format!(
            "{SELECTOR}, serviceName: a, volumeClaimTemplates: [{{{kind}metadata: {{name: d}}, spec: \
             {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}}}]"
        ))
    };
    let named = set("apiVersion: v1, kind: PersistentVolumeClaim, ");
    update("apps/v1/StatefulSet", &set(""), &named, "");
}

#[test]
fn what_was_stored_may_stay() {
    let set = |image: &str, label: &str| {
        workload_with(SELECTOR, &format!("{{name: a, image: '{image}'}}")).replace(
            "metadata: {labels: {a: b}}",
            &format!("metadata: {{labels: {{a: b, c: {label}}}}}"),
        )
    };
    update("apps/v1/StatefulSet", &set("", "d"), &set("", "e"), "");
    let image = "spec.template.spec.containers[0].image FieldValueRequired";
    update("apps/v1/StatefulSet", &set("x", "d"), &set("", "e"), image);

    let job = |zone: &str, limit: u8| {
        let job = workload("backoffLimit: 1")
            .replace("spec: {containers", "spec: {restartPolicy: Never, containers");
        let (_, template) = job.split_once(", spec").unwrap();
        format!(
            "{META}, spec: {{schedule: '{zone}* * * * *', failedJobsHistoryLimit: {limit}, \
             jobTemplate: {{spec{template}}}}}"
        )
    };
    update("batch/v1/CronJob", &job("TZ=UTC ", 1), &job("TZ=UTC ", 2), "");
    let refused = "spec.schedule FieldValueInvalid";
    update("batch/v1/CronJob", &job("", 1), &job("TZ=UTC ", 2), refused);

    let policy = |cidr: &str| {
        format!(
            "{META}, spec: {{podSelector: {{}}, ingress: [{{from: [{{ipBlock: {{cidr: {cidr}}}}}]}}]}}"
        )
    };
    let kind = "networking.k8s.io/v1/NetworkPolicy";
    update(kind, &policy("10.0.0.1/8"), &policy("10.0.0.1/8"), "");
    let refused = "spec.ingress[0].from[0].ipBlock.cidr FieldValueInvalid";
    update(kind, &policy("10.0.0.1/8"), &policy("10.0.0.2/8"), refused);
}

#[test]
fn an_annotation_of_an_ingress_is_looked_at_when_it_is_created() {
    let ingress = |class: &str| {
        format!(
            "metadata: {{name: a, namespace: b, annotations: {{kubernetes.io/ingress.class: x}}}}, \
             spec: {{ingressClassName: {class}, defaultBackend: {{service: {{name: s, port: \
             {{number: 80}}}}}}}}"
        )
    };
    update("networking.k8s.io/v1/Ingress", &ingress("x"), &ingress("other"), "");
}

#[test]
fn drivers_and_volumes() {
    let driver = |spec: &str| format!("metadata: {{name: a.b}}, spec: {{{spec}}}");
    let kind = "storage.k8s.io/v1/CSIDriver";
    update(kind, &driver(""), &driver("volumeLifecycleModes: [Persistent]"), "");
    let (old, new) = (driver(""), driver("fsGroupPolicy: File"));
    assert_eq!(say(kind, &old, &new, 29), "");
    assert_eq!(say(kind, &old, &new, 28), "spec.fsGroupPolicy FieldValueInvalid []");

    let volume = |handle: &str, more: &str| {
        format!(
            "metadata: {{name: a}}, spec: {{capacity: {{storage: 1Gi}}, accessModes: [ReadWriteOnce], \
             csi: {{driver: d.e, volumeHandle: {handle}{more}}}}}"
        )
    };
    let secret = ", controllerExpandSecretRef: {name: s, namespace: ns}";
    update("v1/PersistentVolume", &volume("h", ""), &volume("h", secret), "");
    update(
        "v1/PersistentVolume",
        &volume("h", ""),
        &volume("i", secret),
        "spec.persistentvolumesource FieldValueForbidden [csi]",
    );
}

#[test]
fn health_checks_keep_their_port() {
    let service = |port: u16| {
        format!(
            "{META}, spec: {{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: \
             {port}, ports: [{{port: 80}}]}}"
        )
    };
    let refused = "spec.healthCheckNodePort FieldValueForbidden []";
    update("v1/Service", &service(30001), &service(30002), refused);
    update("v1/Service", &service(30001), &service(30001), "");
}

#[test]
fn ranges_of_addresses_grow_by_the_other_family() {
    let cidr = |cidrs: &str| format!("metadata: {{name: a}}, spec: {{cidrs: [{cidrs}]}}");
    let kind = "networking.k8s.io/v1/ServiceCIDR";
    let v4 = "10.96.0.0/16";
    update(kind, &cidr(v4), &cidr("10.96.0.0/16, 'fd00::/112'"), "");
    update(kind, &cidr(v4), &cidr("10.97.0.0/16"), "spec.cidrs[0] FieldValueInvalid []");
}

#[test]
fn crds_keep_their_group_and_plural() {
    let crd = |group: &str, plural: &str| {
        format!(
            "metadata: {{name: as.x.y}}, spec: {{group: {group}, scope: Cluster, names: {{plural: \
             {plural}, kind: A}}, versions: [{{name: v1, served: true, storage: true}}]}}"
        )
    };
    update(
        "apiextensions.k8s.io/v1/CustomResourceDefinition",
        &crd("x.y", "as"),
        &crd("x.z", "bs"),
        "spec.group FieldValueInvalid []\nspec.names.plural FieldValueInvalid []",
    );
}

#[test]
fn a_pointer_to_nothing_much_is_no_nil() {
    let job = |container: &str, pod: &str| {
        format!(
            "{META}, spec: {{template: {{spec: {{restartPolicy: Never{pod}, containers: [{{name: a, \
             image: x{container}}}]}}}}}}"
        )
    };
    let changed = "spec.template FieldValueInvalid [spec]";
    for (container, pod, expected) in [
        ("", ", automountServiceAccountToken: false", changed),
        ("", ", hostNetwork: false", ""),
        ("", ", nodeSelector: {}", ""),
        (", securityContext: {}", "", changed),
        (", securityContext: {readOnlyRootFilesystem: false}", "", changed),
        (", resources: {}", "", ""),
        (", tty: false, env: []", "", ""),
    ] {
        update("batch/v1/Job", &job("", ""), &job(container, pod), expected);
        update("batch/v1/Job", &job(container, pod), &job("", ""), expected);
    }
    let set = |class: &str| {
        workload(&format!(
            "{SELECTOR}, serviceName: a, volumeClaimTemplates: [{{metadata: {{name: d}}, spec: \
             {{accessModes: [ReadWriteOnce]{class}, resources: {{requests: {{storage: 1Gi}}}}}}}}]"
        ))
    };
    update(
        "apps/v1/StatefulSet",
        &set(""),
        &set(", storageClassName: ''"),
        "spec FieldValueForbidden [volumeClaimTemplates]",
    );
}
