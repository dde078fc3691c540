//! Sales histories with known truth, to see whether what is recommended would really help.
//!
//! Nothing here runs when the program serves; `lastmile simulate` and tests are its users.

#![allow(
    clippy::indexing_slicing,
    reason = "the tables of a simulated world are drawn here, with the lengths that their indexes are drawn from"
)]

mod report;
mod world;

pub use report::{Scenario, Worth, compare};
pub use world::{Settings, World};
