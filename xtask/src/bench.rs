//! Measures whole processes of the release binary: CPU time against Helm's, the time of a check, peak
//! memory.
//!
//! Each process runs several times and its best run counts, since other work on the machine only ever
//! adds time.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;
use wait4::Wait4;

/// What to measure.
pub(crate) struct Options {
    /// The conformance data, where there is some.
    pub(crate) dir: Option<PathBuf>,
    /// Only chart cases whose id holds this text.
    pub(crate) filter: String,
    /// How often each process runs.
    pub(crate) runs: usize,
    /// How many of the worst cases to name.
    pub(crate) show: usize,
    pub(crate) binary: PathBuf,
    pub(crate) repository: PathBuf,
}

pub(crate) fn main(options: &Options) -> Result<(), String> {
    match &options.dir {
        Some(dir) => against_helm(options, dir)?,
        None => println!("no conformance data here, so nothing to compare with Helm\n"),
    }
    own_charts(options)
}

/// What one process took.
#[derive(Copy, Clone, Debug)]
struct Cost {
    wall: Duration,
    cpu: Duration,
    /// The largest resident set.
    peak: Bytes,
}

impl Cost {
    /// The lesser of two runs of one command.
    fn least(self, other: Cost) -> Cost {
        Cost {
            wall: self.wall.min(other.wall),
            cpu: self.cpu.min(other.cpu),
            peak: self.peak.max(other.peak),
        }
    }
}

/// Runs a command several times without its output.
fn measure(runs: usize, command: impl Fn() -> Command) -> Result<Cost, String> {
    let mut best = run(command())?;
    for _ in 1..runs {
        best = best.least(run(command())?);
    }
    Ok(best)
}

fn run(mut command: Command) -> Result<Cost, String> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let used = child.wait4().map_err(|error| error.to_string())?;
    let wall = start.elapsed();
    let usage = used.rusage;
    Ok(Cost { wall, cpu: usage.utime + usage.stime, peak: Bytes(usage.maxrss) })
}

/// A case of the family `charts`, as far as it matters here.
#[derive(Deserialize)]
struct Case {
    id: String,
    chart: String,
    release: String,
    #[serde(default)]
    args: Vec<String>,
    status: String,
    helm_cpu_ms: Option<f64>,
}

/// A case that was measured.
struct Measured {
    id: String,
    ours: Cost,
    helm: Duration,
}

impl Measured {
    /// Our CPU time as a part of Helm's.
    fn ratio(&self) -> Ratio {
        Ratio(self.ours.cpu.as_secs_f64() / self.helm.as_secs_f64())
    }
}

/// `chartc template` over the public charts that Helm renders, beside the time that Helm took.
fn against_helm(options: &Options, dir: &Path) -> Result<(), String> {
    let base = dir.join("charts");
    let mut measured = Vec::new();
    for (case, helm) in cases(&base, &options.filter)? {
        let command = || {
            let mut command = Command::new(&options.binary);
            command.args(["template", &case.release, &case.chart]).args(&case.args);
            command.current_dir(&base);
            command
        };
        let ours = measure(options.runs, command)?;
        measured.push(Measured { id: case.id, ours, helm });
    }
    print_against_helm(measured, options);
    Ok(())
}

/// The cases that Helm renders, each with Helm's CPU time.
fn cases(base: &Path, filter: &str) -> Result<Vec<(Case, Duration)>, String> {
    let path = base.join("cases.jsonl");
    let failed = |error: &dyn fmt::Display| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(&path).map_err(|error| failed(&error))?;
    let mut cases = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let case: Case = serde_json::from_str(line).map_err(|error| failed(&error))?;
        if let Some(helm) = case.helm_cpu_ms
            && case.status == "ok"
            && case.id.contains(filter)
        {
            cases.push((case, Duration::from_secs_f64(helm / 1000.0)));
        }
    }
    Ok(cases)
}

fn print_against_helm(mut measured: Vec<Measured>, options: &Options) {
    if measured.is_empty() {
        println!("no chart case whose name holds `{}`\n", options.filter);
        return;
    }
    println!(
        "chartc template on {} public charts and values: CPU time of the whole process, best of {} runs\n",
        measured.len(),
        options.runs
    );
    println!("{:12}{:>12}{:>12}{:>10}{:>12}", "", "chartc", "Helm", "part", "memory");
    let row = |name: &str, one: &Measured| {
        let (cpu, helm) = (Ms(one.ours.cpu).to_string(), Ms(one.helm).to_string());
        let (part, peak) = (one.ratio().to_string(), one.ours.peak.to_string());
        println!("{name:12}{cpu:>12}{helm:>12}{part:>10}{peak:>12}   {}", one.id);
    };
    let middle = measured.len() / 2;
    measured.sort_by_key(|one| one.ours.cpu);
    row("median time", &measured[middle]);
    if let Some(slowest) = measured.last() {
        row("most time", slowest);
    }
    if let Some(largest) = measured.iter().max_by_key(|one| one.ours.peak) {
        row("most memory", largest);
    }
    measured.sort_by(|a, b| a.ratio().0.total_cmp(&b.ratio().0));
    row("median part", &measured[middle]);
    for one in measured.iter().rev().take(options.show) {
        row("largest", one);
    }
    println!();
}

/// This repository's charts and a small one, as people run them.
fn own_charts(options: &Options) -> Result<(), String> {
    println!("whole processes, best of {OWN_RUNS} runs\n");
    println!("{:44}{:>12}{:>12}{:>12}", "", "wall", "CPU", "memory");
    let row = |name: &str, folder: &Path, args: &[&str]| -> Result<(), String> {
        let command = || {
            let mut command = Command::new(&options.binary);
            command.args(args).current_dir(folder);
            command
        };
        let Cost { wall, cpu, peak } = measure(OWN_RUNS, command)?;
        let (wall, cpu, peak) = (Ms(wall).to_string(), Ms(cpu).to_string(), peak.to_string());
        println!("{name:44}{wall:>12}{cpu:>12}{peak:>12}");
        Ok(())
    };
    let small = small_chart().map_err(|error| error.to_string())?;
    row("template, a small chart", small.path(), &["template", "chart"])?;
    row("check, a small chart", small.path(), &["check", "chart"])?;
    for name in charts(&options.repository.join("charts"))? {
        let path = format!("charts/{name}");
        row(&format!("check, {name}"), &options.repository, &["check", &path])?;
    }
    row("check, all charts of this repository", &options.repository, &["check"])
}

/// These are few and short.
const OWN_RUNS: usize = 20;

/// The names of the charts in a folder.
fn charts(folder: &Path) -> Result<Vec<String>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let charts = entries.flatten().filter(|entry| entry.path().join("Chart.yaml").is_file());
    let mut names: Vec<String> =
        charts.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

/// A chart as people start with: helpers, a Deployment and a Service.
fn small_chart() -> std::io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    let chart = folder.path().join("chart");
    std::fs::create_dir_all(chart.join("templates"))?;
    for (path, text) in SMALL_CHART {
        std::fs::write(chart.join(path), text)?;
    }
    Ok(folder)
}

const SMALL_CHART: [(&str, &str); 5] = [
    ("Chart.yaml", "apiVersion: v2\nname: small\nversion: 1.0.0\nappVersion: \"1.2\"\n"),
    (
        "values.yaml",
        "replicas: 2\nimage: {repository: registry.example.com/small, tag: \"\"}\nport: 8080\n\
         resources:\n  requests: {cpu: 100m, memory: 64Mi}\n  limits: {memory: 64Mi}\n",
    ),
    (
        "templates/_helpers.tpl",
        r#"{{- define "small.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
"#,
    ),
    (
        "templates/deployment.yaml",
        r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels: {{- include "small.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {{- include "small.labels" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "small.labels" . | nindent 8 }}
    spec:
      containers:
        - name: small
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          ports: [{name: http, containerPort: {{ .Values.port }}}]
          resources: {{- toYaml .Values.resources | nindent 12 }}
"#,
    ),
    (
        "templates/service.yaml",
        r#"apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
  labels: {{- include "small.labels" . | nindent 4 }}
spec:
  selector: {{- include "small.labels" . | nindent 4 }}
  ports: [{name: http, port: 80, targetPort: http}]
"#,
    ),
];

/// Prints as milliseconds.
struct Ms(Duration);

impl fmt::Display for Ms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} ms", self.0.as_secs_f64() * 1000.0)
    }
}

/// Prints as megabytes.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Bytes(u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} MB", self.0 as f64 / 1e6)
    }
}

/// Prints as a fraction of one.
struct Ratio(f64);

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1/{:.1}", 1.0 / self.0.max(1e-6))
    }
}
