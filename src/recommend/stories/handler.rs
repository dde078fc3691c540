//! `GET /opportunities/{id}/stories`.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::load::{Heard, candidates, customer, heard};
use super::matching::fits;
use crate::clock::Clock;
use crate::crm::find_opportunity;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{ActivityId, OpportunityId};
use crate::library::{AssetSummary, asset_summaries, page_thumbnail_url};
use crate::recommend::received::{Received, received};

/// More are not compared by anybody.
const MOST: usize = 5;
const LONGEST_CONFLICT: usize = 4_000;

/// What to look for.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StoriesQuery {
    /// The conflict, where it is another than what is recorded.
    pub conflict: Option<String>,
}

/// Stories of similar customers.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Stories {
    /// What the prospect has told; absent where nothing is recorded.
    pub conflict: Option<ConflictView>,
    /// The best first, at most five; empty where none fits.
    pub items: Vec<StoryView>,
    /// How many stories were looked through.
    pub considered: usize,
    /// Why there is none, or what is missing.
    pub note: Option<String>,
}

/// Where the conflict is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConflictSource {
    /// Asked for with the request.
    Typed,
    /// The opportunity's needs.
    Opportunity,
    /// A call, meeting or note.
    Activity,
}

/// What the prospect has told of its conflict.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ConflictView {
    /// In their words, as they were noted.
    pub text: String,
    /// Where it was noted.
    pub source: ConflictSource,
    /// The activity in which it was noted.
    pub activity_id: Option<ActivityId>,
    /// Its subject.
    pub activity_subject: Option<String>,
    /// When it was noted.
    pub noted_at: Option<DateTime<Utc>>,
}

/// A story, and why it fits.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct StoryView {
    /// The asset.
    pub asset: AssetSummary,
    /// The page that tells of it.
    pub page: StoryPage,
    /// What was heard that it answers.
    pub heard: Option<String>,
    /// What it tells of that, in its own words.
    pub tells: Option<String>,
    /// The words in common.
    pub words: Vec<String>,
    /// Why it fits, in sentences.
    pub reasons: Vec<String>,
    /// What speaks against it.
    pub caveats: Vec<String>,
    /// Whether the account has been sent it or has read it.
    pub received: Option<Received>,
}

/// A page of a story.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct StoryPage {
    /// From 1.
    pub number: i32,
    /// Its picture.
    pub thumbnail_url: String,
}

/// Stories of similar customers that tell of the conflict this prospect has told.
#[utoipa::path(get, path = "/api/v1/opportunities/{id}/stories", tag = "search",
    params(OpportunityId, StoriesQuery), responses(
    (status = 200, body = Stories), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn stories(
    principal: Principal,
    id: web::Path<OpportunityId>,
    query: web::Query<StoriesQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<Stories>> {
    let opportunity = find_opportunity(db.read(), &principal, *id).await?;
    let typed = query.into_inner().conflict;
    let conflict = match typed.map(|text| text.trim().to_owned()) {
        Some(text) if text.chars().count() > LONGEST_CONFLICT => {
            return Err(Error::field(
                "conflict",
                format!("This may have {LONGEST_CONFLICT} characters at the most."),
            ));
        }
        Some(text) if !text.is_empty() => Some(ConflictView {
            text,
            source: ConflictSource::Typed,
            activity_id: None,
            activity_subject: None,
            noted_at: None,
        }),
        _ => heard(db.read(), &opportunity).await?.map(conflict_view),
    };
    let found = candidates(db.read(), clock.now().date_naive()).await?;
    let customer = customer(db.read(), &opportunity).await?;
    let words = conflict
        .as_ref()
        .map(|conflict| conflict.text.clone())
        .unwrap_or_default();
    let considered = found.len();
    // Some megabytes of text are cut into words; that has no place on the threads that answer.
    let (found, mut fitting) = tokio::task::spawn_blocking(move || {
        let stories: Vec<_> = found.iter().map(|one| one.story.clone()).collect();
        let fits = fits(&words, &customer, &stories);
        (found, fits)
    })
    .await
    .map_err(Error::internal)?;
    fitting.truncate(MOST);

    let ids: Vec<_> = fitting
        .iter()
        .filter_map(|fit| found.get(fit.story).map(|one| one.asset))
        .collect();
    let mut assets = asset_summaries(db.read(), &ids).await?;
    let known = received(db.read(), opportunity.account_id, Some(&ids)).await?;
    let mut items = Vec::with_capacity(fitting.len());
    for fit in fitting {
        let Some(candidate) = found.get(fit.story) else {
            continue;
        };
        let Some(asset) = assets.remove(&candidate.asset) else {
            continue;
        };
        let mut reasons = Vec::new();
        if !fit.words.is_empty() {
            let words: Vec<String> = fit
                .words
                .iter()
                .map(|word| format!("\u{201c}{word}\u{201d}"))
                .collect();
            reasons.push(format!("Page {} tells of {}", fit.page, words.join(", ")));
        }
        reasons.extend(fit.alike);
        items.push(StoryView {
            page: StoryPage {
                number: fit.page,
                thumbnail_url: page_thumbnail_url(candidate.version, fit.page),
            },
            received: known.get(&candidate.asset).cloned(),
            heard: fit.heard,
            tells: fit.tells,
            words: fit.words,
            reasons,
            caveats: fit.unlike,
            asset,
        });
    }
    let note = note(conflict.is_some(), considered, items.is_empty());
    Ok(web::Json(Stories {
        conflict,
        items,
        considered,
        note,
    }))
}

/// What is to be said of an answer that is less than one hoped for.
fn note(was_heard: bool, considered: usize, is_empty: bool) -> Option<String> {
    let text = match (was_heard, considered, is_empty) {
        (_, 0, _) => "There is no approved customer story in the library yet.".to_owned(),
        (true, 1, true) => "The one story in the library tells nothing of what this prospect has told. Ask for one, or say it \
                            in other words."
            .to_owned(),
        (true, considered, true) => format!(
            "None of the {considered} stories tells of what this prospect has told. Ask for one, or say it in other words."
        ),
        (false, considered, true) => format!(
            "Nothing is recorded of this prospect's conflict, and none of the {considered} stories is of a similar customer. \
             Note what they told you."
        ),
        (false, _, false) => {
            "Nothing is recorded of this prospect's conflict; these are stories of similar customers, no more.".to_owned()
        }
        (true, _, false) => return None,
    };
    Some(text)
}

fn conflict_view(heard: Heard) -> ConflictView {
    match heard {
        Heard::Opportunity(text) => ConflictView {
            text,
            source: ConflictSource::Opportunity,
            activity_id: None,
            activity_subject: None,
            noted_at: None,
        },
        Heard::Activity {
            id,
            subject,
            at,
            text,
        } => ConflictView {
            text,
            source: ConflictSource::Activity,
            activity_id: Some(id),
            activity_subject: Some(subject),
            noted_at: Some(at),
        },
    }
}
