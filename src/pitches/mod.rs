//! Pitches and their tracked links: what was chosen for one opportunity, who was given a way to it, by mail or otherwise,
//! and how far it spread.
//!
//! The page that a prospect sees is `viewer`; what they do there is `engagement`.
//!
//! Invariants: a link's token exists only in the address, the database holds its hash; what is internal or not
//! approved cannot be put into a pitch, and no link is made to a pitch that has such content; a pitch is visible exactly where its opportunity is.

mod create;
mod edit;
mod flagged;
mod follow;
mod gates;
mod history;
mod input;
mod items;
mod layout;
mod likeness;
mod link_edit;
mod links;
mod list;
mod live;
mod load;
mod placeholders;
mod qr;
mod reads;
mod replace;
mod rules;
mod scope;
mod sending;
mod share;
mod spread;
mod steps;
mod templates;
mod token;
mod views;

pub use create::{__path_create_pitch, add_pitch, create_pitch};
pub use edit::{
    __path_delete_pitch, __path_get_pitch, __path_update_pitch, delete_pitch, get_pitch,
    update_pitch,
};
pub use flagged::{
    __path_list_flagged, FlaggedItem, FlaggedItems, FlaggedQuery, Replacement, list_flagged,
    tell_of_stale_content,
};
pub use follow::follow_versions;
pub use gates::{
    __path_add_terms, __path_delete_link_policy, __path_edit_terms, __path_get_link_policy,
    __path_list_link_policies, __path_list_terms, __path_put_link_policy, __path_retire_terms,
    AcceptedBy, Admission, CODE_LIFE, Door, Entries, HashedSettings, LinkPolicies, LinkPolicy,
    LinkSettings, PASS_COOKIE, Pass, Step, TeamPolicy, TermsAsked, TermsInput, TermsList,
    TermsView, accept_terms, add_terms, admit, check_code, check_passcode, delete_link_policy,
    download_mode, edit_terms, get_link_policy, is_address, list_link_policies, list_terms,
    policy_for, put_link_policy, retire_terms, send_code, terms_asked, write_policy, write_terms,
};
pub use history::{
    __path_get_revision, __path_list_revisions, __path_restore_revision, Restored, RevisionItem,
    RevisionRow, RevisionView, Revisions, get_revision, list_revisions, restore_revision,
};
pub use input::{NewLinks, NewPitch, PitchEdit, PitchItemInput, RecipientInput};
pub use items::LeftOut;
pub use layout::{Layout, LayoutItem, ShownItem, is_video, layout, layouts, shown_items};
pub use link_edit::{
    __path_edit_link, __path_list_acceptances, Acceptance, Acceptances, edit_link, list_acceptances,
};
pub use links::{
    __path_create_links, __path_get_link, __path_revoke_link, LinkList, add_links, create_links,
    get_link, revoke_link,
};
pub use list::{__path_list_pitches, PitchQuery, list_pitches};
pub use live::{__path_list_live_pitches, LivePitch, LivePitches, list_live_pitches};
pub use placeholders::{Unfilled, UnfilledReason};
pub use qr::{__path_get_qr, QrFormat, QrQuery, get_qr};
pub use replace::{__path_replace_item, ItemReplacement, replace_item};
pub use scope::{find_pitch, may_change_pitches_of, pitches_visible_to};
pub use sending::{
    __path_get_briefing, __path_grant_override, __path_send_link, __path_take_bounces, Agreed,
    BounceReport, BounceReports, BouncesTaken, Briefing, LastContact, LinkMail, LinkMailState,
    MailDraft, NewOverride, NewSend, OtherDeal, Person, ReceivedPitch, get_briefing,
    grant_override, preview_mail, send, send_link, take_bounces,
};
pub use share::{ShareWith, share_link};
pub use spread::{__path_opportunity_spread, PitchSpread, Spread, SpreadNode, opportunity_spread};
pub use steps::{
    __path_list_opportunity_steps, __path_put_step_done, OpportunityStep, OpportunitySteps,
    StepDone, StepInput, StepView, Tick, TickedBy, list_opportunity_steps, put_step_done, steps_of,
    tick, tick_by_sender,
};
pub use templates::{
    __path_apply_template, __path_create_template, __path_delete_template, __path_get_template,
    __path_list_templates, __path_pitch_from_template, __path_update_template, AppliedTemplate,
    ApplyTemplate, NewTemplate, TemplateContent, TemplateDetail, TemplateEdit, TemplateItem,
    TemplateItemView, TemplateRow, TemplateStep, Templates, UseTemplate, add_template,
    apply_template, create_template, delete_template, get_template, list_templates,
    pitch_from_template, update_template,
};
pub use token::{find_link_by_token, find_open_link, link_token, link_url, token_hash};
pub use views::{
    LinkSettingsView, LinkState, LinkView, PitchDetail, PitchItem, PitchOpportunity,
    PitchOpportunityRef, PitchSummary, Recipient,
};
