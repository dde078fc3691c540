//! Placeholders in the words of templates and pitches: `{{account.name}}` and the like.
//!
//! Invariant: nothing that looks like a placeholder reaches a prospect; a pitch that holds one gets no link.

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use serde::Serialize;

use crate::entities::{
    account, contact, opportunity, pitch, pitch_item, pitch_link, pitch_step, user,
};
use crate::error::{Code, Error, Result};
use crate::ids::{ContactId, OpportunityId, UserId};

/// Every placeholder there is.
pub(super) const KNOWN: &[&str] = &[
    "account.name",
    "account.industry",
    "account.city",
    "contact.name",
    "contact.first_name",
    "contact.job_title",
    "opportunity.name",
    "opportunity.product",
    "rep.name",
    "rep.first_name",
    "rep.email",
    "today",
];

/// Longer than any placeholder; what is longer is text in braces.
const LONGEST: usize = 60;

/// Why a placeholder stands in the words of a pitch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnfilledReason {
    /// There is no placeholder of this name.
    Unknown,
    /// There is, but nothing is known to put there.
    NoValue,
}

/// A placeholder that stands in the words of a pitch still.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Unfilled {
    /// What is between the braces.
    pub placeholder: String,
    /// Where it stands: `title`, `message`, `note 2`, `section 2`, `step 1`.
    pub place: String,
    /// Why.
    pub reason: UnfilledReason,
}

/// What placeholders stand for in one opportunity.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts(Vec<(&'static str, String)>);

impl Facts {
    /// The value of a placeholder, if it is known and there is one.
    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// `text` with what is known put in; the rest stays, to be seen.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(found) = next(rest) {
            filled.push_str(found.before);
            match self.get(found.name) {
                Some(value) => filled.push_str(value),
                None => filled.push_str(found.whole),
            }
            rest = found.after;
        }
        filled.push_str(rest);
        filled
    }

    /// The other way: what is said of this one deal becomes placeholders, whole words only, the longest first.
    pub(super) fn generalise(&self, text: &str) -> String {
        const TELLING: &[&str] = &[
            "opportunity.name",
            "account.name",
            "contact.name",
            "rep.name",
            "contact.first_name",
        ];
        let mut values: Vec<(&str, &str)> = TELLING
            .iter()
            .filter_map(|name| Some((*name, self.get(name)?)))
            .filter(|(_, value)| value.chars().count() > 2)
            .collect();
        values.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        values
            .into_iter()
            .fold(text.to_owned(), |text, (name, value)| {
                replace_words(&text, value, &format!("{{{{{name}}}}}"))
            })
    }
}

/// Looks up what placeholders stand for. The contact is the one named, or the opportunity's first.
pub(super) async fn facts<C: ConnectionTrait>(
    db: &C,
    opportunity: OpportunityId,
    contact: Option<ContactId>,
    rep: UserId,
    today: NaiveDate,
) -> Result<Facts> {
    let (opportunity, account) = opportunity::Entity::find_by_id(opportunity)
        .find_also_related(account::Entity)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("opportunity"))?;
    let person = match contact.or(opportunity.primary_contact_id) {
        Some(id) => {
            contact::Entity::find_by_id(id)
                .filter(contact::Column::AccountId.eq(opportunity.account_id))
                .one(db)
                .await?
        }
        None => None,
    };
    if contact.is_some() && person.is_none() {
        return Err(Error::field(
            "contact_id",
            "This is not a contact of the opportunity's account.",
        ));
    }
    let rep = user::Entity::find_by_id(rep)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("user"))?;
    let plain = |text: Option<String>| text.unwrap_or_default().replace('_', " ");
    let mut facts = vec![
        ("opportunity.name", opportunity.name),
        ("opportunity.product", plain(opportunity.product)),
        ("rep.first_name", first_name(&rep.name)),
        ("rep.name", rep.name),
        ("rep.email", rep.email),
        ("today", today.format("%-d %B %Y").to_string()),
    ];
    if let Some(account) = account {
        facts.push(("account.name", account.name));
        facts.push(("account.industry", plain(account.industry)));
        facts.push(("account.city", account.city.unwrap_or_default()));
    }
    if let Some(person) = person {
        facts.push(("contact.first_name", first_name(&person.name)));
        facts.push(("contact.name", person.name));
        facts.push(("contact.job_title", person.job_title.unwrap_or_default()));
    }
    Ok(Facts(facts))
}

/// The words of a pitch with the places where they stand.
pub(super) fn words_of<'a>(
    pitch: &'a pitch::Model,
    items: impl Iterator<Item = (&'a str, &'a str)>,
    steps: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<(String, &'a str)> {
    let mut words = vec![
        ("title".to_owned(), pitch.title.as_str()),
        ("message".to_owned(), pitch.message.as_str()),
    ];
    for (number, (note, section)) in (1..).zip(items) {
        words.push((format!("section {number}"), section));
        words.push((format!("note {number}"), note));
    }
    for (number, (what, who)) in (1..).zip(steps) {
        words.push((format!("step {number}"), what));
        words.push((format!("step {number}"), who));
    }
    words
}

/// The placeholders that stand in these words.
pub(super) fn unfilled<'a>(words: impl IntoIterator<Item = (String, &'a str)>) -> Vec<Unfilled> {
    words
        .into_iter()
        .flat_map(|(place, text)| {
            names(text).into_iter().map(move |name| Unfilled {
                reason: if KNOWN.contains(&name.as_str()) {
                    UnfilledReason::NoValue
                } else {
                    UnfilledReason::Unknown
                },
                placeholder: name,
                place: place.clone(),
            })
        })
        .collect()
}

/// Refuses what would show placeholders to those who have links already.
pub(super) async fn refuse_unfilled_where_sent<C: ConnectionTrait>(
    db: &C,
    pitch: &pitch::Model,
) -> Result<()> {
    let open = pitch_link::Entity::find()
        .filter(pitch_link::Column::PitchId.eq(pitch.id))
        .filter(pitch_link::Column::RevokedAt.is_null())
        .count(db)
        .await?;
    if open == 0 {
        return Ok(());
    }
    refuse_unfilled(db, pitch).await
}

/// Refuses placeholders in words that somebody is about to send.
pub(super) fn refuse_unfilled_words(words: &[(&str, &str)]) -> Result<()> {
    let found = words
        .iter()
        .find_map(|(field, text)| Some((*field, names(text).into_iter().next()?)));
    match found {
        None => Ok(()),
        Some((field, name)) => Err(Error::field(
            field,
            format!(
                "\u{201c}{{{{{name}}}}}\u{201d} still stands here. Write it out before you send."
            ),
        )),
    }
}

/// Refuses to show a pitch whose words hold placeholders.
pub(super) async fn refuse_unfilled<C: ConnectionTrait>(
    db: &C,
    pitch: &pitch::Model,
) -> Result<()> {
    let items = pitch_item::Entity::find()
        .filter(pitch_item::Column::PitchId.eq(pitch.id))
        .order_by_asc(pitch_item::Column::Position)
        .all(db)
        .await?;
    let steps = pitch_step::Entity::find()
        .filter(pitch_step::Column::PitchId.eq(pitch.id))
        .order_by_asc(pitch_step::Column::Position)
        .all(db)
        .await?;
    let words = words_of(
        pitch,
        items
            .iter()
            .map(|item| (item.note.as_str(), item.section.as_str())),
        steps
            .iter()
            .map(|step| (step.what.as_str(), step.who.as_str())),
    );
    match unfilled(words).first() {
        None => Ok(()),
        Some(first) => Err(Error::new(
            Code::Conflict,
            format!(
                "\u{201c}{{{{{}}}}}\u{201d} still stands in the pitch ({}). Write it out before anybody can open it.",
                first.placeholder, first.place
            ),
        )),
    }
}

/// The names of the placeholders in a text, in order.
pub(super) fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(found) = next(rest) {
        names.push(found.name.to_owned());
        rest = found.after;
    }
    names
}

struct Placeholder<'a> {
    before: &'a str,
    whole: &'a str,
    name: &'a str,
    after: &'a str,
}

fn next(text: &str) -> Option<Placeholder<'_>> {
    text.match_indices("{{").find_map(|(at, _)| {
        let (before, from) = text.split_at(at);
        let inner = from.strip_prefix("{{")?;
        let end = inner.find("}}").filter(|end| *end <= LONGEST)?;
        let (name, closing) = inner.split_at(end);
        let name = name.trim();
        if name.is_empty() || name.contains(['{', '\n']) {
            return None;
        }
        let after = closing.strip_prefix("}}")?;
        let (whole, _) = from.split_at(from.len() - after.len());
        Some(Placeholder {
            before,
            whole,
            name,
            after,
        })
    })
}

fn first_name(name: &str) -> String {
    name.split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Replaces `word` where no letter or digit stands beside it.
fn replace_words(text: &str, word: &str, by: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, from) = rest.split_at(at);
        let after = from.strip_prefix(word).unwrap_or_default();
        let beside = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        replaced.push_str(before);
        let inside = beside(before.chars().next_back()) || beside(after.chars().next());
        replaced.push_str(if inside { word } else { by });
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts(vec![
            ("account.name", "Ann & Co".to_owned()),
            ("contact.first_name", "Ann".to_owned()),
            ("contact.name", "Ann Lee".to_owned()),
            ("opportunity.product", String::new()),
        ])
    }

    #[test]
    fn what_is_known_is_put_in_and_the_rest_stays_to_be_seen() {
        assert_eq!(
            facts().fill("Dear {{ contact.first_name }} of {{account.name}}: {{opportunity.product}} {{nonsense}} {{"),
            "Dear Ann of Ann & Co: {{opportunity.product}} {{nonsense}} {{"
        );
    }

    #[test]
    fn what_stays_is_told_with_its_place_and_reason() {
        let told = unfilled([
            ("title".to_owned(), "{{account.name}}"),
            ("message".to_owned(), "a {{x}} b {not} {{}} {{ y }}"),
        ]);
        let told: Vec<_> = told
            .iter()
            .map(|one| (one.place.as_str(), one.placeholder.as_str(), one.reason))
            .collect();
        assert_eq!(
            told,
            [
                ("title", "account.name", UnfilledReason::NoValue),
                ("message", "x", UnfilledReason::Unknown),
                ("message", "y", UnfilledReason::Unknown),
            ]
        );
    }

    #[test]
    fn the_words_of_one_deal_become_placeholders() {
        assert_eq!(
            facts().generalise("Ann, thanks to Ann Lee of Ann & Co; Anna stays"),
            "{{contact.first_name}}, thanks to {{contact.name}} of {{account.name}}; Anna stays"
        );
    }

    #[test]
    fn a_value_that_looks_like_a_placeholder_is_not_filled_again() {
        let facts = Facts(vec![("account.name", "{{rep.name}}".to_owned())]);
        assert_eq!(facts.fill("{{account.name}}"), "{{rep.name}}");
    }
}
