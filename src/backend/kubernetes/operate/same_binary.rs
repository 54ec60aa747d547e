//! Whether the bytes are those that ran before: digests prove it, tags do not.

use super::action::Action;
use super::source::Taken;
use super::template;
use crate::backend::kubernetes::image::Reference;
use crate::backend::kubernetes::view::View;
use crate::backend::{Order, SameBinary};

/// Whether what would run is what ran before.
pub fn of(order: &Order, action: &Action, taken: Option<&Taken>, view: Option<&View<'_>>) -> SameBinary {
    match action {
        Action::SetImage { .. } => promoted(taken),
        Action::PutBack { revision, .. } => {
            let container = view.and_then(View::desired).map(|it| it.container);
            let all = template::containers(&revision.template);
            let own = all.iter().find(|it| container.as_deref().is_none_or(|name| name == it.name));
            let image = own.map(|it| Reference::parse(it.image)).unwrap_or_default();
            named(&image, &format!("revision {}", revision.number), order)
        }
        Action::Restart { .. } => {
            let image = view.and_then(View::desired).map(|it| it.image).unwrap_or_default();
            named(&image, "the template", order)
        }
        Action::Pause | Action::Resume => SameBinary::Yes("the image stays as it is".into()),
    }
}

fn promoted(taken: Option<&Taken>) -> SameBinary {
    let Some(taken) = taken else { return SameBinary::Unknown("no environment was asked what it runs".into()) };
    match (&taken.digest, &taken.from) {
        (Some(digest), Some(from)) => {
            SameBinary::Yes(format!("{from} runs {digest}, and the image is named by it").into())
        }
        (Some(digest), None) => SameBinary::Unknown(format!("no environment was seen to run {digest}").into()),
        (None, _) => {
            let why = taken.undigested.clone();
            SameBinary::Unknown(why.unwrap_or_else(|| "the image is named by a tag alone".into()))
        }
    }
}

fn named(image: &Reference, by: &str, order: &Order) -> SameBinary {
    let recorded = order.to.digest.as_ref();
    match (&image.digest, recorded) {
        (Some(named), Some(ran)) if named != ran => {
            SameBinary::No(format!("{} ran, {by} names {}", ran.short(), named.short()).into())
        }
        (Some(named), _) => SameBinary::Yes(format!("{by} names the image by its digest {named}").into()),
        (None, Some(ran)) => {
            let what = image.written();
            SameBinary::Unknown(
                format!("{} ran; {by} names {what}, whatever that is in the registry now", ran.short()).into(),
            )
        }
        (None, None) => SameBinary::Unknown(format!("{by} names {} without a digest", image.written()).into()),
    }
}
