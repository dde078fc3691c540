//! The job that hands a mail to the company's mail server.
//!
//! A mail may reach the server twice if the machine dies between the server's word and ours; it has the same message id
//! both times, by which mail programs show it once.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::address::{Recipient, one_line};
use super::letter::{LINK_TOKEN, ONE_TIME_CODE, OPT_OUT_TOKEN};
use super::opt_out::{opt_out_path, opt_out_token};
use super::outbox::SendPayload;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::{MailState, mail};
use crate::error::{Error, Result};
use crate::ids::{LinkCodeId, MailId};
use crate::jobs::{self, Claim, Handler};
use crate::keys::Keys;

/// The kind of the job that sends a mail.
pub const SEND: &str = "send_mail";

/// How long the mail server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What sends mail. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    outlet: Option<Outlet>,
}

/// A mail server and the address that it sends for us.
#[derive(Clone)]
struct Outlet {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// Where opting out stands, for mail programs.
    public_url: String,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The server's address has a password in it.
        write!(f, "Mailer(configured: {})", self.is_configured())
    }
}

impl Mailer {
    /// The mailer that `config` describes; without a mail server, one that holds every mail back.
    pub fn new(config: &Config) -> Result<Self> {
        let Some(url) = &config.smtp_url else {
            return Ok(Self { outlet: None });
        };
        // The cause is left out: it may repeat the address, and the address has a password in it.
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())
            .map_err(|_| {
                Error::internal("smtp_url must look like smtps://user:password@mail.example.com")
            })?
            .timeout(Some(PATIENCE))
            .build();
        let from = config
            .mail_from
            .as_deref()
            .ok_or_else(|| Error::internal("smtp_url is set; set mail_from too, as in sales@example.com"))?
            .parse()
            .map_err(|_| {
                Error::internal("mail_from must look like sales@example.com or Example Sales <sales@example.com>")
            })?;
        Ok(Self {
            outlet: Some(Outlet {
                server,
                from,
                public_url: config.public_url(),
            }),
        })
    }

    /// Whether a mail server is configured.
    pub fn is_configured(&self) -> bool {
        self.outlet.is_some()
    }

    /// Greets the mail server and signs in; for `doctor`.
    pub async fn check(&self) -> Result<()> {
        let Some(outlet) = &self.outlet else {
            return Ok(());
        };
        match outlet.server.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::internal("the mail server hung up")),
            Err(error) => Err(Error::internal(error)),
        }
    }

    /// What workers do for jobs of the kind [`SEND`].
    pub fn handler(self, db: Db, clock: Clock, keys: Keys, last_look: LastLook) -> Handler {
        let sending = Arc::new(Sending {
            mailer: self,
            db,
            clock,
            keys,
            last_look,
        });
        Arc::new(move |claim| {
            let sending = Arc::clone(&sending);
            Box::pin(async move { sending.work(claim).await })
        })
    }
}

/// Says why a mail must not go out after all: it may have waited for its server while what it says came to an end.
pub type LastLook =
    Arc<dyn Fn(mail::Model) -> BoxFuture<'static, Result<Option<String>>> + Send + Sync>;

struct Sending {
    mailer: Mailer,
    db: Db,
    clock: Clock,
    keys: Keys,
    last_look: LastLook,
}

impl Sending {
    async fn work(&self, claim: Claim) -> Result<(), jobs::Failure> {
        let payload: SendPayload = serde_json::from_value(claim.job.payload.clone())
            .map_err(|error| jobs::Failure::from(Error::internal(error)))?;
        let mail = mail::Entity::find_by_id(payload.mail_id)
            .one(self.db.read())
            .await
            .map_err(Error::from)?;
        let Some(mail) = mail.filter(|mail| mail.state == MailState::Queued) else {
            return Ok(());
        };
        if let Some(reason) = (self.last_look)(mail.clone()).await? {
            return Ok(self
                .note(&claim, &mail, MailState::Failed, Some(&reason))
                .await?);
        }
        let Some(outlet) = &self.mailer.outlet else {
            return Ok(self.note(&claim, &mail, MailState::Held, None).await?);
        };
        match self.send(outlet, &mail).await {
            Ok(()) => Ok(self.note(&claim, &mail, MailState::Sent, None).await?),
            Err(failure) => {
                let state = if failure.retry && claim.job.attempts < claim.job.max_attempts {
                    MailState::Queued
                } else {
                    MailState::Failed
                };
                self.note(&claim, &mail, state, Some(&failure.detail))
                    .await?;
                Err(failure)
            }
        }
    }

    async fn send(&self, outlet: &Outlet, mail: &mail::Model) -> Result<(), jobs::Failure> {
        let message = message(&outlet.from, &outlet.public_url, &self.keys, mail)?;
        match outlet.server.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(failure(&error)),
        }
    }

    async fn note(
        &self,
        claim: &Claim,
        mail: &mail::Model,
        state: MailState,
        failure: Option<&str>,
    ) -> Result<()> {
        let now = self.clock.now();
        let sent_at = (state == MailState::Sent).then_some(now);
        let tx = self.db.begin().await?;
        claim.guard(&tx, now).await?;
        mail::Entity::update_many()
            .col_expr(mail::Column::State, Expr::value(state))
            .col_expr(mail::Column::Failure, Expr::value(failure))
            .col_expr(mail::Column::SentAt, Expr::value(sent_at))
            .filter(mail::Column::Id.eq(mail.id))
            .exec(&tx)
            .await?;
        Ok(tx.commit().await?)
    }
}

/// The message as the server gets it.
fn message(from: &Mailbox, public_url: &str, keys: &Keys, mail: &mail::Model) -> Result<Message> {
    let unusable = |reason: &'static str| Error::internal(reason);
    let to = Recipient::parse(mail.to_name.as_deref(), &mail.to_address).map_err(unusable)?;
    let sender = Mailbox::new(
        mail.from_name
            .as_deref()
            .map(one_line)
            .or_else(|| from.name.clone()),
        from.email.clone(),
    );
    let mut message = Message::builder()
        .message_id(Some(message_id(mail.id, from.email.domain())))
        .date(mail.created_at.into())
        .from(sender)
        .to(to.mailbox())
        .subject(one_line(&mail.subject));
    if let Some(address) = &mail.reply_to_address {
        let answer = Recipient::parse(mail.reply_to_name.as_deref(), address).map_err(unusable)?;
        message = message.reply_to(answer.mailbox());
    }
    if mail.text.contains(OPT_OUT_TOKEN) {
        let token = opt_out_token(keys, mail.id);
        message = message
            .header(ListUnsubscribe(format!(
                "<{public_url}{}>",
                opt_out_path(&token)
            )))
            .header(ListUnsubscribePost);
    }
    message
        .multipart(MultiPart::alternative_plain_html(
            with_token(keys, mail, &mail.text),
            with_token(keys, mail, &mail.html),
        ))
        .map_err(Error::internal)
}

/// What tells a mail from all others, as mail programs write it.
pub fn message_id(mail: MailId, domain: &str) -> String {
    format!("<{mail}@{domain}>")
}

/// The mail of a message id that [`message_id`] made; others have none of ours.
pub fn mail_of_message_id(text: &str) -> Option<MailId> {
    let inner = text.trim().trim_start_matches('<').trim_end_matches('>');
    inner.split_once('@')?.0.parse().ok()
}

/// Where a reader says that they want no more such mail (RFC 2369).
#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        // An address of ours is plain ASCII, and folding it would break it.
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
    }
}

/// That one request without further questions is enough (RFC 8058).
#[derive(Clone)]
struct ListUnsubscribePost;

impl Header for ListUnsubscribePost {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}

/// The plain text of a mail as its reader gets it.
pub fn text_with_token(keys: &Keys, mail: &mail::Model) -> String {
    with_token(keys, mail, &mail.text)
}

fn with_token(keys: &Keys, mail: &mail::Model, text: &str) -> String {
    let text = match mail.link_id {
        Some(link) => text.replace(LINK_TOKEN, &keys.link_token(link)),
        None => text.to_owned(),
    };
    if let (Some("link_code"), Some(id)) = (mail.about_kind.as_deref(), mail.about_id) {
        return text.replace(ONE_TIME_CODE, &keys.one_time_code(LinkCodeId(id)));
    }
    if !text.contains(OPT_OUT_TOKEN) {
        return text;
    }
    text.replace(OPT_OUT_TOKEN, &opt_out_token(keys, mail.id))
}

/// What the server said, for people; it may repeat addresses, but never our password.
fn failure(error: &smtp::Error) -> jobs::Failure {
    // 530 to 538 speak of signing in: that is mended in the configuration, and then the mail can go.
    let about_signing_in = error
        .status()
        .is_some_and(|code| matches!(u16::from(code), 530..=538));
    jobs::Failure {
        code: "mail_refused".to_owned(),
        detail: error.to_string(),
        retry: !error.is_permanent() || about_signing_in,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::ids::LinkId;

    fn mail() -> mail::Model {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        mail::Model {
            id: MailId::new(now),
            to_address: "noor@northwind.example".to_owned(),
            to_name: Some("Noor Haddad".to_owned()),
            from_name: Some("Sam Rivera".to_owned()),
            reply_to_address: Some("sam@vendor.example".to_owned()),
            reply_to_name: None,
            subject: "Two pages changed".to_owned(),
            text: "See https://sales.example/p/LINK-TOKEN#p3".to_owned(),
            html: "<p>See</p>".to_owned(),
            link_id: Some(LinkId::new(now)),
            purpose: "changed_page".to_owned(),
            about_kind: None,
            about_id: None,
            dedupe_key: "1".to_owned(),
            state: MailState::Queued,
            failure: None,
            created_at: now,
            sent_at: None,
        }
    }

    fn source(mail: &mail::Model) -> String {
        let from = "Lastmile <sales@vendor.example>".parse().unwrap();
        let keys = Keys::from_secret("a secret");
        let message = message(&from, "https://sales.example", &keys, mail).unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    #[test]
    fn a_mail_goes_out_in_the_reps_name_from_our_address() {
        let source = source(&mail());
        assert!(
            source.contains("From: \"Sam Rivera\" <sales@vendor.example>\r\n"),
            "{source}"
        );
        assert!(
            source.contains("Reply-To: sam@vendor.example\r\n"),
            "{source}"
        );
        assert!(source.contains("multipart/alternative"), "{source}");
        assert!(!source.contains(LINK_TOKEN), "{source}");
    }

    #[test]
    fn a_one_time_code_is_only_in_the_mail_that_goes_out() {
        let id = uuid::Uuid::from_u128(7);
        let mail = mail::Model {
            text: format!("Your code is {ONE_TIME_CODE}"),
            about_kind: Some("link_code".to_owned()),
            about_id: Some(id),
            ..mail()
        };
        let code = Keys::from_secret("a secret").one_time_code(LinkCodeId(id));
        assert_eq!(code.len(), 6);
        assert!(source(&mail).contains(&code));
    }

    #[test]
    fn mail_programs_are_told_how_to_opt_out_of_mail_that_offers_it() {
        let offering = mail::Model {
            text: "No more: https://sales.example/opt-out/OPT-OUT-TOKEN".to_owned(),
            ..mail()
        };
        let token = opt_out_token(&Keys::from_secret("a secret"), offering.id);
        let source = source(&offering);
        let header = format!("List-Unsubscribe: <https://sales.example/opt-out/{token}>\r\n");
        assert!(source.contains(&header), "{source}");
        assert!(source.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        assert!(!source.contains(OPT_OUT_TOKEN));
        assert!(!self::source(&mail()).contains("List-Unsubscribe"));
    }

    #[test]
    fn a_mail_is_known_again_by_its_message_id() {
        let id = mail().id;
        assert_eq!(
            mail_of_message_id(&message_id(id, "vendor.example")),
            Some(id)
        );
        assert_eq!(mail_of_message_id("<CAF+x@mail.example>"), None);
        assert_eq!(mail_of_message_id("nonsense"), None);
    }

    #[test]
    fn line_breaks_from_the_database_add_no_header() {
        let evil = "Hi\r\nBcc: eve@example.com\r\n\r\nbody".to_owned();
        let source = source(&mail::Model {
            subject: evil.clone(),
            to_name: Some(evil.clone()),
            from_name: Some(evil.clone()),
            reply_to_name: Some(evil),
            ..mail()
        });
        let (head, _) = source.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
    }
}
