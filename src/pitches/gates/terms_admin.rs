//! Keeping terms: writing them, wording them anew, and taking them out of use. A wording never changes; another text is
//! another version, and every reader is asked again.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{terms, terms_acceptance, terms_version};
use crate::error::{Error, FieldError, Result};
use crate::http::{IfMatch, Principal, Problem, with_etag};
use crate::ids::{TermsId, UserId};
use crate::pitches::input::{fault, refuse};

const LONGEST_TITLE: usize = 200;
const LONGEST_TEXT: usize = 50_000;

/// Terms as they are written.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct TermsInput {
    /// What they are called; readers see it.
    pub title: String,
    /// The wording, as plain text in paragraphs.
    pub text: String,
}

/// Terms that links can ask for.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TermsView {
    /// The terms.
    pub id: TermsId,
    /// What they are called.
    pub title: String,
    /// The number of the wording, for `If-Match` too.
    pub version: i32,
    /// The wording that is asked for.
    pub text: String,
    /// How often it or an earlier one was accepted.
    pub acceptances: i64,
    /// When they were taken out of use; links that ask for them go on.
    pub retired_at: Option<DateTime<Utc>>,
    /// When they were changed last.
    pub updated_at: DateTime<Utc>,
}

/// All terms.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TermsList {
    /// By title; those that are out of use last.
    pub items: Vec<TermsView>,
}

/// The terms that links can ask for.
#[utoipa::path(get, path = "/api/v1/terms", tag = "pitches", responses((status = 200, body = TermsList)))]
pub async fn list_terms(db: web::Data<Db>) -> Result<web::Json<TermsList>> {
    let rows = terms::Entity::find()
        .order_by_asc(terms::Column::Title)
        .order_by_asc(terms::Column::Id)
        .all(db.read())
        .await?;
    let mut items = views(db.read(), rows).await?;
    items.sort_by_key(|one| one.retired_at.is_some());
    Ok(web::Json(TermsList { items }))
}

/// Write new terms.
#[utoipa::path(post, path = "/api/v1/terms", tag = "pitches", request_body = TermsInput, responses(
    (status = 201, body = TermsView), (status = 422, body = Problem),
))]
pub async fn add_terms(
    principal: Principal,
    body: web::Json<TermsInput>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let by = Some(principal.user_id);
    let row = write_terms(&tx, clock.now(), by, body.into_inner()).await?;
    let view = only_view(&tx, row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(view))
}

/// Writes new terms, in the caller's transaction.
pub async fn write_terms<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    by: Option<UserId>,
    input: TermsInput,
) -> Result<terms::Model> {
    let input = input.check()?;
    let row = terms::ActiveModel {
        id: Set(TermsId::new(now)),
        title: Set(input.title),
        version: Set(1),
        retired_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    }
    .insert(db)
    .await?;
    write_version(db, now, by, &row, input.text).await?;
    Ok(row)
}

/// Word terms anew. Another text is another version, which everybody is asked to accept again.
#[utoipa::path(put, path = "/api/v1/terms/{id}", tag = "pitches",
    params(TermsId, ("If-Match" = String, Header, description = "The version that is edited")), request_body = TermsInput, responses(
    (status = 200, body = TermsView), (status = 404, body = Problem), (status = 412, body = Problem),
    (status = 422, body = Problem), (status = 428, body = Problem),
))]
pub async fn edit_terms(
    principal: Principal,
    id: web::Path<TermsId>,
    if_match: IfMatch,
    body: web::Json<TermsInput>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let input = body.into_inner().check()?;
    let now = clock.now();
    let tx = db.begin().await?;
    let before = find_terms(&tx, *id).await?;
    if_match.require(before.version.into())?;
    let known = terms_version::Entity::find_by_id((before.id, before.version))
        .one(&tx)
        .await?;
    let reworded = known.is_none_or(|known| known.text != input.text);
    let version = before.version + i32::from(reworded);
    let mut row = before.into_active_model();
    row.title = Set(input.title);
    row.version = Set(version);
    row.updated_at = Set(now);
    let row = row.update(&tx).await?;
    if reworded {
        write_version(&tx, now, Some(principal.user_id), &row, input.text).await?;
    }
    let view = only_view(&tx, row).await?;
    tx.commit().await?;
    Ok(with_etag(&view, view.version.into()))
}

/// Take terms out of use. Links that ask for them go on asking; new ones cannot.
#[utoipa::path(delete, path = "/api/v1/terms/{id}", tag = "pitches", params(TermsId), responses(
    (status = 204), (status = 404, body = Problem),
))]
pub async fn retire_terms(
    id: web::Path<TermsId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let tx = db.begin().await?;
    let row = find_terms(&tx, *id).await?;
    if row.retired_at.is_none() {
        let mut row = row.into_active_model();
        row.retired_at = Set(Some(now));
        row.update(&tx).await?;
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

impl TermsInput {
    fn check(self) -> Result<Self> {
        let checked = Self {
            title: self.title.trim().to_owned(),
            text: self.text.replace("\r\n", "\n").trim().to_owned(),
        };
        let mut faults: Vec<FieldError> = Vec::new();
        for (field, text, most) in [
            ("title", &checked.title, LONGEST_TITLE),
            ("text", &checked.text, LONGEST_TEXT),
        ] {
            if text.is_empty() {
                faults.push(fault(field, "This must not be empty."));
            }
            if text.chars().count() > most {
                faults.push(fault(
                    field,
                    format!("This may have {most} characters at the most."),
                ));
            }
        }
        refuse(faults)?;
        Ok(checked)
    }
}

async fn find_terms<C: ConnectionTrait>(db: &C, id: TermsId) -> Result<terms::Model> {
    terms::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("terms"))
}

async fn write_version<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    by: Option<UserId>,
    terms: &terms::Model,
    text: String,
) -> Result<()> {
    terms_version::ActiveModel {
        terms_id: Set(terms.id),
        number: Set(terms.version),
        text: Set(text),
        created_by: Set(by),
        created_at: Set(now),
    }
    .insert(db)
    .await?;
    Ok(())
}

async fn only_view<C: ConnectionTrait>(db: &C, row: terms::Model) -> Result<TermsView> {
    let views = views(db, vec![row]).await?;
    views
        .into_iter()
        .next()
        .ok_or_else(|| Error::internal("terms without their wording"))
}

/// The views of terms, in three queries whatever their number.
async fn views<C: ConnectionTrait>(db: &C, rows: Vec<terms::Model>) -> Result<Vec<TermsView>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let current = rows.iter().fold(Condition::any(), |any, row| {
        any.add(
            terms_version::Column::TermsId
                .eq(row.id)
                .and(terms_version::Column::Number.eq(row.version)),
        )
    });
    let mut texts: HashMap<TermsId, String> = terms_version::Entity::find()
        .filter(current)
        .all(db)
        .await?
        .into_iter()
        .map(|version| (version.terms_id, version.text))
        .collect();
    let counts: HashMap<TermsId, i64> = terms_acceptance::Entity::find()
        .select_only()
        .column(terms_acceptance::Column::TermsId)
        .column_as(terms_acceptance::Column::Id.count(), "count")
        .group_by(terms_acceptance::Column::TermsId)
        .into_tuple::<(TermsId, i64)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    Ok(rows
        .into_iter()
        .map(|row| TermsView {
            text: texts.remove(&row.id).unwrap_or_default(),
            acceptances: counts.get(&row.id).copied().unwrap_or_default(),
            id: row.id,
            title: row.title,
            version: row.version,
            retired_at: row.retired_at,
            updated_at: row.updated_at,
        })
        .collect())
}
