//! What operations make of objects, as data.

mod decisions;
mod fixture;
mod odd;
mod verdicts;
mod writes;
