//! What users are told of a visit.
//!
//! Invariant: only a person's acts tell somebody, and each tells once.

use super::commit::Stand;
use super::links::LinkContext;
use crate::entities::VisitLevel;
use crate::notices::Notice;
use crate::rollup::Visit;

/// What to tell about a visit, given how it stood before.
pub(super) fn notices(before: &Stand, visit: &Visit, link: &LinkContext) -> Vec<Notice> {
    let mut notices = Vec::new();
    if !visit.is_human() || visit.facts.unnamed {
        return notices;
    }
    let who = format!("{} ({})", link.reader(), link.account_name);
    let mut tell = |kind: &'static str, verb: &str, key: String| {
        notices.push(Notice {
            user: link.owner_id,
            kind,
            title: format!("{who} {verb}"),
            body: link.pitch_title.clone(),
            opportunity: Some(link.opportunity_id),
            visit: Some(visit.id),
            subject: None,
            dedupe_key: format!("{kind}:{key}"),
            at: visit.updated_at,
        });
    };
    if visit.level == VisitLevel::Read && !before.read {
        tell("read", "is reading your pitch", link.id.to_string());
    }
    // A visit may prove to be a person's only after the act; then it is told with what came before.
    let already = |count: i32| if before.human { count } else { 0 };
    for number in already(before.shares)..visit.shares {
        let key = format!("{}:{number}", visit.id);
        tell("shared", "shared your pitch with a colleague", key);
    }
    for number in already(before.downloads)..visit.downloads {
        let key = format!("{}:{number}", visit.id);
        tell("downloaded", "downloaded an original", key);
    }
    notices
}
