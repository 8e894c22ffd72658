//! `.Capabilities`: the cluster that a render pretends to see
//! (`pkg/chart/common/capabilities.go`).

use std::fmt;
use std::rc::Rc;

use crate::value::quote::quoted;
use crate::value::{Data, List, ListKind, Rare, Struct, Value};

/// The API versions that client-go knows in the version that Helm is built with
/// (`DefaultVersionSet`).
const API_VERSIONS: &[&str] = &[
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha2",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];

/// What `helm version` of the release that we follow says.
pub struct HelmVersion {
    pub version: &'static str,
    pub git_commit: &'static str,
    pub git_tree_state: &'static str,
    pub go_version: &'static str,
    pub kube_client_version: &'static str,
}

pub const HELM: HelmVersion = HelmVersion {
    version: "v4.2.4",
    git_commit: "",
    git_tree_state: "",
    go_version: "go1.26",
    kube_client_version: "v1.36",
};

impl HelmVersion {
    /// Its fields under Go's names.
    pub fn fields(&self) -> [(&'static str, &'static str); 5] {
        [
            ("Version", self.version),
            ("GitCommit", self.git_commit),
            ("GitTreeState", self.git_tree_state),
            ("GoVersion", self.go_version),
            ("KubeClientVersion", self.kube_client_version),
        ]
    }
}

/// The cluster: its version and what it serves beyond Kubernetes' own API versions.
#[derive(Clone, Debug, Default)]
pub struct Capabilities {
    pub kube_version: KubeVersion,
    /// `--api-versions`
    pub api_versions: Vec<String>,
}

/// A version of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeVersion {
    /// In full: `v1.33.4-gke.1245000`.
    pub version: String,
    /// For comparisons: `v1.33.4`.
    pub normalized: String,
    pub major: String,
    pub minor: String,
}

impl Default for KubeVersion {
    fn default() -> KubeVersion {
        KubeVersion {
            version: "v1.36.0".to_owned(),
            normalized: "v1.36.0".to_owned(),
            major: "1".to_owned(),
            minor: "36".to_owned(),
        }
    }
}

/// Why a text is no version (`ParseGeneric` in apimachinery's `pkg/util/version`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KubeVersionError {
    NoVersion(String),
    OneNumber(String),
    LeadingZero { number: String, version: String },
    TooLarge { number: String, version: String },
}

impl fmt::Display for KubeVersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KubeVersionError::NoVersion(text) => {
                write!(f, "could not parse {} as version", quoted(text))
            }
            KubeVersionError::OneNumber(text) => {
                write!(f, "illegal version string {}", quoted(text))
            }
            KubeVersionError::LeadingZero { number, version } => write!(
                f,
                "illegal zero-prefixed version component {} in {}",
                quoted(number),
                quoted(version)
            ),
            KubeVersionError::TooLarge { number, version } => write!(
                f,
                "illegal non-numeric version component {0} in {1}: strconv.ParseUint: parsing {0}: \
                 value out of range",
                quoted(number),
                quoted(version)
            ),
        }
    }
}

impl KubeVersion {
    /// `ParseKubeVersion`: at least two numbers; what follows them is kept but not compared.
    pub fn parse(text: &str) -> Result<KubeVersion, KubeVersionError> {
        let trimmed = text.trim_start();
        let numbers = leading_numbers(trimmed.strip_prefix('v').unwrap_or(trimmed));
        let (Some(major), rest) = (numbers.first(), numbers.get(1..).unwrap_or_default()) else {
            return Err(KubeVersionError::NoVersion(text.to_owned()));
        };
        let Some(minor) = rest.first() else {
            return Err(KubeVersionError::OneNumber(text.to_owned()));
        };
        if major.starts_with('0') && *major != "0" {
            let (number, version) = ((*major).to_owned(), text.to_owned());
            return Err(KubeVersionError::LeadingZero { number, version });
        }
        let parsed: Result<Vec<u64>, _> =
            numbers.iter().map(|number| parse_number(number, text)).collect();
        let parsed: Vec<String> = parsed?.iter().map(u64::to_string).collect();
        let prefix = if text.starts_with('v') { "" } else { "v" };
        Ok(KubeVersion {
            version: format!("{prefix}{text}"),
            normalized: format!("v{}", parsed.join(".")),
            major: (*major).to_owned(),
            minor: parse_number(minor, text)?.to_string(),
        })
    }

    fn value(&self) -> Value {
        structure(
            "common.KubeVersion",
            true,
            &[
                ("Version", &self.version),
                ("normalizedVersion", &self.normalized),
                ("Major", &self.major),
                ("Minor", &self.minor),
            ],
        )
    }
}

/// The numbers with dots between them at the start of a text.
fn leading_numbers(text: &str) -> Vec<&str> {
    let mut numbers = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        if end == 0 {
            return numbers;
        }
        numbers.push(&rest[..end]);
        let Some(next) = rest[end..].strip_prefix('.') else { return numbers };
        rest = next;
    }
}

/// Whether the client that Helm is built with knows an API version.
pub fn is_known(api_version: &str) -> bool {
    API_VERSIONS.contains(&api_version)
}

fn parse_number(number: &str, version: &str) -> Result<u64, KubeVersionError> {
    number.parse().map_err(|_| KubeVersionError::TooLarge {
        number: number.to_owned(),
        version: version.to_owned(),
    })
}

impl Capabilities {
    /// `.Capabilities`, a `*common.Capabilities`.
    pub(super) fn value(&self) -> Value {
        let own = self.api_versions.iter().map(String::as_str);
        let versions = API_VERSIONS.iter().copied().chain(own).map(Value::text).collect();
        let helm = structure("version.BuildInfo", true, &HELM.fields());
        let fields = vec![
            ("KubeVersion", self.kube_version.value()),
            ("APIVersions", List::typed(ListKind::VersionSet, versions).into()),
            ("HelmVersion", helm),
        ];
        let type_name = "*common.Capabilities";
        let structure = Struct { type_name, fields, addressable: false };
        Data::Rare(Rc::new(Rare::Struct(structure))).into()
    }
}

fn structure(type_name: &'static str, addressable: bool, fields: &[(&'static str, &str)]) -> Value {
    let fields = fields.iter().map(|(name, text)| (*name, Value::text(text))).collect();
    Data::Rare(Rc::new(Rare::Struct(Struct { type_name, fields, addressable }))).into()
}

#[cfg(test)]
mod tests {
    use super::KubeVersion;

    #[track_caller]
    fn check(text: &str, version: &str, normalized: &str, minor: &str) {
        let parsed = KubeVersion::parse(text).unwrap();
        assert_eq!(
            (parsed.version.as_str(), parsed.normalized.as_str(), parsed.minor.as_str()),
            (version, normalized, minor)
        );
    }

    #[track_caller]
    fn refuse(text: &str, expected: &str) {
        assert_eq!(KubeVersion::parse(text).unwrap_err().to_string(), expected);
    }

    #[test]
    fn versions_keep_what_they_say() {
        check("1.29", "v1.29", "v1.29", "29");
        check("v1.33.4-gke.1245000", "v1.33.4-gke.1245000", "v1.33.4", "33");
        check("v1.33.4+k3s1", "v1.33.4+k3s1", "v1.33.4", "33");
        check("1.2.3.4", "v1.2.3.4", "v1.2.3.4", "2");
        check("1.08", "v1.08", "v1.8", "8");
        check("1.29.", "v1.29.", "v1.29", "29");
    }

    #[test]
    fn what_is_no_version() {
        refuse("bogus", r#"could not parse "bogus" as version"#);
        refuse("1", r#"illegal version string "1""#);
        refuse("01.2", r#"illegal zero-prefixed version component "01" in "01.2""#);
    }
}
