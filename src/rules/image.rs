//! References to container images: `registry.example.com:5000/team/web:1.2.3@sha256:…`.

/// The parts of an image reference, as the `distribution/reference` grammar divides it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image<'a> {
    /// `docker.io` where the reference names none.
    pub(crate) registry: &'a str,
    pub(crate) path: &'a str,
    pub(crate) tag: Option<&'a str>,
    pub(crate) digest: Option<&'a str>,
}

impl<'a> Image<'a> {
    pub(crate) fn parse(reference: &'a str) -> Image<'a> {
        let (name, digest) = match reference.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (reference, None),
        };
        // A colon before the last slash belongs to the registry's port.
        let (name, tag) = match name.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            Some(_) | None => (name, None),
        };
        let (registry, path) = match name.split_once('/') {
            Some((first, path)) if first.contains(['.', ':']) || first == "localhost" => {
                (first, path)
            }
            Some(_) | None => ("docker.io", name),
        };
        Image { registry, path, tag, digest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reference: &str, registry: &str, path: &str, tag: &'static str, digest: &'static str) {
        let some = |text: &'static str| Some(text).filter(|text| !text.is_empty());
        let expected = Image { registry, path, tag: some(tag), digest: some(digest) };
        assert_eq!(Image::parse(reference), expected);
    }

    #[test]
    fn parts() {
        check("nginx", "docker.io", "nginx", "", "");
        check("team/web:1.2", "docker.io", "team/web", "1.2", "");
        check("registry:5000/web", "registry:5000", "web", "", "");
        check("registry:5000/web:2", "registry:5000", "web", "2", "");
        check("localhost/web", "localhost", "web", "", "");
        check("ghcr.io/a/b:latest@sha256:0f", "ghcr.io", "a/b", "latest", "sha256:0f");
    }
}
