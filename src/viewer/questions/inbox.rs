//! The questions as the house sees them: those of the pitches that a user can see.

use std::collections::{BTreeSet, HashMap};

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, ExprTrait as _, JoinType,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _,
    Select,
};
use serde::{Deserialize, Serialize};

use crate::crm;
use crate::db::Db;
use crate::engagement::{VisitOpportunity, VisitPitch};
use crate::entities::{account, opportunity, pitch, pitch_link, question, user};
use crate::error::{Error, Result};
use crate::http::{ListQuery, Page, Principal, next_cursor};
use crate::ids::{AssetId, LinkId, OpportunityId, QuestionId, UserId};
use crate::pitches::may_change_pitches_of;

/// Whether a question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionState {
    /// Not yet.
    Open,
    /// It is.
    Answered,
}

/// Which questions.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct QuestionsQuery {
    /// Only those that are answered, or that are not.
    #[param(inline)]
    pub state: Option<QuestionState>,
    /// Only those of this opportunity.
    pub opportunity: Option<OpportunityId>,
    /// `true` for those of the caller's own pitches.
    #[serde(default)]
    pub mine: bool,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// A question that a reader asked.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct QuestionView {
    /// The question.
    pub id: QuestionId,
    /// The link through which it came.
    pub link_id: LinkId,
    /// The link's pitch.
    pub pitch: VisitPitch,
    /// Its opportunity.
    pub opportunity: VisitOpportunity,
    /// The opportunity's account.
    pub account_name: String,
    /// Who asks, as far as it is known; may be empty.
    pub asker_name: String,
    /// Where the answer is mailed to.
    pub asker_email: Option<String>,
    /// The page it is about, by its place in the pitch; absent for a question about the whole.
    pub page: Option<i32>,
    /// The page's title, with its document's.
    pub page_title: String,
    /// The document.
    pub asset_id: Option<AssetId>,
    /// The page's number in its document.
    pub page_number: Option<i32>,
    /// The words.
    pub text: String,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// The answer.
    pub answer: Option<String>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// Whether the caller may answer it.
    pub may_answer: bool,
}

/// How much waits.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub struct OpenQuestions {
    /// Questions of the caller's own pitches that are not answered.
    pub mine: u64,
    /// Those of all pitches that the caller can see.
    pub all: u64,
}

/// Questions that readers asked, the latest first.
#[utoipa::path(get, path = "/api/v1/questions", tag = "questions", params(QuestionsQuery),
    responses((status = 200, body = Page<QuestionView>)))]
pub async fn list_questions(
    principal: Principal,
    query: web::Query<QuestionsQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<QuestionView>>> {
    let list = ListQuery {
        cursor: query.cursor.clone(),
        limit: query.limit,
    };
    let mut select = visible(&principal)
        .order_by_desc(question::Column::AskedAt)
        .order_by_desc(question::Column::Id)
        .limit(list.limit() + 1);
    match query.state {
        Some(QuestionState::Open) => {
            select = select.filter(question::Column::AnsweredAt.is_null());
        }
        Some(QuestionState::Answered) => {
            select = select.filter(question::Column::AnsweredAt.is_not_null());
        }
        None => {}
    }
    if let Some(opportunity) = query.opportunity {
        select = select.filter(pitch::Column::OpportunityId.eq(opportunity));
    }
    if query.mine {
        select = select.filter(pitch::Column::OwnerId.eq(principal.user_id));
    }
    if let Some((at, id)) = list.position::<(DateTime<Utc>, QuestionId)>()? {
        let older = question::Column::AskedAt
            .lt(at)
            .or(question::Column::AskedAt
                .eq(at)
                .and(question::Column::Id.lt(id)));
        select = select.filter(older);
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, list.limit(), |row| (row.asked_at, row.id))?;
    let items = views(db.read(), &principal, rows).await?;
    Ok(web::Json(Page { items, next_cursor }))
}

/// How many questions wait for an answer.
#[utoipa::path(get, path = "/api/v1/questions/open", tag = "questions",
    responses((status = 200, body = OpenQuestions)))]
pub async fn count_questions(
    principal: Principal,
    db: web::Data<Db>,
) -> Result<web::Json<OpenQuestions>> {
    let open = || visible(&principal).filter(question::Column::AnsweredAt.is_null());
    let mine = open().filter(pitch::Column::OwnerId.eq(principal.user_id));
    Ok(web::Json(OpenQuestions {
        mine: mine.count(db.read()).await?,
        all: open().count(db.read()).await?,
    }))
}

/// The questions about pitches for opportunities that `principal` can see.
fn visible(principal: &Principal) -> Select<question::Entity> {
    question::Entity::find()
        .join(JoinType::InnerJoin, question::Relation::PitchLink.def())
        .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
        .join(JoinType::InnerJoin, pitch::Relation::Opportunity.def())
        .filter(crm::visible_opportunities(principal))
}

/// A question that `principal` can see.
pub(super) async fn find_question<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    id: QuestionId,
) -> Result<question::Model> {
    visible(principal)
        .filter(question::Column::Id.eq(id))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("question"))
}

/// The questions as they are shown, in four more queries.
pub(super) async fn views<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    rows: Vec<question::Model>,
) -> Result<Vec<QuestionView>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let links: BTreeSet<LinkId> = rows.iter().map(|row| row.link_id).collect();
    let pitches: HashMap<LinkId, pitch::Model> = pitch_link::Entity::find()
        .find_also_related(pitch::Entity)
        .filter(pitch_link::Column::Id.is_in(links))
        .all(db)
        .await?
        .into_iter()
        .filter_map(|(link, pitch)| Some((link.id, pitch?)))
        .collect();
    let of_pitches: BTreeSet<OpportunityId> =
        pitches.values().map(|pitch| pitch.opportunity_id).collect();
    let deals: HashMap<OpportunityId, (String, String)> = opportunity::Entity::find()
        .find_also_related(account::Entity)
        .filter(opportunity::Column::Id.is_in(of_pitches))
        .all(db)
        .await?
        .into_iter()
        .map(|(deal, account)| {
            (
                deal.id,
                (deal.name, account.map(|one| one.name).unwrap_or_default()),
            )
        })
        .collect();
    let people: BTreeSet<UserId> = pitches
        .values()
        .map(|pitch| pitch.owner_id)
        .chain(rows.iter().filter_map(|row| row.answered_by))
        .collect();
    let people: HashMap<UserId, user::Model> = user::Entity::find()
        .filter(user::Column::Id.is_in(people))
        .all(db)
        .await?
        .into_iter()
        .map(|user| (user.id, user))
        .collect();
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let pitch = pitches.get(&row.link_id)?;
            let (name, account_name) = deals.get(&pitch.opportunity_id)?.clone();
            Some(QuestionView {
                may_answer: people
                    .get(&pitch.owner_id)
                    .is_some_and(|owner| may_change_pitches_of(principal, owner)),
                pitch: VisitPitch {
                    id: pitch.id,
                    title: pitch.title.clone(),
                },
                opportunity: VisitOpportunity {
                    id: pitch.opportunity_id,
                    name,
                },
                account_name,
                answered_by: row
                    .answered_by
                    .and_then(|user| people.get(&user))
                    .map(|user| user.name.clone()),
                id: row.id,
                link_id: row.link_id,
                asker_name: row.asker_name,
                asker_email: row.asker_email,
                page: row.ordinal,
                page_title: row.page_title,
                asset_id: row.asset_id,
                page_number: row.page_number,
                text: row.text,
                asked_at: row.asked_at,
                answer: row.answer,
                answered_at: row.answered_at,
            })
        })
        .collect())
}
