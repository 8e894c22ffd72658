//! What the objects tell of backups.

use crate::rules::index::Index;
use crate::rules::workload::{Workload, WorkloadKind};
use crate::yaml::Node;

/// Words in the name of what makes backups.
const WORDS: &[&str] = &["backup", "dump", "snapshot"];

/// A CronJob that makes backups, by its name.
pub(crate) fn is_backup(workload: &Workload<'_>) -> bool {
    let name = workload.name();
    workload.kind == WorkloadKind::CronJob && WORDS.iter().any(|word| name.contains(word))
}

/// Whether something of the render makes backups.
pub(crate) fn is_scheduled(index: &Index<'_>) -> bool {
    let kinds = ["Schedule", "ScheduledBackup", "BackupSchedule", "VolumeSnapshot"];
    index.workloads.iter().any(is_backup)
        || kinds.iter().any(|kind| index.of_kind(kind).next().is_some())
}

/// Whether an annotation of the workload or its pods asks a backup tool.
pub(crate) fn is_annotated(workload: &Workload<'_>) -> bool {
    let own = workload.object.root().at(&["metadata", "annotations"]);
    let all = own.into_iter().chain(workload.annotations).flat_map(Node::entries);
    all.filter_map(|entry| entry.key.as_str()).any(|key| key.contains("backup"))
}

/// Whether the pods write to something that outlives them.
pub(crate) fn has_target(workload: &Workload<'_>) -> bool {
    let lasting = workload.volumes().any(|volume| {
        let kinds = ["persistentVolumeClaim", "nfs", "csi", "hostPath", "ephemeral"];
        kinds.iter().any(|kind| volume.node.get(kind).is_some())
    });
    let words = ["BUCKET", "S3", "TARGET", "DESTINATION", "REPOSITORY", "GCS", "AZURE", "REMOTE"];
    lasting || mentions(workload, &words)
}

/// Whether the pods are told how long to keep a backup.
pub(crate) fn has_retention(workload: &Workload<'_>) -> bool {
    mentions(workload, &["RETENTION", "KEEP", "RETAIN", "-MTIME", "EXPIRE"])
}

/// Whether the name of a variable, an argument or a command contains one of the words, in whatever
/// case. What comes from a ConfigMap or a Secret as a whole may contain any.
fn mentions(workload: &Workload<'_>, words: &[&str]) -> bool {
    let contains = |text: &str| {
        let text = text.to_ascii_uppercase();
        words.iter().any(|word| text.contains(word))
    };
    workload.containers.iter().any(|container| {
        let list = |key| container.node.get(key).into_iter().flat_map(Node::items);
        let mut texts = list("command").chain(list("args")).filter_map(Node::as_str);
        list("envFrom").next().is_some()
            || texts.any(contains)
            || container.variables().any(|variable| contains(variable.name))
    })
}
