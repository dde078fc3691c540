//! A reader asks: by form, or by script with JSON.

use actix_web::http::{StatusCode, header};
use actix_web::{Either, HttpRequest, HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _,
};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::super::act::{note, visit_of};
use super::super::audience::Audience;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::engagement::{Act, Ingest, Seen};
use crate::entities::{account, contact, opportunity, page, pitch, pitch_link, question};
use crate::error::{Code, Error, Result};
use crate::ids::{LinkId, QuestionId, VisitId};
use crate::keys::Keys;
use crate::mail::Address;
use crate::notices::{Notice, Subject, write_and_mail};
use crate::pitches::{LayoutItem, layout};

/// What one may type.
const LONGEST_TEXT: usize = 2_000;
const LONGEST_NAME: usize = 200;

/// How many questions one link may send in ten minutes, and how many may wait for an answer: a bound against a script
/// that asks for ever. They are counted in the table, so a restart forgets none.
const MOST_AT_ONCE: u64 = 5;
const AT_ONCE: TimeDelta = TimeDelta::minutes(10);
const MOST_OPEN: u64 = 20;

/// What the form or the script sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewQuestion {
    /// The visit token of the page.
    visit: String,
    /// The page it is about, by its place in the pitch; none for a question about the whole.
    #[serde(deserialize_with = "number_or_nothing")]
    page: Option<usize>,
    /// The question.
    text: String,
    /// Who asks, if they say so.
    name: String,
    /// Where the answer is mailed to, if they say so.
    email: String,
}

impl NewQuestion {
    /// A question about the page at this place of the pitch, from somebody who says nothing of themselves.
    pub fn about(page: usize, text: &str) -> Self {
        Self {
            page: Some(page),
            text: text.to_owned(),
            ..Self::default()
        }
    }
}

/// An empty field of a form is no number.
fn number_or_nothing<'de, D: Deserializer<'de>>(input: D) -> Result<Option<usize>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Sent {
        Number(usize),
        Text(String),
        Nothing,
    }
    match Sent::deserialize(input)? {
        Sent::Number(number) => Ok(Some(number)),
        Sent::Text(text) if text.trim().is_empty() => Ok(None),
        Sent::Text(text) => text
            .trim()
            .parse()
            .map(Some)
            .map_err(serde::de::Error::custom),
        Sent::Nothing => Ok(None),
    }
}

/// Takes a question and tells the sender of the pitch.
pub async fn ask_question(
    request: HttpRequest,
    token: web::Path<String>,
    body: Either<web::Json<NewQuestion>, web::Form<NewQuestion>>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
    ingest: web::Data<Ingest>,
) -> Result<HttpResponse> {
    let (asked, by_script) = match body {
        Either::Left(json) => (json.into_inner(), true),
        Either::Right(form) => (form.into_inner(), false),
    };
    let now = clock.now();
    let asked = check(asked)?;
    let tx = db.begin().await?;
    let Audience {
        pitch,
        link,
        base,
        email,
        ..
    } = Audience::admit(&request, &tx, &token, now).await?;
    let link = link.ok_or_else(|| Error::internal("a reader without a link"))?;
    refuse_flood(&tx, link.id, now).await?;
    let start = visit_of(&request, &ingest, &keys, now, link.id, &asked.visit).await?;
    let asker = Asker {
        link: &link,
        visit: Some(start.visit),
        confirmed: email.as_deref(),
        unnamed: Seen::on(&request, &keys, link.id).unnamed,
    };
    let made = add_question(&tx, &config, now, &pitch, asker, &asked).await?;
    tx.commit().await?;

    note(
        &request,
        &ingest,
        &keys,
        now,
        link.id,
        &start.token,
        made.act(),
    )
    .await;
    if by_script {
        return Ok(HttpResponse::Created().json(json!({ "id": made.id })));
    }
    // Loaded again, the page must not ask again. By the visit, whoever has no cookie can show that the question is theirs.
    let visit = start.token;
    let location = format!("{base}/questions?sent=true&visit={visit}");
    Ok(HttpResponse::build(StatusCode::SEE_OTHER)
        .insert_header((header::LOCATION, location))
        .finish())
}

/// Through which link, in which visit, and whether they want to be known.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// The link.
    pub link: &'a pitch_link::Model,
    /// The visit, if that is known.
    pub visit: Option<VisitId>,
    /// The address that they have confirmed, where the link asks for one.
    pub confirmed: Option<&'a str>,
    /// Nothing is to be said of them but what they say themselves.
    pub unnamed: bool,
}

/// A question that was written.
#[derive(Debug)]
pub struct Asked {
    /// The question.
    pub id: QuestionId,
    about: Option<About>,
}

impl Asked {
    /// What it is in the visit.
    pub fn act(&self) -> Act<'_> {
        Act::Asked {
            question: self.id,
            about: self.about.as_ref().map(|about| (&about.item, about.number)),
        }
    }
}

/// Writes a question and tells the owner of `pitch`.
pub async fn add_question<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    now: DateTime<Utc>,
    pitch: &pitch::Model,
    asker: Asker<'_>,
    asked: &NewQuestion,
) -> Result<Asked> {
    let about = find_page(db, pitch, asked.page).await?;
    let known = known_reader(db, asker, asked).await?;
    let row = question::Model {
        id: QuestionId::new(now),
        link_id: asker.link.id,
        visit_id: asker.visit,
        item_id: about.as_ref().map(|about| about.item.item_id),
        asset_id: about.as_ref().map(|about| about.item.asset_id),
        page_number: about.as_ref().map(|about| about.number),
        ordinal: about.as_ref().map(|about| about.ordinal),
        page_title: about
            .as_ref()
            .map(|about| about.title.clone())
            .unwrap_or_default(),
        text: asked.text.clone(),
        asker_name: known.name.clone(),
        asker_email: known.email.clone(),
        asked_at: now,
        answer: None,
        answered_by: None,
        answered_at: None,
    };
    let id = row.id;
    let notice = notice(db, pitch, &row).await?;
    row.into_active_model().reset_all().insert(db).await?;
    write_and_mail(db, config, now, vec![notice]).await?;
    Ok(Asked { id, about })
}

fn check(mut asked: NewQuestion) -> Result<NewQuestion> {
    let clean = |text: &str| text.replace('\0', "").trim().to_owned();
    asked.text = clean(&asked.text);
    asked.name = clean(&asked.name);
    asked.email = clean(&asked.email);
    if asked.text.is_empty() {
        return Err(Error::field("text", "Write your question."));
    }
    if asked.text.chars().count() > LONGEST_TEXT {
        return Err(Error::field(
            "text",
            format!("A question may have {LONGEST_TEXT} characters at the most."),
        ));
    }
    if asked.name.chars().count() > LONGEST_NAME {
        return Err(Error::field(
            "name",
            format!("A name may have {LONGEST_NAME} characters at the most."),
        ));
    }
    if !asked.email.is_empty() {
        Address::parse(&asked.email).map_err(|reason| Error::field("email", reason))?;
    }
    Ok(asked)
}

async fn refuse_flood<C: ConnectionTrait>(db: &C, link: LinkId, now: DateTime<Utc>) -> Result<()> {
    let of_link = || question::Entity::find().filter(question::Column::LinkId.eq(link));
    let lately = of_link()
        .filter(question::Column::AskedAt.gt(now - AT_ONCE))
        .count(db)
        .await?;
    let open = of_link()
        .filter(question::Column::AnsweredAt.is_null())
        .count(db)
        .await?;
    if lately >= MOST_AT_ONCE || open >= MOST_OPEN {
        return Err(Error::new(
            Code::TooManyRequests,
            "Many questions came through this link just now. Please wait a little, or write an e-mail.",
        )
        .retry_after(600));
    }
    Ok(())
}

/// The page that a question is about.
#[derive(Debug)]
struct About {
    item: LayoutItem,
    number: i32,
    ordinal: i32,
    title: String,
}

async fn find_page<C: ConnectionTrait>(
    db: &C,
    pitch: &pitch::Model,
    ordinal: Option<usize>,
) -> Result<Option<About>> {
    let Some(ordinal) = ordinal else {
        return Ok(None);
    };
    let layout = layout(db, pitch.id).await?;
    let (item, number) = layout
        .items
        .iter()
        .flat_map(|item| item.pages.iter().map(move |number| (item, *number)))
        .nth(ordinal.wrapping_sub(1))
        .ok_or_else(|| Error::field("page", "There is no such page."))?;
    let row = page::Entity::find_by_id((item.version_id, number))
        .one(db)
        .await?;
    let title = match row {
        Some(page) if !page.title.is_empty() => format!("{}: {}", item.title, page.title),
        _ => item.title.clone(),
    };
    Ok(Some(About {
        item: item.clone(),
        number,
        ordinal: i32::try_from(ordinal).unwrap_or(i32::MAX),
        title,
    }))
}

/// Who asks, as far as it is known.
struct Known {
    name: String,
    email: Option<String>,
}

/// What the reader says of themselves; where they say nothing, whom the link is for, unless they have confirmed another
/// address or do not want to be named.
async fn known_reader<C: ConnectionTrait>(
    db: &C,
    asker: Asker<'_>,
    asked: &NewQuestion,
) -> Result<Known> {
    let own = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    if asker.unnamed {
        return Ok(Known {
            name: own(&asked.name).unwrap_or_default(),
            email: own(&asked.email),
        });
    }
    let link = asker.link;
    let contact = match link.contact_id {
        Some(id) => contact::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    let (name, email) = match contact {
        Some(contact) => (Some(contact.name), contact.email),
        None => (None, None),
    };
    let (name, email) = (
        link.recipient_name.clone().or(name),
        link.recipient_email.clone().or(email),
    );
    let (name, email) = match (asker.confirmed, &email) {
        (Some(own), Some(email)) if own.eq_ignore_ascii_case(email) => (name, Some(email.clone())),
        (Some(own), _) => (None, Some(own.to_owned())),
        (None, _) => (name, email),
    };
    Ok(Known {
        name: own(&asked.name).or(name).unwrap_or_default(),
        email: own(&asked.email).or(email),
    })
}

async fn notice<C: ConnectionTrait>(
    db: &C,
    pitch: &pitch::Model,
    row: &question::Model,
) -> Result<Notice> {
    let found = opportunity::Entity::find_by_id(pitch.opportunity_id)
        .find_also_related(account::Entity)
        .one(db)
        .await?;
    let account = found
        .and_then(|(_, account)| account)
        .map(|account| account.name)
        .unwrap_or_default();
    let who = if row.asker_name.is_empty() {
        format!("A reader at {account}")
    } else {
        format!("{} ({account})", row.asker_name)
    };
    let title = match row.ordinal {
        Some(page) => format!(
            "{who} asks about page {page} of \u{201c}{}\u{201d}",
            pitch.title
        ),
        None => format!("{who} asks about \u{201c}{}\u{201d}", pitch.title),
    };
    Ok(Notice {
        user: pitch.owner_id,
        kind: "asked",
        title,
        body: row.text.clone(),
        opportunity: Some(pitch.opportunity_id),
        visit: None,
        subject: Some(Subject::Question(row.id)),
        dedupe_key: format!("asked:{}", row.id),
        at: row.asked_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_be_a_number_a_text_or_nothing() {
        let page = |json: &str| serde_json::from_str::<NewQuestion>(json).map(|asked| asked.page);
        assert_eq!(page(r#"{"page":3}"#).unwrap(), Some(3));
        assert_eq!(page(r#"{"page":"3"}"#).unwrap(), Some(3));
        assert_eq!(page(r#"{"page":""}"#).unwrap(), None);
        assert_eq!(page(r#"{"page":null}"#).unwrap(), None);
        assert_eq!(page("{}").unwrap(), None);
        assert!(page(r#"{"page":"x"}"#).is_err());
    }

    #[test]
    fn a_question_has_words_and_a_sound_address() {
        let asked = |text: &str, email: &str| {
            check(NewQuestion {
                text: text.to_owned(),
                email: email.to_owned(),
                ..NewQuestion::default()
            })
        };
        assert_eq!(asked(" Why? ", "").unwrap().text, "Why?");
        assert!(asked(" ", "").is_err());
        assert!(asked(&"x".repeat(2_001), "").is_err());
        assert!(asked("Why?", "nobody").is_err());
        assert!(asked("Why?", "ann@example.com").is_ok());
    }
}
