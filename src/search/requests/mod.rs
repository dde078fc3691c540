//! Requests: content that reps looked for and did not find, who else needs it, and what becomes of it.
//!
//! Everybody who reads the library sees every request; which deal somebody needs it for is seen only by those who may
//! see that deal, and so is the money behind it.
//!
//! Invariant: whoever asked is told when the request is done or declined; a request is done with a piece that its askers
//! can see.

mod add;
mod edit;
mod join;
mod list;
mod views;

pub use add::{__path_add_request, NewRequest, add_request};
pub use edit::{__path_edit_request, RequestEdit, edit_request};
pub use join::{__path_join_request, __path_leave_request, NewJoin, join_request, leave_request};
pub use list::{
    __path_get_request, __path_list_requests, RequestSort, RequestsQuery, get_request,
    list_requests,
};
pub use views::{RequestAsset, RequestDeal, RequestJoin, RequestView};

use sea_orm::{ConnectionTrait, EntityTrait as _};

use crate::entities::content_request;
use crate::error::{Error, FieldError, Result};
use crate::ids::RequestId;

const LONGEST_TITLE: usize = 200;
const LONGEST_TEXT: usize = 4_000;
const LONGEST_VALUE: usize = 80;

/// The request, which everybody may see.
async fn find_request<C: ConnectionTrait>(db: &C, id: RequestId) -> Result<content_request::Model> {
    content_request::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("request"))
}

/// Trims a text and holds it against its limit.
fn checked(field: &str, text: &str, most: usize, faults: &mut Vec<FieldError>) -> String {
    let text = text.trim();
    if text.chars().count() > most {
        faults.push(FieldError {
            field: field.to_owned(),
            detail: format!("This may have {most} characters at the most."),
        });
    }
    text.to_owned()
}

/// The same for a text that may be absent; what is empty is.
fn checked_value(field: &str, text: Option<&str>, faults: &mut Vec<FieldError>) -> Option<String> {
    text.map(|text| checked(field, text, LONGEST_VALUE, faults))
        .filter(|text| !text.is_empty())
}

/// The error that names the faults, if there are any.
fn refuse(faults: Vec<FieldError>) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    Err(Error::fields(faults))
}
