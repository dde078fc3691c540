//! Whether somebody may be contacted: days before which they want to be left alone, opt-outs, addresses from which mail
//! came back.
//!
//! It says so and keeps it; whether something is sent all the same is decided by those who send. What an import brings
//! never lifts any of it.
//!
//! Invariant: [`Standings`] alone decides whom mail may go to; whoever sets, lifts or clears something is in the audit log.

mod bounces;
mod contact;
mod opt_out;
mod restrictions;
mod standing;

pub(in crate::crm) use bounces::hard_bounced_addresses;
pub use bounces::{
    __path_add_bounce, __path_clear_bounces, NewBounce, NewContactBounce, add_bounce,
    clear_bounces, record_bounce,
};
pub use contact::{__path_get_contact, BounceView, ContactDetail, RestrictionView, get_contact};
pub use opt_out::{OptOut, opt_out};
pub use restrictions::{
    __path_add_restriction, __path_lift_restriction, __path_list_restrictions, Lift,
    NewRestriction, RestrictionPage, RestrictionQuery, add_restriction, lift_restriction,
    list_restrictions, restrict,
};
pub use standing::{Obstacle, ObstacleKind, Standings};
