//! A person's word over the classifier's: about one visit, or by a rule about all that look alike, past and to come.
//!
//! What is derived from the visits follows in the same transaction: rollups, what users were told, and by the visits'
//! `updated_at` whatever follows them.
//!
//! Invariant: a rule that is revoked leaves no trace but its own row.

mod handlers;
mod rejudge;

pub use handlers::{
    __path_add_rule, __path_classify_visit, __path_list_rules, __path_revoke_rule, NewRule,
    RuleEffect, RuleView, Verdict, add_rule, classify_visit, list_rules, revoke_rule,
};
