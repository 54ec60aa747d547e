//! The program itself on a scripted GitHub: each command in a process of its own, the cockpit in a pseudo-terminal.
//! What was sent is compared as it was sent.

mod deploying;
mod dispatching;
mod drive;
mod failing;
mod first;
mod output;
mod overtaken;
mod putting_back;
mod recording;

mod secrets;
mod shop;
mod steering;
