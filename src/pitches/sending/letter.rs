//! The mail with a link: what it says where the sender says nothing else, and what it is made of.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait as _};

use crate::config::Config;
use crate::entities::{account, opportunity, pitch, pitch_link, user};
use crate::error::{Error, FieldError, Result};
use crate::mail::{Button, LINK_TOKEN, Letter, OPT_OUT_TOKEN, Picture, opt_out_path};
use crate::pitches::gates;
use crate::pitches::layout::{ShownItem, shown_items};

pub(super) const LONGEST_SUBJECT: usize = 200;
pub(super) const LONGEST_MESSAGE: usize = 10_000;

/// What a sender wrote, checked.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub(super) subject: String,
    pub(super) message: String,
}

impl Words {
    /// What the sender wrote, or what stands for it.
    pub(super) fn of(
        subject: Option<String>,
        message: Option<String>,
        defaults: Self,
    ) -> Result<Self> {
        let text = |given: Option<String>, default: String| {
            given
                .map(|text| text.trim().replace('\0', ""))
                .filter(|text| !text.is_empty())
                .unwrap_or(default)
        };
        let words = Self {
            subject: text(subject, defaults.subject),
            message: text(message, defaults.message),
        };
        let mut wrong = Vec::new();
        for (field, text, most) in [
            ("subject", &words.subject, LONGEST_SUBJECT),
            ("message", &words.message, LONGEST_MESSAGE),
        ] {
            if text.chars().count() > most {
                wrong.push(FieldError {
                    field: field.to_owned(),
                    detail: format!("This may have {most} characters at the most."),
                });
            }
        }
        if wrong.is_empty() {
            return Ok(words);
        }
        Err(Error::fields(wrong))
    }
}

/// Whose mail it is, and about what.
pub(super) struct Matter<'a> {
    pub(super) pitch: &'a pitch::Model,
    pub(super) sender: &'a user::Model,
    pub(super) account_name: String,
    /// What the pitch shows first.
    pub(super) first: Option<ShownItem>,
}

impl<'a> Matter<'a> {
    /// Looks up what the mail speaks of.
    pub(super) async fn load<C: ConnectionTrait>(
        db: &C,
        pitch: &'a pitch::Model,
        sender: &'a user::Model,
    ) -> Result<Self> {
        let account = opportunity::Entity::find_by_id(pitch.opportunity_id)
            .find_also_related(account::Entity)
            .one(db)
            .await?
            .and_then(|(_, account)| account);
        Ok(Self {
            account_name: account.map(|account| account.name).unwrap_or_default(),
            first: shown_items(db, pitch.id).await?.into_iter().next(),
            pitch,
            sender,
        })
    }

    /// What the mail says where the sender says nothing else: the pitch's own words, or a friendly sentence.
    pub(super) fn default_words(&self) -> Words {
        default_words(self.pitch, &self.account_name)
    }

    /// The mail to the recipient of `link`.
    pub(super) fn letter(
        &self,
        config: &Config,
        now: DateTime<Utc>,
        link: &pitch_link::Model,
        words: &Words,
    ) -> Letter {
        let url = format!("{}/p/{LINK_TOKEN}", config.public_url());
        let sender = &self.sender.name;
        Letter {
            greeting: match &link.recipient_name {
                Some(name) => format!("Hello {name},"),
                None => "Hello,".to_owned(),
            },
            message: words.message.clone(),
            paragraphs: link
                .opens_at
                .filter(|opens| now < *opens)
                .map(|opens| {
                    opens
                        .format("The link opens on %-d %B %Y at %H:%M UTC.")
                        .to_string()
                })
                .into_iter()
                .collect(),
            // What opens only to whoever can say a code is shown to nobody before.
            picture: self
                .first
                .as_ref()
                .filter(|_| opens_to_whoever_has_it(link))
                .map(|_| Picture {
                    url: format!("{url}/cover.jpg"),
                    // Not the document's title: the mail may wait in the outbox, and the document become internal.
                    alt: format!("First page of \u{201c}{}\u{201d}", self.pitch.title),
                }),
            button: Some(Button {
                label: format!("Open \u{201c}{}\u{201d}", self.pitch.title),
                url,
            }),
            signature: format!("{sender}\n{}", self.sender.email),
            footer: format!(
                "{sender} sent you this and sees when it is read; the page says how. \
                 The link is yours: to pass it on, use \u{201c}Share\u{201d} there. Answers go to {sender}."
            ),
            opt_out: Some(format!(
                "{}{}",
                config.public_url(),
                opt_out_path(OPT_OUT_TOKEN)
            )),
            ..Letter::default()
        }
    }
}

/// Whether the link's page shows its content without asking for anything first.
fn opens_to_whoever_has_it(link: &pitch_link::Model) -> bool {
    gates::shows_cover(link)
}

/// As [`Matter::default_words`], for those who know the account already.
pub(super) fn default_words(pitch: &pitch::Model, account_name: &str) -> Words {
    let message = if pitch.message.trim().is_empty() {
        let whom = if account_name.is_empty() {
            "you".to_owned()
        } else {
            format!("you and {account_name}")
        };
        format!(
            "I have put a few pages together for {whom}. They open in the browser, on any device, without signing in.\n\n\
             If a question comes up while you read, just answer this mail."
        )
    } else {
        pitch.message.trim().to_owned()
    };
    Words {
        subject: pitch.title.clone(),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defaults() -> Words {
        Words {
            subject: "For Northwind".to_owned(),
            message: "As promised.".to_owned(),
        }
    }

    #[test]
    fn what_is_not_said_is_taken_from_the_pitch() {
        let words = Words::of(Some("  ".to_owned()), None, defaults()).unwrap();
        assert_eq!(words.subject, "For Northwind");
        assert_eq!(words.message, "As promised.");
    }

    #[test]
    fn endless_words_are_refused_by_name() {
        let long = "m".repeat(LONGEST_MESSAGE + 1);
        let error = Words::of(None, Some(long), defaults()).unwrap_err();
        assert_eq!(error.fields[0].field, "message");
    }
}
