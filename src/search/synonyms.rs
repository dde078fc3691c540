//! The marketers' synonyms: list, add, edit, remove. A change counts for the next query of every node, which hears of
//! it through the change log.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    ExprTrait as _, IntoActiveModel as _, ModelTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::db::{Db, append_change};
use crate::entities::synonym;
use crate::error::{Code, Error, Result};
use crate::http::{IfMatch, ListQuery, Page, Principal, Problem, next_cursor, with_etag};
use crate::ids::SynonymId;
use crate::index::{Index, MOST_SYNONYMS, SYNONYMS};

const MOST_TERMS: usize = 20;
const LONGEST_TERM: usize = 80;
/// The header that says which entry of the change log a write is; `after_seq` of a search waits for it.
const SEQ: &str = "lastmile-seq";

/// Terms that stand for each other in searches.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SynonymView {
    /// The group.
    pub id: SynonymId,
    /// The terms, each of one or several words.
    pub terms: Vec<String>,
    /// The first finds the others, but they do not find it.
    pub one_way: bool,
    /// Only in documents of this language.
    pub language: Option<String>,
    /// Rises with every edit.
    pub revision: i64,
    /// When it was edited last.
    pub updated_at: DateTime<Utc>,
}

/// What to keep.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SynonymInput {
    /// 2 to 20 terms, each of one or several words.
    pub terms: Vec<String>,
    /// The first finds the others, but they do not find it.
    #[serde(default)]
    pub one_way: bool,
    /// Only in documents of this language, as in `de`.
    pub language: Option<String>,
}

/// The groups by their first term.
#[utoipa::path(get, path = "/api/v1/synonyms", tag = "search", params(ListQuery), responses(
    (status = 200, body = Page<SynonymView>),
))]
pub async fn list_synonyms(
    query: web::Query<ListQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<SynonymView>>> {
    let mut select = synonym::Entity::find()
        .order_by_asc(synonym::Column::Label)
        .order_by_asc(synonym::Column::Id)
        .limit(query.limit() + 1);
    if let Some((label, id)) = query.position::<(String, SynonymId)>()? {
        let same_label = synonym::Column::Label
            .eq(&label)
            .and(synonym::Column::Id.gt(id));
        select = select.filter(synonym::Column::Label.gt(&label).or(same_label));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, query.limit(), |row| (row.label.clone(), row.id))?;
    let items = rows.into_iter().map(view).collect();
    Ok(web::Json(Page { items, next_cursor }))
}

/// Adds a group.
#[utoipa::path(post, path = "/api/v1/synonyms", tag = "search", request_body = SynonymInput, responses(
    (status = 201, body = SynonymView), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub async fn add_synonym(
    principal: Principal,
    body: web::Json<SynonymInput>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    let input = body.into_inner().checked()?;
    let now = clock.now();
    let tx = db.begin().await?;
    if synonym::Entity::find().count(&tx).await? >= MOST_SYNONYMS {
        let full = format!("There are {MOST_SYNONYMS} groups already; remove some first.");
        return Err(Error::new(Code::Conflict, full));
    }
    let row = synonym::ActiveModel {
        id: Set(SynonymId::new(now)),
        terms: Set(serde_json::json!(input.terms)),
        one_way: Set(input.one_way),
        label: Set(input.label()),
        language: Set(input.language),
        edited_by: Set(Some(principal.user_id)),
        revision: Set(1),
        updated_at: Set(now),
    };
    let row = row.insert(&tx).await?;
    let seq = changed(&tx, row.id).await?;
    tx.commit().await?;
    index.wake();
    let revision = row.revision;
    Ok(HttpResponse::Created()
        .insert_header(("etag", format!("\"{revision}\"")))
        .insert_header((SEQ, seq))
        .json(view(row)))
}

/// Replaces a group.
#[utoipa::path(put, path = "/api/v1/synonyms/{id}", tag = "search", params(SynonymId,
    ("If-Match" = String, Header, description = "The revision that is edited")),
    request_body = SynonymInput, responses(
    (status = 200, body = SynonymView), (status = 404, body = Problem), (status = 412, body = Problem),
    (status = 422, body = Problem), (status = 428, body = Problem),
))]
pub async fn edit_synonym(
    principal: Principal,
    id: web::Path<SynonymId>,
    if_match: IfMatch,
    body: web::Json<SynonymInput>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    let input = body.into_inner().checked()?;
    let tx = db.begin().await?;
    let row = find(&tx, *id).await?;
    if_match.require(row.revision)?;
    let revision = row.revision + 1;
    let mut row = row.into_active_model();
    row.terms = Set(serde_json::json!(input.terms));
    row.one_way = Set(input.one_way);
    row.label = Set(input.label());
    row.language = Set(input.language);
    row.edited_by = Set(Some(principal.user_id));
    row.revision = Set(revision);
    row.updated_at = Set(clock.now());
    let row = row.update(&tx).await?;
    let seq = changed(&tx, row.id).await?;
    tx.commit().await?;
    index.wake();
    let mut reply = with_etag(&view(row), revision);
    reply.headers_mut().insert(
        actix_web::http::header::HeaderName::from_static(SEQ),
        seq.into(),
    );
    Ok(reply)
}

/// Removes a group.
#[utoipa::path(delete, path = "/api/v1/synonyms/{id}", tag = "search", params(SynonymId,
    ("If-Match" = String, Header, description = "The revision that is removed")), responses(
    (status = 204), (status = 404, body = Problem), (status = 412, body = Problem), (status = 428, body = Problem),
))]
pub async fn remove_synonym(
    id: web::Path<SynonymId>,
    if_match: IfMatch,
    db: web::Data<Db>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let row = find(&tx, *id).await?;
    if_match.require(row.revision)?;
    row.delete(&tx).await?;
    let seq = changed(&tx, *id).await?;
    tx.commit().await?;
    index.wake();
    Ok(HttpResponse::NoContent().insert_header((SEQ, seq)).finish())
}

impl SynonymInput {
    /// The input without what is empty or said twice, if there is enough left.
    fn checked(self) -> Result<Self> {
        let mut terms: Vec<String> = Vec::new();
        for term in &self.terms {
            let term = term.split_whitespace().collect::<Vec<_>>().join(" ");
            if !term.chars().any(char::is_alphanumeric) {
                continue;
            }
            if term.chars().count() > LONGEST_TERM {
                let message = format!("A term has at most {LONGEST_TERM} characters.");
                return Err(Error::field("terms", message));
            }
            let known = terms
                .iter()
                .any(|other| other.to_lowercase() == term.to_lowercase());
            if !known {
                terms.push(term);
            }
        }
        if !(2..=MOST_TERMS).contains(&terms.len()) {
            let message = format!("Give 2 to {MOST_TERMS} different terms.");
            return Err(Error::field("terms", message));
        }
        let language = self
            .language
            .map(|language| language.trim().to_lowercase())
            .filter(|language| !language.is_empty());
        if let Some(language) = &language
            && !(2..=8).contains(&language.len())
        {
            let message = "Name a language by its code, as in de.";
            return Err(Error::field("language", message));
        }
        Ok(Self {
            terms,
            language,
            one_way: self.one_way,
        })
    }

    fn label(&self) -> String {
        self.terms.join(", ").to_lowercase()
    }
}

async fn find<C: ConnectionTrait>(db: &C, id: SynonymId) -> Result<synonym::Model> {
    synonym::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("group of synonyms"))
}

async fn changed<C: ConnectionTrait>(db: &C, id: SynonymId) -> Result<i64> {
    append_change(db, SYNONYMS, id.0).await
}

fn view(row: synonym::Model) -> SynonymView {
    SynonymView {
        id: row.id,
        terms: serde_json::from_value(row.terms).unwrap_or_default(),
        one_way: row.one_way,
        language: row.language,
        revision: row.revision,
        updated_at: row.updated_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(terms: &[&str]) -> Result<Vec<String>> {
        let input = SynonymInput {
            terms: terms.iter().map(|term| (*term).to_owned()).collect(),
            one_way: false,
            language: None,
        };
        input.checked().map(|input| input.terms)
    }

    #[test]
    fn a_group_has_different_terms_without_needless_spaces() {
        let terms = checked(&[" ROI ", "return  on investment", "roi", "", "?"]).unwrap();
        assert_eq!(terms, ["ROI", "return on investment"]);
        assert!(checked(&["one", "ONE"]).is_err());
        assert!(checked(&["one", &"x".repeat(81)]).is_err());
    }
}
