//! From a rendered field to the template text and the values that made it.

use serde_json::Value;

use crate::folder::Folder;

const CHART: &str = "apiVersion: v2\nname: app\nversion: 1.0.0\n";

const HEAD: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n";

/// Asks `why` for `data.x` of what a template renders. Expected is the template text that made it, then
/// the calls, innermost first, after `<`, then the values after `=`.
#[track_caller]
fn check(template: &str, values: &str, expected: &str) {
    check_files(
        &[("templates/a.yaml", &format!("{HEAD}{template}")), ("values.yaml", values)],
        expected,
    );
}

#[track_caller]
fn check_files(files: &[(&str, &str)], expected: &str) {
    let folder = Folder::new(files);
    if !files.iter().any(|(path, _)| *path == "Chart.yaml") {
        folder.write("Chart.yaml", CHART);
    }
    let (answer, said) =
        folder.outputs(&["why", ".", "ConfigMap/a", "data.x", "--output-format", "json"]);
    assert_eq!(said, "");
    assert_eq!(shown(&serde_json::from_str(&answer).unwrap(), &folder), expected);
}

fn shown(answer: &Value, folder: &Folder) -> String {
    let mut shown = text_at(&answer["location"], folder);
    for frame in answer["stack"].as_array().unwrap() {
        let place = format!(" < {}:{}", frame["file"].as_str().unwrap(), frame["line"]);
        shown.push_str(&place);
    }
    for value in answer["values"].as_array().unwrap() {
        let (key, file) = (value["key"].as_str().unwrap(), value["file"].as_str().unwrap());
        let place = format!(" = {key} {file}:{}", value["line"]);
        shown.push_str(&place);
    }
    shown
}

/// `file:line text`
fn text_at(place: &Value, folder: &Folder) -> String {
    let number = |key: &str| place[key].as_u64().unwrap() as usize;
    let file = place["file"].as_str().unwrap();
    let text = folder.read(file);
    let line = text.lines().nth(number("line") - 1).unwrap();
    let end =
        if number("line") == number("end_line") { number("end_column") - 1 } else { line.len() };
    format!("{file}:{} {}", number("line"), &line[number("column") - 1..end])
}

#[test]
fn literal_text_leads_to_its_very_bytes() {
    check("data:\n  y: b\n  x: a\n", "", "templates/a.yaml:7 a");
}

#[test]
fn an_action_stands_for_what_it_prints() {
    check(
        "data:\n  x: {{ .Values.a }}\n",
        "a: b\n",
        "templates/a.yaml:6 {{ .Values.a }} = a values.yaml:1",
    );
}

#[test]
fn quotes_do_not_count() {
    check(
        "data:\n  x: \"{{ .Values.a }}\"\n",
        "a: b\n",
        "templates/a.yaml:6 {{ .Values.a }} = a values.yaml:1",
    );
    check(
        "data:\n  x: {{ .Values.a | quote }}\n",
        "a: b\n",
        "templates/a.yaml:6 {{ .Values.a | quote }} = a values.yaml:1",
    );
}

#[test]
fn neighbours_count_together() {
    check(
        "data:\n  x: {{ .Values.a }}:{{ .Values.b }}\n",
        "a: long\nb: c\n",
        "templates/a.yaml:6 {{ .Values.a }}:{{ .Values.b }} = a values.yaml:1 = b values.yaml:2",
    );
}

#[test]
fn an_included_template_is_the_innermost_line() {
    let helper = "{{- define \"n\" }}{{ .Values.a | trunc 3 }}{{ end }}";
    check_files(
        &[
            ("templates/a.yaml", &format!("{HEAD}data:\n  x: {{{{ include \"n\" . }}}}\n")),
            ("templates/_n.tpl", helper),
            ("values.yaml", "a: abcd\n"),
        ],
        "templates/_n.tpl:1 {{ .Values.a | trunc 3 }} < templates/a.yaml:6 = a values.yaml:1",
    );
}

#[test]
fn what_several_templates_wrote_leads_to_the_line_that_joins_them() {
    let helper = "{{- define \"n\" }}{{ .Values.a }}{{ end }}";
    check_files(
        &[
            ("templates/a.yaml", &format!("{HEAD}data:\n  x: {{{{ include \"n\" . }}}}-tls\n")),
            ("templates/_n.tpl", helper),
            ("values.yaml", "a: abcd\n"),
        ],
        "templates/a.yaml:6 {{ include \"n\" . }}-tls = a values.yaml:1",
    );
}

#[test]
fn indented_text_keeps_its_lines() {
    let helper = "{{- define \"n\" }}\ny: b\nx: {{ .Values.a }}\n{{- end }}";
    check_files(
        &[
            (
                "templates/a.yaml",
                &format!("{HEAD}data:\n  {{{{- include \"n\" . | nindent 2 }}}}\n"),
            ),
            ("templates/_n.tpl", helper),
            ("values.yaml", "a: b\n"),
        ],
        "templates/_n.tpl:3 {{ .Values.a }} < templates/a.yaml:6 = a values.yaml:1",
    );
}

#[test]
fn a_table_leads_to_each_of_its_values() {
    check(
        "data:\n  {{- toYaml .Values.t | nindent 2 }}\n",
        "t:\n  y: c\n  x: d\n",
        "templates/a.yaml:6 {{- toYaml .Values.t | nindent 2 }} = t.x values.yaml:3",
    );
}

#[test]
fn a_loop_leads_to_the_item() {
    check(
        "data:\n{{- range $key, $value := .Values.t }}\n  {{ $key }}: {{ $value | upper }}\n{{- end }}\n",
        "t:\n  x: d\n  y: c\n",
        "templates/a.yaml:7 {{ $value | upper }} = t.x values.yaml:2",
    );
}

#[test]
fn a_default_leads_to_the_value_that_is_empty() {
    check(
        "data:\n  x: {{ .Values.a | default \"none\" }}\n",
        "a: \"\"\n",
        "templates/a.yaml:6 {{ .Values.a | default \"none\" }} = a values.yaml:1",
    );
}

#[test]
fn joined_text_names_all_values() {
    check(
        "data:\n  x: {{ printf \"%s-%s\" .Values.a (join \",\" .Values.l) | replace \"_\" \"-\" }}\n",
        "a: b_c\nl: [d, e]\n",
        "templates/a.yaml:6 {{ printf \"%s-%s\" .Values.a (join \",\" .Values.l) | replace \"_\" \"-\" }} = a \
         values.yaml:1 = l[0] values.yaml:2 = l[1] values.yaml:2",
    );
}

#[test]
fn a_template_in_values_leads_into_the_values() {
    check(
        "data:\n  x: {{ tpl .Values.a . }}\n",
        "a: \"{{ .Values.b }}\"\nb: c\n",
        "values.yaml:1 {{ .Values.b }} < templates/a.yaml:6 = b values.yaml:2",
    );
}

#[test]
fn a_block_in_values_leads_to_its_line() {
    let values = "a: |\n  y: same\n  x: \"same\"\n  z: same\n";
    check(
        "data:\n{{ tpl .Values.a . | indent 2 }}\n",
        values,
        "values.yaml:3 x: \"same\" < templates/a.yaml:6 = a values.yaml:1",
    );
}

#[test]
fn subcharts_see_values_of_their_parent() {
    let sub = "apiVersion: v2\nname: sub\nversion: 1.0.0\n";
    let template = format!("{HEAD}data:\n  x: {{{{ .Values.a }}}}{{{{ .Values.global.g }}}}\n");
    check_files(
        &[
            ("charts/sub/Chart.yaml", sub),
            ("charts/sub/values.yaml", "a: own\n"),
            ("charts/sub/templates/a.yaml", &template),
            ("values.yaml", "sub:\n  a: parents\nglobal:\n  g: all\n"),
        ],
        "charts/sub/templates/a.yaml:6 {{ .Values.a }}{{ .Values.global.g }} = sub.a values.yaml:2 = \
         global.g values.yaml:4",
    );
}

#[test]
fn imported_values_lead_to_the_subchart() {
    let chart = "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n  - {name: sub, version: 1.0.0, \
                 import-values: [data]}\n";
    check_files(
        &[
            ("Chart.yaml", chart),
            ("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n"),
            ("charts/sub/values.yaml", "exports:\n  data:\n    a: theirs\n"),
            ("templates/a.yaml", &format!("{HEAD}data:\n  x: {{{{ .Values.a }}}}\n")),
        ],
        "templates/a.yaml:6 {{ .Values.a }} = exports.data.a charts/sub/values.yaml:3",
    );
}

#[test]
fn unknown_objects_and_fields_are_told_with_the_nearest() {
    let template = format!("{HEAD}data:\n  x: y\n");
    let folder = Folder::new(&[("Chart.yaml", CHART), ("templates/a.yaml", &template)]);
    let said = |object: &str, field: &str| folder.outputs(&["why", ".", object, field]).1;
    assert_eq!(
        said("ConfigMap/b", "data.x"),
        "error: the chart renders no ConfigMap/b; did you mean `ConfigMap/a`?\n"
    );
    assert_eq!(
        said("ConfigMap/a", "datas.x"),
        "error: the object has no field `datas`; did you mean `data`?\n"
    );
    assert_eq!(said("ConfigMap/a", "data.zebra"), "error: `data` has no field `zebra`; it has x\n");
    assert_eq!(said("ConfigMap/a", "data.x.y"), "error: `data.x` has no field `y`; it has none\n");
}

#[test]
fn why_shows_what_made_a_field() {
    let template = format!(
        "{HEAD}{{{{- if .Values.enabled }}}}\ndata:\n  x: {{{{ .Values.a | default \"b\" }}}}\n{{{{- end }}}}\n"
    );
    let folder = Folder::new(&[
        ("Chart.yaml", CHART),
        ("templates/a.yaml", &template),
        ("values.yaml", "enabled: true\na: \"\"\n"),
    ]);
    let expected = "\
ConfigMap/a data.x

  made by        templates/a.yaml:7:6
                 │ x: {{ .Values.a | default \"b\" }}
  set in         values.yaml:2:4
                 │ a: \"\" (empty, so the template falls back)
  because of     values.yaml:1:10
                 │ enabled: true
  rendered in    app/templates/a.yaml:6:6
                 │ x: b
";
    assert_eq!(folder.run(&["why", ".", "ConfigMap/a", "data.x"]), expected);
}

/// What `check` says of fields that change at each render.
#[track_caller]
fn check_unstable(template: &str, expected: &str) {
    let folder = Folder::new(&[
        ("Chart.yaml", CHART),
        ("templates/a.yaml", &format!("{HEAD}{template}")),
        ("chartc.yaml", "select: [unstable-field]\n"),
    ]);
    assert_eq!(folder.check(&["."]), expected);
}

#[test]
fn random_fields_are_told_with_their_call() {
    check_unstable(
        "data:\n  {{- $p := randAlphaNum 8 | b64enc }}\n  x: {{ $p }}\n",
        "templates/a.yaml:6:13: info[unstable-field] `data.x` changes at each render: `randAlphaNum` is \
         called anew (ConfigMap a)\n",
    );
    check_unstable(
        "data:\n  {{- $ca := genCA \"ca\" 365 }}\n  tls.crt: {{ $ca.Cert | quote }}\n  x: {{ $ca.Key | quote }}\n",
        "templates/a.yaml:6:14: info[unstable-field] `data[tls.crt]` and one other field change at each \
         render: `genCA` is called anew (ConfigMap a)\n",
    );
    check_unstable(
        "data:\n  x: {{ now | date \"2006\" | quote }}\n",
        "templates/a.yaml:6:9: info[unstable-field] `data.x` changes at each render: `now` is called anew \
         (ConfigMap a)\n",
    );
}

#[test]
fn what_is_looked_up_first_is_left_alone() {
    check_unstable(
        "data:\n  {{- $old := lookup \"v1\" \"Secret\" \"d\" \"s\" }}\n  x: {{ if $old }}{{ $old.data.x }}{{ else }}{{ randAlphaNum 8 }}{{ end }}\n",
        "",
    );
}
