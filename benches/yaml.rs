//! How fast YAML is read and written: manifests as charts render them.

use std::hint::black_box;
use std::sync::Arc;

use chartc::source::FileId;
use chartc::yaml::{self, Emitter, Version};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const OBJECT: &str = r#"---
# Source: shop/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop-frontend
  labels:
    app.kubernetes.io/name: shop
    app.kubernetes.io/instance: "release-1"
    helm.sh/chart: shop-1.2.3
  annotations:
    checksum/config: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
spec:
  replicas: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: shop
  template:
    spec:
      securityContext:
        runAsNonRoot: true
      containers:
        - name: frontend
          image: "registry.example.com/shop/frontend:1.2.3"
          args: ["--port=8080", '--log-level=info']
          command:
            - /bin/sh
            - -c
            - |
              set -eu
              exec /usr/bin/frontend "$@"
          ports:
            - name: http
              containerPort: 8080
          resources:
            limits: {cpu: 500m, memory: 256Mi}
"#;

fn manifests(objects: usize) -> Arc<[u8]> {
    OBJECT.repeat(objects).into_bytes().into()
}

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    for objects in [1, 1000] {
        let text = manifests(objects);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("{objects} objects"), |bench| {
            bench.iter(|| yaml::read(FileId::NOWHERE, black_box(&text)));
        });
    }
    group.finish();
}

fn writing(criterion: &mut Criterion) {
    let text = manifests(1);
    let Ok(documents) = yaml::read(FileId::NOWHERE, &text) else { return };
    let write = |version| {
        let mut emitter = Emitter::new(version);
        for document in &documents {
            emitter.node(document.root());
        }
        emitter.finish()
    };
    let mut group = criterion.benchmark_group("write");
    group.throughput(Throughput::Bytes(write(Version::V2).len() as u64));
    group.bench_function("toYaml", |bench| bench.iter(|| write(black_box(Version::V2))));
    group.bench_function("toYamlPretty", |bench| bench.iter(|| write(black_box(Version::V3))));
    group.finish();
}

criterion_group!(benches, reading, writing);
criterion_main!(benches);
