//! What one revision changed, in words.

use std::collections::HashSet;

use super::content::Content;
use crate::ids::AssetId;

/// The changes from one revision to the next; nothing before means that it was made.
pub(super) fn changes(
    before: Option<(&str, &Content)>,
    title: &str,
    after: &Content,
) -> Vec<String> {
    let Some((old_title, before)) = before else {
        return vec!["Made".to_owned()];
    };
    let mut told = Vec::new();
    if old_title != title {
        told.push("title".to_owned());
    }
    if before.message != after.message {
        told.push("message".to_owned());
    }
    let pieces = |content: &Content| -> Vec<(AssetId, Option<i32>)> {
        content
            .items
            .iter()
            .map(|item| (item.asset_id, item.page_number))
            .collect()
    };
    let (old, new) = (pieces(before), pieces(after));
    let (olds, news): (HashSet<_>, HashSet<_>) = (old.iter().collect(), new.iter().collect());
    let added = news.difference(&olds).count();
    let removed = olds.difference(&news).count();
    if added > 0 {
        told.push(counted(added, "item", "added"));
    }
    if removed > 0 {
        told.push(counted(removed, "item", "removed"));
    }
    if added == 0 && removed == 0 {
        if old != new {
            told.push("order".to_owned());
        } else if before.items != after.items {
            told.push("notes, sections or versions".to_owned());
        }
    }
    if before.steps != after.steps {
        told.push("next steps".to_owned());
    }
    told
}

fn counted(count: usize, what: &str, done: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural} {done}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pitches::input::PitchItemInput;

    fn item(page: i32) -> PitchItemInput {
        PitchItemInput {
            asset_id: AssetId(uuid::Uuid::nil()),
            page_number: Some(page),
            note: String::new(),
            section: String::new(),
            version_id: None,
        }
    }

    #[test]
    fn a_revision_says_what_it_changed() {
        let before = Content {
            items: vec![item(1), item(2)],
            ..Content::default()
        };
        let after = Content {
            message: "Hello".to_owned(),
            items: vec![item(2), item(3), item(4)],
            ..Content::default()
        };
        assert_eq!(
            changes(Some(("A", &before)), "A", &after),
            ["message", "2 items added", "1 item removed"]
        );
        let turned = Content {
            items: vec![item(2), item(1)],
            ..Content::default()
        };
        assert_eq!(
            changes(Some(("A", &before)), "B", &turned),
            ["title", "order"]
        );
        assert_eq!(changes(None, "A", &before), ["Made"]);
    }
}
