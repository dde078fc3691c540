//! What stands before a link, and who has passed it.
//!
//! A link may ask for a passcode, for an address that is confirmed by a code, for an address of a list, and for terms to
//! be accepted, in this order. What a browser has passed it keeps in a signed cookie ([`Pass`]), bound to the link and to
//! the state of its gates: a changed passcode, list or wording asks again.
//!
//! Whoever serves anything of a link to a prospect calls [`admit`] (in `viewer`: `Audience::admit`) before the first byte.
//! It reads the database each time, so a link that is taken back stops at once, on every node.
//!
//! Invariants: asking (GET, HEAD) passes no gate and uses no code up; one-time codes are nowhere in the database; a link
//! that was shared on from another opens for nobody for whom that other would not.

mod codes;
mod door;
mod lists;
mod pass;
mod passcode;
mod policies;
mod policy;
mod settings;
mod terms;
mod terms_admin;

pub use codes::{CODE_LIFE, check_code, send_code};
pub(super) use door::shows_cover;
pub use door::{Admission, Door, Step, admit};
pub use lists::{Entries, is_address};
pub use pass::{PASS_COOKIE, Pass};
pub use passcode::check_passcode;
pub use policies::{
    __path_delete_link_policy, __path_get_link_policy, __path_list_link_policies,
    __path_put_link_policy, LinkPolicies, TeamPolicy, delete_link_policy, get_link_policy,
    list_link_policies, put_link_policy,
};
pub use policy::{LinkPolicy, policy_for, write_policy};
pub(super) use settings::Settings;
pub use settings::{HashedSettings, LinkSettings, download_mode};
pub use terms::{AcceptedBy, TermsAsked, accept_terms, terms_asked};
pub use terms_admin::{
    __path_add_terms, __path_edit_terms, __path_list_terms, __path_retire_terms, TermsInput,
    TermsList, TermsView, add_terms, edit_terms, list_terms, retire_terms, write_terms,
};
