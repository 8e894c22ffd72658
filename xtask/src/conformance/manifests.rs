//! Families `kubernetes`, `objects` and `lint`: which objects the API server refuses, and why.

use std::collections::BTreeSet;

use chartc::diagnostic::{Diagnostic, Group, Severity};
use chartc::pipeline;

use super::case::{self, Lint, Manifest, Stream};
use super::{Options, Outcome, charts, parallel};

/// Each case counts twice: its verdict, and (where refused) the exact set of field paths.
pub(super) fn kubernetes(options: &Options) -> Result<Vec<Outcome>, String> {
    let cases: Vec<Manifest> = case::read(&options.dir, "kubernetes")?;
    let judged: Vec<Manifest> = cases
        .into_iter()
        .filter(|case| !case.either && case.id.contains(&options.filter))
        .collect();
    Ok(parallel(&judged, manifest).into_iter().flatten().collect())
}

fn manifest(case: &Manifest) -> Vec<Outcome> {
    let version = case.k8s_version.as_deref().unwrap_or("v1.36");
    let found = match (case.mode.as_str(), &case.old) {
        ("update", Some(old)) => pipeline::compare_manifests(old, &case.manifest, version),
        _ => pipeline::check_manifests(&case.manifest, version),
    };
    let refusals: Vec<&Diagnostic> = found.iter().filter(|one| is_refusal(one)).collect();
    let told: BTreeSet<&str> =
        refusals.iter().map(|one| one.field.as_deref().unwrap_or_default()).collect();
    let real: BTreeSet<&str> = case.errors.iter().map(|one| one.field.as_str()).collect();
    let right = refusals.is_empty() == case.accepted;
    let what = || format!("{}: real {real:?}, ours {told:?}\n{}", case.change, case.manifest);
    let outcome = |group: String, good: bool| Outcome {
        id: format!("{}:{group}", case.id),
        difference: (!good).then(what),
        group,
    };
    let verdict = outcome(format!("{}-verdict", case.mode), right);
    let fields = outcome(format!("{}-fields", case.mode), right && (case.accepted || told == real));
    vec![verdict, fields]
}

fn is_refusal(found: &Diagnostic) -> bool {
    matches!(found.group, Group::ApiServer | Group::Upgrade) && found.severity == Severity::Error
}

pub(super) fn objects(options: &Options) -> Result<Vec<Outcome>, String> {
    let cases: Vec<Stream> = case::read(&options.dir, "objects")?;
    let cases: Vec<Stream> =
        cases.into_iter().filter(|case| case.id.contains(&options.filter)).collect();
    Ok(parallel(&cases, |case| Outcome {
        id: case.id.clone(),
        group: if case.refused.is_empty() { "clean" } else { "refused" }.to_owned(),
        difference: stream(options, case).err(),
    }))
}

fn stream(options: &Options, case: &Stream) -> Result<(), String> {
    let text = charts::unpack(&options.dir.join("objects").join(&case.rendered))?;
    let text = String::from_utf8_lossy(&text);
    let found = pipeline::check_manifests(&text, &case.k8s_version);
    let refusals =
        found.iter().filter(|one| one.group == Group::ApiServer && one.severity == Severity::Error);
    let told: BTreeSet<_> = refusals
        .filter_map(|one| one.object.as_ref())
        .map(|object| (object.kind.as_str(), object.name.as_deref()))
        .collect();
    let named = |one: &'_ case::Refused| {
        let name = one.name.as_deref().map(|name| name.trim_matches(['"', '\'']).to_owned());
        (one.kind.clone(), name.filter(|name| !name.is_empty()))
    };
    let real: BTreeSet<_> = case.refused.iter().map(named).collect();
    let loose: BTreeSet<_> = case.either.iter().map(named).collect();
    let told: BTreeSet<_> =
        told.into_iter().map(|(kind, name)| (kind.to_owned(), name.map(str::to_owned))).collect();
    let alarms: Vec<_> = told.difference(&real).filter(|one| !loose.contains(one)).collect();
    let missed: Vec<_> = real.difference(&told).collect();
    if alarms.is_empty() && missed.is_empty() {
        return Ok(());
    }
    Err(format!("false alarms {alarms:?}, missed {missed:?}"))
}

pub(super) fn lint(options: &Options) -> Result<Vec<Outcome>, String> {
    let cases: Vec<Lint> = case::read(&options.dir, "lint")?;
    let judged: Vec<Lint> = cases
        .into_iter()
        .filter(|case| !case.api_server.either && case.id.contains(&options.filter))
        .collect();
    Ok(parallel(&judged, |case| {
        let found = pipeline::check_manifests(&case.manifest, "v1.36");
        let accepted = !found.iter().any(is_refusal);
        let right = accepted == case.api_server.accepted;
        Outcome {
            id: case.id.clone(),
            group: case.group.clone(),
            difference: (!right)
                .then(|| format!("{}: accepted here: {accepted}\n{}", case.about, case.manifest)),
        }
    }))
}
