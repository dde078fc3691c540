//! Search in the text of a pitch: which of its pages have these words.
//!
//! It looks at the pages that the reader may see and at nothing else, so it needs no index and tells nothing of other
//! content. A word is found inside longer ones, whatever its case and accents.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _,
};
use serde::{Deserialize, Serialize};

use super::audience::{Audience, Sender};
use super::closed::explain;
use super::fold::{Folded, fold};
use super::render::{Frames, html};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::page;
use crate::error::Result;
use crate::http::Principal;
use crate::ids::{PitchId, VersionId};
use crate::pitches::shown_items;

/// More pages are not listed.
const MOST_HITS: usize = 200;
/// A longer query is cut.
const LONGEST_QUERY: usize = 100;
/// Characters around the first hit of a page.
const AROUND: usize = 60;

/// What to look for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct SearchQuery {
    /// The words.
    #[serde(default)]
    q: String,
    /// As data, for the script.
    #[serde(default)]
    data: bool,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Found {
    /// The words as they are compared.
    words: Vec<String>,
    /// The pages that have them all, in order.
    hits: Vec<Hit>,
}

/// A page that has the words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Hit {
    /// Its place in the pitch.
    page: usize,
    title: String,
    /// What stands around the first of the words.
    before: String,
    hit: String,
    after: String,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    query: String,
    hits: Vec<Hit>,
    base: String,
    sender: Sender,
}

/// Looks for words, for whoever holds the link.
pub async fn search_text(
    request: HttpRequest,
    token: web::Path<String>,
    query: web::Query<SearchQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let audience = match Audience::admit(&request, db.read(), &token, now).await {
        Ok(audience) => audience,
        Err(error) => return explain(&request, db.read(), &token, now, error).await,
    };
    answer(&request, db.read(), audience, &query, Frames::Never).await
}

/// Looks for words, in a preview.
pub async fn preview_search_text(
    request: HttpRequest,
    principal: Principal,
    id: web::Path<PitchId>,
    query: web::Query<SearchQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let audience = Audience::by_preview(db.read(), &principal, *id).await?;
    answer(&request, db.read(), audience, &query, Frames::Own).await
}

async fn answer<C: ConnectionTrait>(
    request: &HttpRequest,
    db: &C,
    audience: Audience,
    query: &SearchQuery,
    frames: Frames,
) -> Result<HttpResponse> {
    let text: String = query.q.trim().chars().take(LONGEST_QUERY).collect();
    let words: Vec<String> = fold(&text).split_whitespace().map(str::to_owned).collect();
    let hits = find(db, audience.pitch.id, &words).await?;
    if query.data {
        return Ok(HttpResponse::Ok().json(Found { words, hits }));
    }
    let page = SearchPage {
        query: text,
        hits,
        sender: Sender::of(db, &audience.pitch).await?,
        base: audience.base,
    };
    html(request, StatusCode::OK, &page, frames)
}

async fn find<C: ConnectionTrait>(db: &C, pitch: PitchId, words: &[String]) -> Result<Vec<Hit>> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let shown = shown_items(db, pitch).await?;
    let wanted = shown.iter().fold(Condition::any(), |any, item| {
        let of_version = page::Column::VersionId.eq(item.version.id);
        any.add(match item.item.page_number {
            Some(number) => Condition::all()
                .add(of_version)
                .add(page::Column::Number.eq(number)),
            None => Condition::all().add(of_version),
        })
    });
    if shown.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(VersionId, i32, String, String)> = page::Entity::find()
        .select_only()
        .columns([
            page::Column::VersionId,
            page::Column::Number,
            page::Column::Title,
            page::Column::Text,
        ])
        .filter(wanted)
        .into_tuple()
        .all(db)
        .await?;
    let mut ordinal = 0;
    let mut hits = Vec::new();
    for item in &shown {
        for number in &item.pages {
            ordinal += 1;
            let row = rows
                .iter()
                .find(|(version, at, ..)| *version == item.version.id && at == number);
            if let Some((_, _, title, text)) = row
                && hits.len() < MOST_HITS
                && let Some(hit) = hit(ordinal, title, text, words)
            {
                hits.push(hit);
            }
        }
    }
    Ok(hits)
}

/// The page as a hit, if its title and text have every word.
fn hit(page: usize, title: &str, text: &str, words: &[String]) -> Option<Hit> {
    let (title_folded, text_folded) = (fold(title), Folded::of(text));
    let has = |word: &String| {
        text_folded.text().contains(word.as_str()) || title_folded.contains(word.as_str())
    };
    if !words.iter().all(has) {
        return None;
    }
    let (before, hit, after) = words
        .iter()
        .find_map(|word| text_folded.around(word, AROUND))
        .unwrap_or_default();
    Some(Hit {
        page,
        title: title.to_owned(),
        before,
        hit,
        after,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        fold(text).split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn every_word_must_be_there_whatever_its_case_and_accents() {
        let text = "Die Kühlkette\nder Apotheke hält 2 bis 8 °C.";
        let found = hit(3, "Preise", text, &words("KUHL apotheke")).unwrap();
        assert_eq!(found.page, 3);
        assert_eq!(
            (found.before.as_str(), found.hit.as_str()),
            ("Die ", "Kühl")
        );
        assert!(found.after.starts_with("kette der Apotheke"));
        assert!(hit(1, "", text, &words("apotheke preise")).is_none());
        assert!(hit(1, "Preise", text, &words("apotheke preise")).is_some());
    }

    #[test]
    fn words_are_found_in_scripts_without_case() {
        let text = "\u{5E9}\u{5DC}\u{5D5}\u{5DD} \u{5E2}\u{5D5}\u{5DC}\u{5DD}";
        let found = hit(1, "", text, &words("\u{5E2}\u{5D5}\u{5DC}")).unwrap();
        assert_eq!(found.hit, "\u{5E2}\u{5D5}\u{5DC}");
    }
}
