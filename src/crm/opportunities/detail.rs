//! The page of one opportunity: facts, the route along the stages, the buying committee, doubts about the data.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use serde::Serialize;

use super::summary::{OpportunitySummary, summaries};
use crate::clock::Clock;
use crate::config::Config;
use crate::crm::checks::{self, DataCheck};
use crate::crm::consent::Obstacle;
use crate::crm::contacts::standings;
use crate::crm::reads::reads_by_contact;
use crate::crm::scope::visible_opportunities;
use crate::crm::warmth::{Thermometer, Warmth};
use crate::db::Db;
use crate::entities::{
    ActivityKind, ContactRole, Outcome, Stage, account, activity, campaign, contact, opportunity,
    opportunity_contact, stage_change, user,
};
use crate::error::{Error, Result};
use crate::http::{Principal, with_etag};
use crate::ids::{CampaignId, ContactId, OpportunityId};

/// A campaign, as others' views name it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CampaignRef {
    /// The campaign.
    pub id: CampaignId,
    /// Its name.
    pub name: String,
}

/// One stop of the route from discovery to the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Stop {
    /// A stage; for the last stop, the outcome.
    pub stage: &'static str,
    /// When it was reached; absent where it was not, or nobody noted when.
    pub entered_at: Option<DateTime<Utc>>,
    /// Whether the opportunity stands here now.
    pub current: bool,
}

/// A contact who has a part in the opportunity.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CommitteeMember {
    /// The contact.
    pub id: ContactId,
    /// The name.
    pub name: String,
    /// The address, if known.
    pub email: Option<String>,
    /// What the contact does there.
    pub job_title: Option<String>,
    /// Which of our personas that is.
    pub persona: Option<String>,
    /// The part in the buying committee.
    pub role: Option<ContactRole>,
    /// Mail to the address came back.
    pub bounced: bool,
    /// What is against sending them mail today.
    pub obstacles: Vec<Obstacle>,
    /// When the contact last read a pitch of this opportunity.
    pub last_read_at: Option<DateTime<Utc>>,
    /// In how many visits the contact read one.
    pub reads: i64,
    /// How warm the contact is, over all opportunities.
    pub score: Option<Warmth>,
}

/// An opportunity with everything its page shows.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OpportunityDetail {
    /// As in the list.
    #[serde(flatten)]
    pub summary: OpportunitySummary,
    /// To be sent back with `If-Match`.
    pub revision: i64,
    /// Whom we are up against.
    pub competitor: Option<String>,
    /// The primary contact's persona.
    pub persona: Option<String>,
    /// The account's size.
    pub size: Option<String>,
    /// The account's region.
    pub region: Option<String>,
    /// What the prospect has told of needs and conflicts.
    pub needs: String,
    /// Where it came from.
    pub campaign: Option<CampaignRef>,
    /// Discovery to negotiation, then the outcome.
    pub stages: Vec<Stop>,
    /// Who has a part in it, the primary contact first.
    pub contacts: Vec<CommitteeMember>,
    /// What is doubtful about its data.
    pub data_checks: Vec<DataCheck>,
}

/// One opportunity.
#[utoipa::path(get, path = "/api/v1/opportunities/{id}", tag = "opportunities", params(OpportunityId), responses(
    (status = 200, body = OpportunityDetail),
))]
pub async fn get_opportunity(
    principal: Principal,
    id: web::Path<OpportunityId>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let detail = load_detail(
        db.read(),
        &principal,
        *id,
        &Thermometer::new(&config, clock.now()),
    )
    .await?;
    Ok(with_etag(&detail, detail.revision))
}

/// The view of an opportunity that `principal` may see.
pub(super) async fn load_detail<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    id: OpportunityId,
    thermometer: &Thermometer,
) -> Result<OpportunityDetail> {
    let now = thermometer.now;
    let (row, account, owner, campaign, primary) = opportunity::Entity::find_by_id(id)
        .find_also_related(account::Entity)
        .find_also_related(user::Entity)
        .find_also(opportunity::Entity, campaign::Entity)
        .find_also(opportunity::Entity, contact::Entity)
        .filter(visible_opportunities(principal))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("opportunity"))?;
    let account = account.ok_or_else(|| Error::internal("an opportunity has no account"))?;
    let changes = stage_change::Entity::find()
        .filter(stage_change::Column::OpportunityId.eq(id))
        .order_by_asc(stage_change::Column::ChangedAt)
        .order_by_asc(stage_change::Column::Id)
        .all(db)
        .await?;
    let contacts = committee(db, id, primary.as_ref(), thermometer).await?;
    let calls_without_status = activity::Entity::find()
        .filter(activity::Column::OpportunityId.eq(id))
        .filter(activity::Column::Kind.eq(ActivityKind::Call))
        .filter(activity::Column::CallStatus.is_null())
        .count(db)
        .await?;
    let (size, region) = (account.size.clone(), account.region.clone());
    let summary = summaries(db, thermometer, vec![(row.clone(), account)])
        .await?
        .pop()
        .ok_or_else(|| Error::internal("one row made no summary"))?;
    let facts = checks::Facts {
        outcome: row.outcome,
        opened_on: row.opened_on,
        stage_changed_on: changes.last().map(|change| change.changed_at.date_naive()),
        expected_close_on: row.expected_close_on,
        has_amount: summary.amount.is_some(),
        owner: match owner {
            Some(owner) if owner.active => checks::Owner::Active,
            Some(owner) => checks::Owner::Inactive(owner.name),
            None => checks::Owner::Nobody,
        },
        bounced_contact: primary
            .as_ref()
            .filter(|contact| contact.bounced)
            .map(|contact| contact.name.clone()),
        last_activity_on: summary.last_activity_at.map(|at| at.date_naive()),
        calls_without_status,
    };
    Ok(OpportunityDetail {
        stages: route(
            row.stage,
            row.outcome,
            row.opened_on,
            row.closed_on,
            &changes,
        ),
        data_checks: checks::check(&facts, now.date_naive()),
        revision: row.revision,
        competitor: row.competitor,
        persona: primary.and_then(|contact| contact.persona),
        size,
        region,
        needs: row.needs,
        campaign: campaign.map(|campaign| CampaignRef {
            id: campaign.id,
            name: campaign.name,
        }),
        contacts,
        summary,
    })
}

/// The contacts of the opportunity by name, the primary one first even if it has no part noted.
async fn committee<C: ConnectionTrait>(
    db: &C,
    id: OpportunityId,
    primary: Option<&contact::Model>,
    thermometer: &Thermometer,
) -> Result<Vec<CommitteeMember>> {
    let mut members: Vec<(contact::Model, Option<ContactRole>)> =
        opportunity_contact::Entity::find()
            .find_also_related(contact::Entity)
            .filter(opportunity_contact::Column::OpportunityId.eq(id))
            .order_by_asc(contact::Column::Name)
            .order_by_asc(contact::Column::Id)
            .all(db)
            .await?
            .into_iter()
            .filter_map(|(part, contact)| Some((contact?, part.role)))
            .collect();
    if let Some(primary) = primary {
        let known = members
            .iter()
            .position(|(contact, _)| contact.id == primary.id);
        let member = match known {
            Some(place) => members.remove(place),
            None => (primary.clone(), None),
        };
        members.insert(0, member);
    }
    let reads = reads_by_contact(db, id).await?;
    let ids = members.iter().map(|(contact, _)| contact.id);
    let scores = thermometer.contacts(db, ids).await?;
    let people = members.iter().map(|(contact, _)| contact);
    let standings = standings(db, thermometer.now, people).await?;
    Ok(members
        .into_iter()
        .map(|(contact, role)| {
            let read = reads.get(&contact.id);
            CommitteeMember {
                obstacles: standings.of(
                    Some(contact.id),
                    contact.email.as_deref(),
                    contact.bounced,
                ),
                id: contact.id,
                name: contact.name,
                email: contact.email,
                job_title: contact.job_title,
                persona: contact.persona,
                role,
                bounced: contact.bounced,
                last_read_at: read.map(|read| read.last_read_at),
                reads: read.map_or(0, |read| read.reads),
                score: scores.get(&contact.id).copied(),
            }
        })
        .collect())
}

/// The route with its stops. `changes` are in order of time; what was reached before a step back is not shown as
/// reached.
fn route(
    stage: Stage,
    outcome: Outcome,
    opened_on: NaiveDate,
    closed_on: Option<NaiveDate>,
    changes: &[stage_change::Model],
) -> Vec<Stop> {
    let entered = |name: &str| {
        changes
            .iter()
            .rev()
            .find(|change| change.to_stage == name)
            .map(|change| change.changed_at)
    };
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let mut stops: Vec<Stop> = Stage::ALL
        .iter()
        .map(|stop| Stop {
            stage: stop.as_str(),
            entered_at: match stop {
                Stage::Discovery => entered(stop.as_str()).or(Some(midnight(opened_on))),
                _ if *stop > stage => None,
                _ => entered(stop.as_str()),
            },
            current: outcome == Outcome::Open && *stop == stage,
        })
        .collect();
    stops.push(Stop {
        stage: outcome.as_str(),
        entered_at: match outcome {
            Outcome::Open => None,
            _ => entered(outcome.as_str()).or(closed_on.map(midnight)),
        },
        current: outcome != Outcome::Open,
    });
    stops
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::StageChangeId;

    fn at(day: u32) -> DateTime<Utc> {
        format!("2026-03-{day:02}T09:00:00Z").parse().unwrap()
    }

    fn change(to: &str, day: u32) -> stage_change::Model {
        stage_change::Model {
            id: StageChangeId::new(at(day)),
            opportunity_id: OpportunityId::new(at(1)),
            from_stage: None,
            to_stage: to.to_owned(),
            changed_at: at(day),
        }
    }

    fn stops(
        stage: Stage,
        outcome: Outcome,
        changes: &[stage_change::Model],
    ) -> Vec<(&'static str, Option<u32>, bool)> {
        use chrono::Datelike as _;
        let (opened, closed) = (at(1).date_naive(), Some(at(30).date_naive()));
        route(stage, outcome, opened, closed, changes)
            .into_iter()
            .map(|stop| (stop.stage, stop.entered_at.map(|at| at.day()), stop.current))
            .collect()
    }

    #[test]
    fn an_open_opportunity_stands_at_its_stage() {
        let changes = [change("discovery", 2), change("evaluation", 9)];
        assert_eq!(
            stops(Stage::Evaluation, Outcome::Open, &changes),
            [
                ("discovery", Some(2), false),
                ("evaluation", Some(9), true),
                ("proposal", None, false),
                ("negotiation", None, false),
                ("open", None, false),
            ]
        );
    }

    #[test]
    fn a_closed_one_stands_at_its_outcome_even_if_only_the_day_is_known() {
        assert_eq!(
            stops(Stage::Proposal, Outcome::Won, &[change("proposal", 9)]),
            [
                ("discovery", Some(1), false),
                ("evaluation", None, false),
                ("proposal", Some(9), false),
                ("negotiation", None, false),
                ("won", Some(30), true),
            ]
        );
    }

    #[test]
    fn after_a_step_back_the_stages_ahead_are_ahead_again() {
        let changes = [
            change("evaluation", 3),
            change("proposal", 5),
            change("evaluation", 8),
        ];
        let route = stops(Stage::Evaluation, Outcome::Open, &changes);
        assert_eq!(route[1], ("evaluation", Some(8), true));
        assert_eq!(route[2], ("proposal", None, false));
    }
}
