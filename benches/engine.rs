//! How fast templates are parsed and executed, on text such as charts have.

use std::hint::black_box;

use chartc::exec::{self, Options};
use chartc::funcs::Env;
use chartc::origin::Tracer;
use chartc::program::{self, Unit};
use chartc::source::{Kind, Sources};
use chartc::value::{Map, MapKind, Value};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const HELPERS: &str = r#"{{/* Expand the name of the chart. */}}
{{- define "app.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "app.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- define "app.labels" -}}
app.kubernetes.io/name: {{ include "app.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
"#;

const DEPLOYMENT: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "app.fullname" . }}
  labels:
    {{- include "app.labels" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  template:
    spec:
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          ports:
          {{- range $name, $port := .Values.ports }}
            - name: {{ $name }}
              containerPort: {{ $port }}
          {{- end }}
          {{- with .Values.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
"#;

/// A text that does one thing many times, to see what one costs.
fn repeated(body: &str) -> String {
    format!("{{{{ range until {ROUNDS} }}}}{body}{{{{ end }}}}")
}

const ROUNDS: usize = 10_000;

/// What the texts refer to.
const DEFINITIONS: &str = r#"{{ define "h" }}x{{ end }}{{ $x := "some-name" }}{{ $d := dict }}"#;

fn map(entries: &[(&str, Value)]) -> Value {
    let map = Map::new(MapKind::Any);
    for (key, value) in entries {
        map.insert(key.as_bytes(), value.clone());
    }
    map.into()
}

fn scope() -> Map {
    let resources = map(&[("cpu", Value::from("100m")), ("memory", Value::from("128Mi"))]);
    let values = map(&[
        ("autoscaling", map(&[("enabled", Value::from(false))])),
        ("replicaCount", Value::from(3.0)),
        ("nameOverride", Value::from("")),
        ("fullnameOverride", Value::from("")),
        ("ports", map(&[("http", Value::from(8080.0)), ("metrics", Value::from(9090.0))])),
        ("resources", map(&[("limits", resources.clone()), ("requests", resources)])),
        (
            "image",
            map(&[
                ("repository", Value::from("registry.example/app")),
                ("tag", Value::from("1.2.3")),
                ("pullPolicy", Value::from("IfNotPresent")),
            ]),
        ),
    ]);
    let scope = Map::new(MapKind::Values);
    scope.insert(&b"Values"[..], values);
    scope.insert(&b"Chart"[..], map(&[("Name", "app".into()), ("AppVersion", "1.0".into())]));
    scope.insert(&b"Release"[..], map(&[("Name", "rel".into()), ("Service", "Helm".into())]));
    scope
}

fn units(files: &[(&str, &str)], sources: &mut Sources) -> Vec<Unit> {
    let scope = scope();
    let unit = |&(name, text): &(&str, &str)| Unit {
        name: format!("app/templates/{name}"),
        file: sources.add(Kind::File, name, text.as_bytes()),
        base: "app/templates".into(),
        scope: scope.clone(),
        partial: name.starts_with('_'),
    };
    files.iter().map(unit).collect()
}

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    for (name, text) in [("helpers", HELPERS), ("deployment", DEPLOYMENT)] {
        let mut sources = Sources::default();
        let units = units(&[(name, text)], &mut sources);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            bencher
                .iter(|| program::compile(black_box(&units), &sources, &program::Trees::default()));
        });
    }
}

fn execute(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("execute");
    let chart = [("_helpers.tpl", HELPERS), ("x.yaml", DEPLOYMENT)];
    bench(&mut group, "deployment", 1, &chart, Traces::No);
    bench(&mut group, "deployment with origins", 1, &chart, Traces::Yes);
    let bodies = [
        ("text", "a"),
        ("field", "{{ $.Values.replicaCount }}"),
        ("chain", "{{ $.Values.image.tag }}"),
        ("if", "{{ if $.Values.image.tag }}{{ end }}"),
        ("call", "{{ eq 1 2 }}"),
        ("add", "{{ add 1 2 }}"),
        ("and", "{{ if and $.Values.image.tag $.Values.replicaCount }}{{ end }}"),
        ("pipe", "{{ $.Values.image.tag | default 1 }}"),
        ("quote", "{{ $x | quote }}"),
        ("printf", "{{ printf \"%s-%s\" $.Release.Name $x }}"),
        ("dict", "{{ $_ := dict \"a\" 1 \"b\" $x }}"),
        ("list", "{{ $_ := list 1 2 $x }}"),
        ("set", "{{ $_ := set $d \"a\" $x }}"),
        ("merge", "{{ $_ := merge (dict) $.Values.resources }}"),
        ("toYaml", "{{ toYaml $.Values.resources }}"),
        ("include", "{{ include \"h\" $ }}"),
        ("include nindent", "{{ include \"h\" $ | nindent 4 }}"),
        ("tpl", "{{ tpl \"{{ .Release.Name }}\" $ }}"),
    ];
    for (name, body) in bodies {
        let text = format!("{DEFINITIONS}{}", repeated(body));
        bench(&mut group, name, ROUNDS, &[("x.yaml", &text)], Traces::No);
    }
}

/// Whether a render remembers where its output came from.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Traces {
    No,
    Yes,
}

fn bench(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    name: &str,
    rounds: usize,
    files: &[(&str, &str)],
    traces: Traces,
) {
    let mut sources = Sources::default();
    let units = units(files, &mut sources);
    let program = program::compile(&units, &sources, &program::Trees::default());
    let (env, options) = (Env::default(), Options::default());
    group.throughput(Throughput::Elements(rounds as u64));
    group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
        bencher.iter(|| {
            let mut tracer = (traces == Traces::Yes).then(Tracer::default);
            exec::render(&program, &units, &env, &options, &mut sources, tracer.as_mut())
                .map(|rendered| rendered.files.len())
                .map_err(|error| error.helm)
        });
    });
}

criterion_group!(benches, parse, execute);
criterion_main!(benches);
