//! Customers: accounts, contacts, opportunities with their stages, activities; imported from a CRM or kept here.
//!
//! What was sent and read is written by `pitches` and `engagement`; here those tables are only looked at, to show
//! them where the opportunity is shown.
//!
//! Invariant: which opportunities somebody sees is decided by [`visible_opportunities`] alone.

mod accounts;
mod activities;
mod checks;
mod consent;
mod contacts;
mod email;
mod import;
mod opportunities;
mod reads;
mod scope;
mod timeline;
mod warmth;

pub use accounts::{
    __path_get_account, __path_list_accounts, AccountDetail, AccountQuery, AccountSummary,
    get_account, list_accounts,
};
pub use activities::{__path_add_activity, NewActivity, add_activity};
pub use checks::{DataCheck, Severity};
pub use consent::{
    __path_add_bounce, __path_add_restriction, __path_clear_bounces, __path_get_contact,
    __path_lift_restriction, __path_list_restrictions, BounceView, ContactDetail, Lift, NewBounce,
    NewContactBounce, NewRestriction, Obstacle, ObstacleKind, OptOut, RestrictionPage,
    RestrictionQuery, RestrictionView, Standings, add_bounce, add_restriction, clear_bounces,
    get_contact, lift_restriction, list_restrictions, opt_out, record_bounce, restrict,
};
pub use contacts::{
    __path_add_contact, __path_list_contacts, AccountRef, ContactQuery, ContactSort, ContactView,
    NewContact, add_contact, list_contacts,
};
pub use import::{__path_import_file, ImportForm, ImportKind, ImportReport, import, import_file};
pub use opportunities::{
    __path_edit_opportunity, __path_get_opportunity, __path_list_opportunities, CampaignRef,
    CommitteeMember, OpportunityAccount, OpportunityDetail, OpportunityEdit, OpportunityQuery,
    OpportunitySort, OpportunitySummary, OwnerFilter, Stop, edit_opportunity, get_opportunity,
    list_opportunities,
};
pub use reads::counts_as_read;
pub use scope::{find_opportunity, visible_opportunities};
pub use timeline::{__path_opportunity_timeline, TimelineItem, TimelineKind, opportunity_timeline};
pub use warmth::Warmth;
