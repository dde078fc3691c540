//! The gates in front of a pitch, one step at a time: pages that need no script, and the one address that takes their
//! answers.
//!
//! What is asked for and what is right is decided by `pitches`. Asking for a page never passes a gate or uses a code up;
//! only what is posted here does.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait as _};
use serde::Deserialize;

use super::audience::Sender;
use super::closed::explain;
use super::render::{Frames, html};
use crate::clock::Clock;
use crate::db::Db;
use crate::engagement::Seen;
use crate::entities::{pitch, pitch_link};
use crate::error::{Code, Error, Result};
use crate::http::{app_data, limits::Left, network};
use crate::keys::Keys;
use crate::mail::Recipient;
use crate::pitches::{
    AcceptedBy, CODE_LIFE, Door, Pass, Step, TermsAsked, accept_terms, check_code, check_passcode,
    is_address, send_code, terms_asked,
};

/// What a gate's form sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct GateForm {
    /// Which form it is.
    step: String,
    passcode: String,
    email: String,
    code: String,
    accept: String,
    version: i32,
}

/// What the page asks for.
enum Ask {
    Passcode,
    Email,
    Code(String),
    NotAllowed(String),
    Terms(TermsAsked),
}

#[derive(Template)]
#[template(path = "gate.html")]
struct Gate {
    heading: &'static str,
    ask: Ask,
    at: usize,
    of: usize,
    problem: Option<String>,
    minutes: i64,
    sender: Sender,
    base: String,
}

/// What became of an answer.
enum Outcome {
    /// The browser keeps this from now on.
    Passed(Pass),
    /// It was wrong; a sentence says so.
    Wrong(&'static str),
}

/// Takes the answer to what a gate asks for.
pub async fn pass_gate(
    request: HttpRequest,
    token: web::Path<String>,
    form: web::Form<GateForm>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let door = match Door::find(db.read(), &token, now).await {
        Ok(door) => door,
        Err(error) => return explain(&request, db.read(), &token, now, error).await,
    };
    let pass = Pass::of(&request, &keys, &door.link, now);
    let asker = Asker {
        request: &request,
        db: &db,
        keys: &keys,
        door: &door,
        now,
    };
    let refused = |status, problem| ask(&request, db.read(), &token, now, status, Some(problem));
    match asker.answer(pass, form.into_inner()).await {
        Ok(Outcome::Passed(pass)) => Ok(HttpResponse::SeeOther()
            .insert_header((header::LOCATION, format!("/p/{token}")))
            .cookie(pass.cookie(&request, &keys, &token)?)
            .finish()),
        Ok(Outcome::Wrong(problem)) => refused(StatusCode::FORBIDDEN, problem.to_owned()).await,
        Err(error) if error.code == Code::Invalid => {
            refused(StatusCode::UNPROCESSABLE_ENTITY, error.detail).await
        }
        Err(error) if error.code == Code::TooManyRequests => {
            let seconds = error.retry_after.unwrap_or(60);
            let mut response = refused(StatusCode::TOO_MANY_REQUESTS, error.detail).await?;
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

struct Asker<'a> {
    request: &'a HttpRequest,
    db: &'a Db,
    keys: &'a Keys,
    door: &'a Door,
    now: DateTime<Utc>,
}

impl Asker<'_> {
    /// Holds the answer against what is asked for. A form that is out of date changes nothing.
    async fn answer(&self, mut pass: Pass, form: GateForm) -> Result<Outcome> {
        let link = &self.door.link;
        let network = network(self.request);
        match (self.door.next(&pass), form.step.as_str()) {
            (Some(Step::Passcode), "passcode") => {
                let (right, left) =
                    check_passcode(self.db, self.now, link, &network, &form.passcode).await?;
                self.note(left);
                if !right {
                    return Ok(Outcome::Wrong(
                        "This is not the passcode. Please try again.",
                    ));
                }
                pass.passcode = true;
            }
            (Some(Step::Email), "email") => {
                let email = form.email.trim().to_lowercase();
                self.send(&email, &network).await?;
                pass.pending = Some(email);
            }
            (Some(Step::Code(email)), "again") => self.send(&email, &network).await?,
            (Some(Step::Code(_) | Step::NotAllowed(_)), "other") => {
                pass.pending = None;
                pass.email = None;
            }
            (Some(Step::Code(email)), "code") => {
                let (db, keys, now) = (self.db, self.keys, self.now);
                let (right, left) =
                    check_code(db, keys, now, link, &network, &email, &form.code).await?;
                self.note(left);
                if !right {
                    return Ok(Outcome::Wrong(
                        "This code is not right, or has run out. Check it, or have another one sent.",
                    ));
                }
                pass.pending = None;
                pass.email = Some(email);
            }
            (Some(Step::Terms), "terms") => {
                if form.accept != "yes" {
                    return Err(Error::field("accept", "Tick the box to go on."));
                }
                let tx = self.db.begin().await?;
                let Some(asked) = terms_asked(&tx, link).await? else {
                    return Ok(Outcome::Passed(pass));
                };
                if asked.version != form.version {
                    return Ok(Outcome::Wrong(
                        "The terms were changed while you read them. Please read them again.",
                    ));
                }
                let by = self.accepted_by(&pass);
                let record = accept_terms(&tx, self.now, link, &asked, by).await?;
                tx.commit().await?;
                pass.terms = Some(asked.version);
                pass.accepted = Some(record);
            }
            _ => {}
        }
        Ok(Outcome::Passed(pass))
    }

    /// What the record of an acceptance says: of somebody who is not to be known, no more than the address that they
    /// have confirmed.
    fn accepted_by(&self, pass: &Pass) -> AcceptedBy {
        let email = pass.email.clone();
        let seen = Seen::on(self.request, self.keys, self.door.link.id);
        if seen.unnamed {
            return AcceptedBy {
                email,
                ..AcceptedBy::default()
            };
        }
        AcceptedBy {
            email,
            user_agent: seen.user_agent,
            network: seen.network,
        }
    }

    async fn send(&self, email: &str, network: &str) -> Result<()> {
        let unusable = || Error::field("email", "An e-mail address looks like name@example.com.");
        if !is_address(email) {
            return Err(unusable());
        }
        let to = Recipient::parse(None, email).map_err(|_| unusable())?;
        let pitch = pitch_of(self.db.read(), &self.door.link).await?;
        let sender = Sender::of(self.db.read(), &pitch).await?;
        let (db, link) = (self.db, &self.door.link);
        let left = send_code(db, self.now, link, network, to, &sender.name).await?;
        self.note(left);
        Ok(())
    }

    fn note(&self, left: Left) {
        left.note(self.request);
    }
}

/// The page that asks for what a link still wants of this browser.
pub(super) async fn ask<C: ConnectionTrait>(
    request: &HttpRequest,
    db: &C,
    token: &str,
    now: DateTime<Utc>,
    status: StatusCode,
    problem: Option<String>,
) -> Result<HttpResponse> {
    let keys = app_data::<Keys>(request)?;
    let door = Door::find(db, token, now).await?;
    let pass = Pass::of(request, &keys, &door.link, now);
    let base = format!("/p/{token}");
    let Some(step) = door.next(&pass) else {
        let location = (header::LOCATION, base);
        return Ok(HttpResponse::SeeOther().insert_header(location).finish());
    };
    let (at, of) = door.place(&step);
    let (heading, ask) = match step {
        Step::Passcode => ("Enter the passcode", Ask::Passcode),
        Step::Email => ("Confirm your e-mail address", Ask::Email),
        Step::Code(email) => ("Type in the code", Ask::Code(email)),
        Step::NotAllowed(email) => ("This link is for somebody else", Ask::NotAllowed(email)),
        Step::Terms => {
            let terms = terms_asked(db, &door.link).await?;
            let terms = terms.ok_or_else(|| Error::internal("terms are asked for and gone"))?;
            ("Please accept the terms", Ask::Terms(terms))
        }
    };
    let pitch = pitch_of(db, &door.link).await?;
    let page = Gate {
        heading,
        ask,
        at,
        of,
        problem,
        minutes: CODE_LIFE.num_minutes(),
        sender: Sender::of(db, &pitch).await?,
        base,
    };
    html(request, status, &page, Frames::Never)
}

async fn pitch_of<C: ConnectionTrait>(db: &C, link: &pitch_link::Model) -> Result<pitch::Model> {
    pitch::Entity::find_by_id(link.pitch_id)
        .one(db)
        .await?
        .ok_or_else(|| Error::internal("a link without its pitch"))
}
