//! Contacts: the list, and adding one whom the rep just met.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait,
    EntityTrait as _, ExprTrait as _, JoinType, Order, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, RelationDef,
};
use serde::{Deserialize, Serialize};

use super::consent::{Obstacle, Standings};
use super::email::parse_email;
use super::warmth::{Thermometer, Warmest, Warmth};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, contains_text};
use crate::entities::{account, contact, contact_score};
use crate::error::{Error, FieldError, Result};
use crate::http::{ListQuery, Page, next_cursor};
use crate::ids::{AccountId, ContactId};

/// How many contacts an account's page shows.
const SHOWN: u64 = 200;

/// The account of a contact.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AccountRef {
    /// The account.
    pub id: AccountId,
    /// Its name.
    pub name: String,
}

/// A contact.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ContactView {
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
    /// Where.
    pub account: AccountRef,
    /// Mail to the address came back for good.
    pub bounced: bool,
    /// What is against sending them mail today.
    pub obstacles: Vec<Obstacle>,
    /// How warm the contact is, if the contact has read anything.
    pub score: Option<Warmth>,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ContactSort {
    /// By name.
    #[default]
    Name,
    /// The warmest first.
    Score,
}

/// What to list.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ContactQuery {
    /// Only this account's.
    pub account: Option<AccountId>,
    /// Only those whose name, address or account has this in it.
    pub q: Option<String>,
    /// `name` where not said.
    #[serde(default)]
    #[param(inline)]
    pub sort: ContactSort,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// The contacts by name.
#[utoipa::path(get, path = "/api/v1/contacts", tag = "contacts", params(ContactQuery), responses(
    (status = 200, body = Page<ContactView>),
))]
pub async fn list_contacts(
    query: web::Query<ContactQuery>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    clock: web::Data<Clock>,
) -> Result<web::Json<Page<ContactView>>> {
    let query = query.into_inner();
    let sort = query.sort;
    let page = ListQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let text = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    let mut select = contact::Entity::find()
        .find_also_related(account::Entity)
        .filter(
            Condition::all()
                .add_option(query.account.map(|id| contact::Column::AccountId.eq(id)))
                .add_option(text.map(|text| {
                    Condition::any()
                        .add(contains_text(
                            (contact::Entity, contact::Column::Name),
                            text,
                        ))
                        .add(contains_text(
                            (contact::Entity, contact::Column::Email),
                            text,
                        ))
                        .add(contains_text(
                            (account::Entity, account::Column::Name),
                            text,
                        ))
                })),
        )
        .limit(page.limit() + 1);
    let mut now = clock.now();
    match sort {
        ContactSort::Name => {
            select = select
                .order_by_asc(contact::Column::Name)
                .order_by_asc(contact::Column::Id);
            if let Some((name, id)) = page.position::<(String, ContactId)>()? {
                select = select.filter(
                    contact::Column::Name.gt(&name).or(contact::Column::Name
                        .eq(&name)
                        .and(contact::Column::Id.gt(id))),
                );
            }
        }
        ContactSort::Score => {
            let after = page.position::<Warmest<ContactId>>()?;
            if let Some(after) = &after {
                now = after.now();
            }
            let key = Thermometer::new(&config, now).contact_key();
            select = select
                .join(JoinType::LeftJoin, scores_of_contacts())
                .order_by(key.clone(), Order::Desc)
                .order_by_desc(contact::Column::Id);
            if let Some(after) = after {
                let value = Expr::value(after.value());
                let same = key.clone().eq(value.clone());
                select = select.filter(
                    Condition::any()
                        .add(key.lt(value))
                        .add(same.and(contact::Column::Id.lt(after.id()))),
                );
            }
        }
    }
    let mut rows = select.all(db.read()).await?;
    let thermometer = Thermometer::new(&config, now);
    let ids = rows.iter().map(|(row, _)| row.id);
    let scores = thermometer.contacts(db.read(), ids).await?;
    let next_cursor = match sort {
        ContactSort::Name => next_cursor(&mut rows, page.limit(), |(row, _)| {
            (row.name.clone(), row.id)
        }),
        ContactSort::Score => next_cursor(&mut rows, page.limit(), |(row, _)| {
            Warmest::new(now, scores.get(&row.id), row.id)
        }),
    }?;
    let standings = standings(db.read(), clock.now(), rows.iter().map(|(row, _)| row)).await?;
    let items = rows
        .into_iter()
        .filter_map(|(row, account)| {
            let score = scores.get(&row.id).copied();
            Some(view(row, &account?, &standings, score))
        })
        .collect();
    Ok(web::Json(Page { items, next_cursor }))
}

/// The scores beside the contacts.
fn scores_of_contacts() -> RelationDef {
    contact::Entity::belongs_to(contact_score::Entity)
        .from(contact::Column::Id)
        .to(contact_score::Column::ContactId)
        .into()
}

/// A contact to be added.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    /// Where.
    pub account_id: AccountId,
    /// The name.
    pub name: String,
    /// The address; made lower case.
    pub email: String,
    /// What the contact does there.
    pub job_title: Option<String>,
}

/// Adds a contact.
#[utoipa::path(post, path = "/api/v1/contacts", tag = "contacts", request_body = NewContact, responses(
    (status = 201, body = ContactView),
))]
pub async fn add_contact(
    new: web::Json<NewContact>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let (new, now) = (new.into_inner(), clock.now());
    let (name, email) = checked(&new)?;
    let tx = db.begin().await?;
    let account = account::Entity::find_by_id(new.account_id)
        .one(&tx)
        .await?
        .ok_or_else(|| Error::field("account_id", "There is no such account."))?;
    let row = contact::ActiveModel {
        id: Set(ContactId::new(now)),
        account_id: Set(account.id),
        name: Set(name),
        email: Set(Some(email)),
        phone: Set(None),
        job_title: Set(new.job_title.filter(|title| !title.trim().is_empty())),
        persona: Set(None),
        language: Set(None),
        bounced: Set(false),
        external_system: Set(None),
        external_id: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    }
    .insert(&tx)
    .await?;
    // The address may have opted out, or bounced, before it was a contact's.
    let standings = standings(&tx, now, [&row]).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(view(row, &account, &standings, None)))
}

/// The contacts of one account by name.
pub(super) async fn contacts_of<C: ConnectionTrait>(
    db: &C,
    thermometer: &Thermometer,
    account: &account::Model,
) -> Result<Vec<ContactView>> {
    let rows = contact::Entity::find()
        .filter(contact::Column::AccountId.eq(account.id))
        .order_by_asc(contact::Column::Name)
        .order_by_asc(contact::Column::Id)
        .limit(SHOWN)
        .all(db)
        .await?;
    let scores = thermometer
        .contacts(db, rows.iter().map(|row| row.id))
        .await?;
    let standings = standings(db, thermometer.now, &rows).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let score = scores.get(&row.id).copied();
            view(row, account, &standings, score)
        })
        .collect())
}

/// What is against sending mail to these contacts today.
pub(super) async fn standings<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    contacts: impl IntoIterator<Item = &contact::Model>,
) -> Result<Standings> {
    let people = contacts
        .into_iter()
        .map(|contact| (Some(contact.id), contact.email.clone()));
    Standings::load(db, now.date_naive(), people).await
}

fn checked(new: &NewContact) -> Result<(String, String)> {
    let mut wrong = Vec::new();
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 200 {
        wrong.push(FieldError {
            field: "name".to_owned(),
            detail: "A contact has a name of up to 200 characters.".to_owned(),
        });
    }
    let email = parse_email(&new.email).unwrap_or_else(|reason| {
        wrong.push(FieldError {
            field: "email".to_owned(),
            detail: format!("The e-mail address {reason}."),
        });
        String::new()
    });
    if wrong.is_empty() {
        return Ok((name, email));
    }
    Err(Error::fields(wrong))
}

fn view(
    row: contact::Model,
    account: &account::Model,
    standings: &Standings,
    score: Option<Warmth>,
) -> ContactView {
    ContactView {
        obstacles: standings.of(Some(row.id), row.email.as_deref(), row.bounced),
        bounced: row.bounced,
        id: row.id,
        name: row.name,
        email: row.email,
        job_title: row.job_title,
        persona: row.persona,
        account: AccountRef {
            id: account.id,
            name: account.name.clone(),
        },
        score,
    }
}
