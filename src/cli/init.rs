//! `chartc init`: writes `chartc.yaml`, a pre-commit and a CI stanza for the charts it finds.

use std::path::{Path, PathBuf};

use minijinja::{Environment, context};

use super::targets::{self, Target};
use super::{Exit, Failure, atomic, output, settings};

#[derive(clap::Args)]
pub(super) struct Args {
    /// The repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Overwrites files that are there
    #[arg(long)]
    force: bool,
}

/// A file that is written, and the template it is made of.
const SCAFFOLDS: [(&str, &str); 3] = [
    ("chartc.yaml", include_str!("init/chartc.yaml.j2")),
    (".pre-commit-config.yaml", include_str!("init/pre-commit-config.yaml.j2")),
    (".github/workflows/chartc.yaml", include_str!("init/workflow.yaml.j2")),
];

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let charts =
        targets::find(std::slice::from_ref(&args.path), &settings::excluded(&args.path, None)?)?;
    let charts: Vec<_> = charts.iter().filter_map(|target| chart(target, &args.path)).collect();
    let environment = Environment::new();
    for (name, template) in SCAFFOLDS {
        let path = args.path.join(name);
        if path.exists() && !args.force {
            output::text(&format!(
                "kept    {}: it is there already (--force overwrites it)\n",
                path.display()
            ))?;
            continue;
        }
        let values = context! { charts => &charts, version => env!("CARGO_PKG_VERSION") };
        let mut text =
            environment.render_str(template, values).map_err(|error| Failure(error.to_string()))?;
        // A render ends without the line end of its template.
        text.push('\n');
        atomic::write(&path, text.as_bytes())
            .map_err(|error| Failure(format!("cannot write {}: {error}", path.display())))?;
        output::text(&format!("written {}\n", path.display()))?;
    }
    Ok(Exit::Clean)
}

/// A chart as the scaffold shows it: its path and the values files that look like cases.
fn chart(target: &Target, root: &Path) -> Option<minijinja::Value> {
    let Target::Chart(folder) = target else { return None };
    let shown = folder.strip_prefix(root).unwrap_or(folder);
    let mut cases = Vec::new();
    for place in [folder.clone(), folder.join("ci")] {
        // A folder that cannot be read has no cases to offer; the check will say why.
        for entry in std::fs::read_dir(place).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let stem = name.strip_suffix(".yaml").or(name.strip_suffix(".yml"));
            let case =
                stem.and_then(|stem| stem.strip_prefix("values-").or(stem.strip_suffix("-values")));
            if let Some(case) = case {
                let path = entry.path();
                let path = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
                cases.push((case.to_owned(), path));
            }
        }
    }
    cases.sort();
    let cases: Vec<_> = cases.into_iter().map(|(name, values)| context! { name, values }).collect();
    Some(context! { path => shown.to_string_lossy(), cases })
}
