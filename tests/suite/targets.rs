//! Which charts the paths of a command line mean.

use crate::folder::Folder;

const CHART: &str = "apiVersion: v2\nname: NAME\nversion: 0.1.0\ntype: application\n";

/// The charts that are checked, by the files that their findings are in.
#[track_caller]
fn check(path: &str, expected: &[&str]) {
    let charts = ["app", "app/charts/dep", "app/fixtures/inner", "app/fixtures/inner/charts/deep"];
    let folder = Folder::new(&[]);
    for chart in charts {
        let (_, name) = chart.rsplit_once('/').unwrap_or(("", chart));
        folder.write(&format!("{chart}/Chart.yaml"), &CHART.replace("NAME", name));
        let template = if chart.contains("charts/") { "" } else { "{{ fail .Chart.Name }}\n" };
        folder.write(&format!("{chart}/templates/x.yaml"), template);
    }
    let found = folder.check(&["--select", "template-error", path]);
    let files: Vec<&str> = found.lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(files, expected, "{path}: {found}");
}

#[test]
fn a_folder_in_a_chart_means_the_chart() {
    check("app", &["app/templates/x.yaml"]);
    check("app/templates", &["app/templates/x.yaml"]);
    check("app/templates/x.yaml", &["app/templates/x.yaml"]);
}

#[test]
fn a_dependency_means_what_depends_on_it() {
    check("app/charts/dep", &["app/templates/x.yaml"]);
    check("app/charts/dep/templates/x.yaml", &["app/templates/x.yaml"]);
    check("app/fixtures/inner/charts/deep", &["app/fixtures/inner/templates/x.yaml"]);
}

#[test]
fn a_chart_elsewhere_in_a_chart_is_its_own() {
    check("app/fixtures/inner", &["app/fixtures/inner/templates/x.yaml"]);
    check("app/fixtures/inner/templates", &["app/fixtures/inner/templates/x.yaml"]);
}
