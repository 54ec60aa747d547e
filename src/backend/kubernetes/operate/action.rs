//! From an order to the one write that it is: decided once, made for the object as it is at each sending.

use super::choice;
use super::promote;
use super::request::Request;
use super::revision::Revision;
use super::rollback;
use super::scene::Scene;
use super::source::{self, Taken};
use super::subject::Subject;
use super::switch;
use crate::backend::kubernetes::image::Reference;
use crate::backend::kubernetes::rules::Rules;
use crate::backend::kubernetes::settings::RepositoryOf;
use crate::backend::{Order, Verb};
use crate::model::{Text, Time};

/// What an order does to a workload.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A container gets another image.
    SetImage {
        /// The container.
        container: String,
        /// The image that it has.
        before: String,
        /// The image that it gets.
        image: String,
        /// Why, for the history of revisions.
        cause: String,
    },
    /// The template of a revision is put back.
    PutBack {
        /// Which.
        revision: Box<Revision>,
        /// Whether a pause is ended with it.
        resume: bool,
    },
    /// Nothing rolls out until it is resumed.
    Pause,
    /// What was held goes on.
    Resume,
    /// Pods are made anew.
    Restart {
        /// When, as the template says.
        at: Time,
        /// Why, for the history of revisions.
        cause: String,
    },
}

/// What is decided with.
pub struct Means<'a> {
    /// How versions are read.
    pub rules: &'a Rules,
    /// From where the repository of a promoted image comes.
    pub repository: RepositoryOf,
    /// What a promotion takes.
    pub taken: Option<&'a Taken>,
    /// The present.
    pub now: Time,
}

/// What an order does to a workload as it was found.
///
/// # Errors
/// Why it cannot be done, or would do nothing.
pub fn decide(scene: &Scene, order: &Order, means: &Means<'_>) -> Result<Action, Text> {
    let service = order.track.service.as_str();
    let view = || {
        let view = scene.view(means.rules, service);
        view.ok_or_else(|| Text::from(format!("{} cannot be read", scene.name.short())))
    };
    match order.verb {
        Verb::Promote => set_image(scene, order, means),
        Verb::RollBack => {
            let revision = Box::new(choice::of_rollback(scene, &view()?, order)?.clone());
            Ok(Action::PutBack { revision, resume: false })
        }
        Verb::Abort => {
            let revision = Box::new(choice::of_abort(scene, &view()?, order)?.clone());
            Ok(Action::PutBack { revision, resume: scene.subject().is_paused() })
        }
        Verb::Pause => Ok(Action::Pause),
        Verb::Resume => Ok(Action::Resume),
        Verb::Restart => Ok(Action::Restart { at: means.now, cause: promote::cause(order) }),
    }
}

fn set_image(scene: &Scene, order: &Order, means: &Means<'_>) -> Result<Action, Text> {
    let subject = scene.subject();
    if subject.is_paused() {
        return Err(format!("{} is paused, and nothing rolls out while it is: resume it first", subject.short()).into());
    }
    let view = scene.view(means.rules, order.track.service.as_str());
    let own = view.and_then(|view| view.desired());
    let own = own.ok_or_else(|| Text::from(format!("{} has no container that carries a version", subject.short())))?;
    let container = promote::container(subject, &own.container)?;
    let by_tag;
    let taken = match means.taken {
        Some(taken) => taken,
        None => {
            by_tag = source::by_tag(&own, order)?;
            &by_tag
        }
    };
    let repository = (means.repository == RepositoryOf::Target).then_some(own.image.repository.as_str());
    let image = promote::image(&taken.image, taken.digest.as_ref(), repository);
    if image == container.image {
        return Err(format!("no effect: container {} runs {image} already", container.name).into());
    }
    let (container, before) = (container.name.to_owned(), container.image.to_owned());
    Ok(Action::SetImage { container, before, image, cause: promote::cause(order) })
}

impl Action {
    /// The write, for the object as it is.
    ///
    /// # Errors
    /// Why it cannot be done to it.
    pub fn request(&self, subject: Subject<'_>) -> Result<Request, Text> {
        match self {
            Self::SetImage { container, image, cause, .. } => {
                let container = promote::container(subject, container)?;
                Ok(promote::set_image(subject, &container, image, cause))
            }
            Self::PutBack { revision, resume } => Ok(rollback::put_back(subject, revision, *resume)),
            Self::Pause => switch::pause(subject),
            Self::Resume => switch::resume(subject),
            Self::Restart { at, cause } => switch::restart(subject, *at, cause),
        }
    }

    /// The images that its pods would run that they do not run now: those that a registry has to have still.
    pub fn images(&self) -> Vec<Reference> {
        match self {
            Self::SetImage { image, .. } => vec![Reference::parse(image)],
            Self::PutBack { revision, .. } => {
                let all = super::template::containers(&revision.template);
                all.into_iter().map(|it| Reference::parse(it.image)).collect()
            }
            Self::Pause | Self::Resume | Self::Restart { .. } => Vec::new(),
        }
    }
}
