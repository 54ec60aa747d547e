//! Telling backends what people look at.

use super::World;
use crate::model::Attention;

impl World {
    /// Tells every backend what people look at now, so that what is on the screen is asked for first. To be told when it
    /// changes.
    pub fn attend(&self, attention: &Attention) {
        for backend in self.backends() {
            backend.attend(attention);
        }
    }
}
