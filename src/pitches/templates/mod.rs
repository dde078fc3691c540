//! Pitch templates: pitches to be used again, with placeholders for what differs.
//!
//! A template is its owner's, its team's or everybody's to use; its owner, the manager of its team and administrators
//! change it. Using one makes a pitch or adds to one; what must not be sent any more is left out and told.
//!
//! Invariant: a template never reaches a prospect. A placeholder without a value stays visible and keeps links from
//! being made.

mod apply;
mod content;
mod create;
mod edit;
mod list;
mod scope;
mod show;

pub use apply::{
    __path_apply_template, __path_pitch_from_template, AppliedTemplate, ApplyTemplate, UseTemplate,
    apply_template, pitch_from_template,
};
pub use content::{TemplateContent, TemplateItem, TemplateStep};
pub use create::{__path_create_template, NewTemplate, add_template, create_template};
pub use edit::{
    __path_delete_template, __path_update_template, TemplateEdit, delete_template, update_template,
};
pub use list::{__path_list_templates, TemplateRow, Templates, list_templates};
pub use show::{__path_get_template, TemplateDetail, TemplateItemView, get_template};
