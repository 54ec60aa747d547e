//! References to images: `registry:5000/shop/checkout:1.4.2@sha256:…`.

use crate::model::Digest;

/// A reference to an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// Registry and name, without tag and digest.
    pub repository: String,
    /// The tag.
    pub tag: Option<String>,
    /// The digest of the manifest.
    pub digest: Option<Digest>,
}

impl Reference {
    /// Takes a reference apart. Never fails: what has neither tag nor digest is a repository.
    pub fn parse(text: &str) -> Self {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) if digest.contains(':') => (rest, Some(Digest::from(digest))),
            _ => (text, None),
        };
        // A colon before the last slash is the port of the registry.
        let name = rest.rfind('/').map_or(0, |at| at + 1);
        let colon = rest.get(name..).and_then(|it| it.find(':')).map(|at| name + at);
        let (repository, tag) = match colon.map(|at| rest.split_at(at)) {
            Some((repository, tag)) => (repository, tag.get(1..).filter(|it| !it.is_empty()).map(str::to_owned)),
            None => (rest, None),
        };
        Self { repository: repository.to_owned(), tag, digest }
    }

    /// The digest that a container runtime tells of what runs. An id without a repository is one of a configuration, not
    /// of something that could be pulled.
    pub fn digest_of_running(image_id: &str) -> Option<Digest> {
        let (repository, digest) = image_id.rsplit_once('@')?;
        (!repository.is_empty() && digest.contains(':')).then(|| Digest::from(digest))
    }

    /// The reference as it is written.
    pub fn written(&self) -> String {
        let mut text = self.repository.clone();
        if let Some(tag) = &self.tag {
            text.push(':');
            text.push_str(tag);
        }
        if let Some(digest) = &self.digest {
            text.push('@');
            text.push_str(digest.as_str());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_come_apart_and_together() {
        let cases = [
            ("nginx", "nginx", None, None),
            ("nginx:1.25", "nginx", Some("1.25"), None),
            ("registry:5000/shop/web", "registry:5000/shop/web", None, None),
            ("registry:5000/shop/web:2", "registry:5000/shop/web", Some("2"), None),
            ("web:2@sha256:ab", "web", Some("2"), Some("sha256:ab")),
            ("registry:5000/web@sha256:ab", "registry:5000/web", None, Some("sha256:ab")),
            ("", "", None, None),
        ];
        for (text, repository, tag, digest) in cases {
            let reference = Reference::parse(text);
            assert_eq!(reference.repository, repository, "{text}");
            assert_eq!(reference.tag.as_deref(), tag, "{text}");
            assert_eq!(reference.digest.as_ref().map(Digest::as_str), digest, "{text}");
            assert_eq!(reference.written(), text);
        }
    }

    #[test]
    fn only_a_digest_that_could_be_pulled_is_one() {
        let digest = |id: &str| Reference::digest_of_running(id).map(|it| it.as_str().to_owned());
        assert_eq!(digest("docker-pullable://shop/web@sha256:ab"), Some("sha256:ab".to_owned()));
        assert_eq!(digest("sha256:ab"), None);
        assert_eq!(digest(""), None);
    }
}
