//! The two questions: search and suggest.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::{HttpRequest, web};
use serde::Deserialize;

use super::fit::{Trait, traits};
use super::log::SearchLog;
use super::query::SearchQuery;
use super::views::{FacetCount, PageHit, SearchHit, SearchResult, SuggestionView, Suggestions};
use crate::crm::find_opportunity;
use crate::db::Db;
use crate::error::{Code, Error, Result};
use crate::http::{Cursor, Principal, Problem};
use crate::ids::{AccountId, VersionId};
use crate::index::{Found, FoundPage, Index, SearchRequest, SuggestRequest, same_value};
use crate::library::{asset_summaries, page_image_url, page_thumbnail_url, visible_states};
use crate::recommend::{EvidenceView, Lessons, Recommender, received};

/// How long a search waits for a change that it must see.
const PATIENCE: Duration = Duration::from_secs(5);
const SUGGESTIONS: usize = 8;

/// Full-text search in every page, with facets.
#[utoipa::path(get, path = "/api/v1/search", tag = "search", params(
    ("q" = Option<String>, Query, description = "Words, \"phrases\", -exclusions and field:values (`title:`, `kind:` and the other facets); nothing lists everything"),
    ("opportunity" = Option<String>, Query, description = "Rank for this opportunity, and say why"),
    ("kind" = Option<Vec<String>>, Query, description = "May be repeated, as every facet"),
    ("product" = Option<Vec<String>>, Query), ("industry" = Option<Vec<String>>, Query),
    ("stage" = Option<Vec<String>>, Query), ("persona" = Option<Vec<String>>, Query),
    ("region" = Option<Vec<String>>, Query), ("competitor" = Option<Vec<String>>, Query),
    ("language" = Option<Vec<String>>, Query), ("tag" = Option<Vec<String>>, Query),
    ("sort" = Option<String>, Query, description = "`relevance` (where not said), `newest` or `title`"),
    ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
    ("limit" = Option<u64>, Query, description = "How many assets, 1 to 100; 20 where not said"),
    ("typing" = Option<bool>, Query, description = "The last word of `q` is still being typed: its completions count too"),
    ("after_seq" = Option<i64>, Query, description = "Wait until the change of this number is seen"),
), responses(
    (status = 200, body = SearchResult), (status = 404, body = Problem), (status = 422, body = Problem),
    (status = 503, body = Problem),
))]
pub async fn search(
    principal: Principal,
    request: HttpRequest,
    db: web::Data<Db>,
    index: web::Data<Index>,
    log: web::Data<SearchLog>,
    recommender: web::Data<Recommender>,
) -> Result<web::Json<SearchResult>> {
    let query = SearchQuery::parse(request.query_string())?;
    let mut found = answer(&db, &index, Some(&recommender), &principal, &query).await?;
    found.search_id = log.note(&principal, &query, &found);
    Ok(web::Json(found))
}

/// What is known of the deal that content is looked for.
#[derive(Default)]
struct Scope {
    fits: Vec<Trait>,
    lessons: Option<Arc<Lessons>>,
    account: Option<AccountId>,
}

/// Searches as the API does. Nothing of it is recorded.
pub async fn answer(
    db: &Db,
    index: &Index,
    recommender: Option<&Recommender>,
    principal: &Principal,
    query: &SearchQuery,
) -> Result<SearchResult> {
    let started = Instant::now();
    let scope = match query.opportunity {
        Some(id) => {
            let opportunity = find_opportunity(db.read(), principal, id).await?;
            Scope {
                fits: traits(db.read(), &opportunity).await?,
                lessons: match recommender {
                    Some(recommender) => recommender.lessons(id).await?,
                    None => None,
                },
                account: Some(opportunity.account_id),
            }
        }
        None => Scope::default(),
    };
    if let Some(seq) = query.after_seq
        && !index.wait_for(seq, PATIENCE).await
    {
        let busy = Error::new(Code::Busy, "The search index has not come that far yet.");
        return Err(busy.retry_after(1));
    }
    let found = index
        .search(SearchRequest {
            text: query.text.clone(),
            typing: query.typing,
            literal: query.literal,
            states: visible_states(principal).to_vec(),
            filters: query.filters.clone(),
            preferences: scope
                .fits
                .iter()
                .map(|fit| fit.preference.clone())
                .collect(),
            weights: scope.lessons.as_ref().map(|lessons| lessons.weights()),
            sort: query.sort,
            after: query.after.clone(),
            limit: query.limit,
        })
        .await?;
    let next_cursor = found.next.as_ref().map(Cursor::encode).transpose()?;
    let facets = facet_counts(&found);
    let (total_assets, total_pages) = (found.total_assets, found.total_pages);
    let spelling = found.spelling.clone().map(Into::into);
    let items = hits(principal, db, found, &scope).await?;
    Ok(SearchResult {
        items,
        next_cursor,
        total_assets,
        total_pages,
        took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        facets,
        spelling,
        complete: index.is_complete(),
        search_id: None,
    })
}

impl Scope {
    /// Why an asset fits: what it is made for, then what has become of it in similar deals.
    fn reasons(&self, fits: &[usize], evidence: Option<&EvidenceView>) -> Vec<String> {
        let fits = fits.iter().filter_map(|at| self.fits.get(*at));
        fits.map(|fit| fit.reason.clone())
            .chain(evidence.and_then(|evidence| evidence.in_words.clone()))
            .collect()
    }
}

/// What is being typed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuggestQuery {
    /// The beginning of some words.
    #[serde(default)]
    pub q: String,
}

/// Titles of assets and pages that fit what is being typed.
#[utoipa::path(get, path = "/api/v1/suggest", tag = "search", params(SuggestQuery), responses(
    (status = 200, body = Suggestions),
))]
pub async fn suggest(
    principal: Principal,
    query: web::Query<SuggestQuery>,
    index: web::Data<Index>,
) -> Result<web::Json<Suggestions>> {
    let found = index
        .suggest(SuggestRequest {
            typed: query.into_inner().q.chars().take(200).collect(),
            states: visible_states(&principal),
            limit: SUGGESTIONS,
        })
        .await?;
    let items = found
        .titles
        .into_iter()
        .filter_map(|found| {
            Some(SuggestionView {
                title: found.title,
                asset_id: found.asset,
                version_id: found.version,
                page_number: found.page,
                kind: found.kind.parse().ok()?,
                thumbnail_url: found
                    .has_pages
                    .then(|| page_thumbnail_url(found.version, found.page.unwrap_or(1))),
            })
        })
        .collect();
    Ok(web::Json(Suggestions {
        items,
        queries: found.queries,
    }))
}

/// The hits with what the database says of their assets now; one that has gone since is left out.
async fn hits(
    principal: &Principal,
    db: &Db,
    found: Found,
    scope: &Scope,
) -> Result<Vec<SearchHit>> {
    let ids: Vec<_> = found.assets.iter().map(|found| found.asset).collect();
    let mut known = match scope.account {
        Some(account) => received(db.read(), account, Some(&ids)).await?,
        None => HashMap::new(),
    };
    let mut summaries = asset_summaries(db.read(), &ids).await?;
    let visible = visible_states(principal);
    Ok(found
        .assets
        .into_iter()
        .filter_map(|found| {
            let asset = summaries.remove(&found.asset)?;
            if !visible.contains(&asset.state) {
                return None;
            }
            let mut pages = found
                .version
                .into_iter()
                .flat_map(|version| found.pages.iter().map(move |page| page_hit(version, page)));
            let lessons = scope.lessons.as_ref();
            let evidence = lessons.and_then(|lessons| lessons.evidence(found.asset));
            Some(SearchHit {
                best_page: pages.next(),
                more_pages: pages.collect(),
                reasons: scope.reasons(&found.fits, evidence.as_ref()),
                evidence,
                received: known.remove(&found.asset),
                asset,
            })
        })
        .collect())
}

fn page_hit(version: VersionId, page: &FoundPage) -> PageHit {
    PageHit {
        version_id: version,
        number: page.number,
        title: page.title.clone(),
        snippet: page.snippet.clone(),
        thumbnail_url: page_thumbnail_url(version, page.number),
        image_url: page_image_url(version, page.number),
    }
}

fn facet_counts(found: &Found) -> std::collections::BTreeMap<String, Vec<FacetCount>> {
    found
        .facets
        .iter()
        .map(|(dimension, values)| {
            let chosen: Vec<_> = found
                .filters
                .iter()
                .filter(|(named, _)| named == dimension)
                .flat_map(|(_, values)| values)
                .collect();
            let counts = values
                .iter()
                .map(|(value, count)| FacetCount {
                    selected: chosen.iter().any(|chosen| same_value(chosen, value)),
                    value: value.clone(),
                    count: *count,
                })
                .collect();
            (dimension.as_str().to_owned(), counts)
        })
        .collect()
}
