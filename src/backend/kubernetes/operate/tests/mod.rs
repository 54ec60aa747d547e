//! What operations make of objects, as data.

mod decisions;
mod fixture;
mod verdicts;
mod writes;
