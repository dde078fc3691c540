//! A reader shares the pitch with a colleague: by form, or by script with JSON.

use actix_web::http::StatusCode;
use actix_web::{Either, HttpRequest, HttpResponse, web};
use askama::Template;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::act::note;
use super::audience::{Audience, Sender};
use super::render::{Extras, Frames, dressed};
use crate::brands::look_of;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::engagement::{Act, Ingest};
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::pitches::{ShareWith, link_url, share_link};

/// What the form sends.
#[derive(Clone, Debug, Deserialize)]
pub struct ShareForm {
    /// The visit token of the page.
    #[serde(default)]
    visit: String,
    /// Whom to share with.
    #[serde(flatten)]
    with: ShareWith,
}

/// What the script gets.
#[derive(Debug, Serialize)]
struct Shared {
    url: String,
    mailto: String,
}

#[derive(Template)]
#[template(path = "shared.html")]
struct SharedPage {
    name: Option<String>,
    url: String,
    mailto: String,
    back: String,
}

/// Makes a link for a colleague.
pub async fn share(
    request: HttpRequest,
    token: web::Path<String>,
    body: Either<web::Json<ShareForm>, web::Form<ShareForm>>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
    ingest: web::Data<Ingest>,
) -> Result<HttpResponse> {
    let (form, by_script) = match body {
        Either::Left(json) => (json.into_inner(), true),
        Either::Right(form) => (form.into_inner(), false),
    };
    let now = clock.now();
    let tx = db.begin().await?;
    let Audience { pitch, link, .. } = Audience::admit(&request, &tx, &token, now).await?;
    let parent = link.ok_or_else(|| Error::internal("somebody was admitted without a link"))?;
    let child = share_link(&tx, &keys, now, &parent, form.with).await?;
    let sender = Sender::of(&tx, &pitch).await?;
    tx.commit().await?;
    let act = Act::Shared(child.id);
    note(&request, &ingest, &keys, now, parent.id, &form.visit, act).await;

    let url = link_url(&config, &keys, child.id);
    let mailto = mailto(
        child.recipient_email.as_deref().unwrap_or_default(),
        &pitch.title,
        &format!(
            "{} sent me this, and it may interest you:\n\n{url}\n",
            sender.name
        ),
    );
    if by_script {
        return Ok(HttpResponse::Created().json(Shared { url, mailto }));
    }
    let page = SharedPage {
        name: child.recipient_name,
        url,
        mailto,
        back: format!("/p/{token}"),
    };
    let look = look_of(db.read(), sender.team).await?;
    dressed(
        &request,
        StatusCode::CREATED,
        &page,
        Frames::Never,
        &Extras::of(&look),
    )
}

/// The address that opens a mail program with everything filled in.
fn mailto(to: &str, subject: &str, body: &str) -> String {
    let encode = |text: &str| {
        // Mail programs take a plus sign literally.
        form_urlencoded::byte_serialize(text.as_bytes())
            .collect::<String>()
            .replace('+', "%20")
    };
    format!(
        "mailto:{}?subject={}&body={}",
        encode(to),
        encode(subject),
        encode(body)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_filled_in_whatever_the_texts_contain() {
        assert_eq!(
            mailto("ann@example.com", "A & B", "x y\nz"),
            "mailto:ann%40example.com?subject=A%20%26%20B&body=x%20y%0Az"
        );
    }
}
