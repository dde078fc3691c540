//! Sales histories with known truth, to see whether what is recommended would really help.
//!
//! Nothing here runs when the program serves; `lastmile simulate` and tests are its users.

#![allow(
    clippy::indexing_slicing,
    reason = "the tables of a simulated world are drawn here, with the lengths that their indexes are drawn from"
)]

mod given;
mod report;
mod world;

pub use given::{Given, compare_given};
pub use report::{Scenario, Worth, compare};
pub use world::{Settings, World};
