//! One-time codes that prove an address: six digits, good for ten minutes, for one use.
//!
//! A code is made from its row's id with the installation's key, and put into the mail while that is sent, so a stolen
//! database confirms nobody's address.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};

use crate::db::Db;
use crate::entities::{link_code, pitch_link};
use crate::error::Result;
use crate::http::limits::{Allowance, Left, give_back, take};
use crate::ids::LinkCodeId;
use crate::keys::Keys;
use crate::mail::{self, Letter, NewMail, ONE_TIME_CODE, Recipient};

/// How long a code is good.
pub const CODE_LIFE: TimeDelta = TimeDelta::minutes(10);
/// How often one code may be mistyped.
const MOST_TRIES: i32 = 5;
/// How long the rows of codes are kept after they ran out.
const KEPT_FOR: TimeDelta = TimeDelta::days(1);

const SENT_TO_ONE: Allowance = Allowance {
    name: "link codes to an address",
    most: 5,
    within: TimeDelta::hours(1),
};
/// For one address by whatever links: nobody's mailbox is filled, and whoever has one link keeps nobody from another.
const SENT_IN_ALL: Allowance = Allowance {
    name: "codes to an address",
    most: 30,
    within: TimeDelta::hours(1),
};
/// An office has one network.
const SENT_FROM_ONE: Allowance = Allowance {
    name: "link codes from a network",
    most: 20,
    within: TimeDelta::hours(1),
};
const SENT_BY_LINK: Allowance = Allowance {
    name: "link codes",
    most: 40,
    within: TimeDelta::hours(1),
};
const TRIED_FROM_ONE: Allowance = Allowance {
    name: "tries of a link code from a network",
    most: 10,
    within: TimeDelta::minutes(15),
};
const TRIED_BY_LINK: Allowance = Allowance {
    name: "tries of link codes",
    most: 100,
    within: TimeDelta::hours(1),
};

/// Sends a code to `email`. Whoever is on no list gets one too: nobody learns from here who is on a list.
pub async fn send_code(
    db: &Db,
    now: DateTime<Utc>,
    link: &pitch_link::Model,
    network: &str,
    to: Recipient,
    sender: &str,
) -> Result<Left> {
    let email = to.address.to_string().to_lowercase();
    let id = link.id.to_string();
    let left = take(
        db,
        now,
        &[
            (SENT_TO_ONE, &[&id, &email]),
            (SENT_IN_ALL, &[&email]),
            (SENT_FROM_ONE, &[&id, network]),
            (SENT_BY_LINK, &[&id]),
        ],
    )
    .await?;
    let tx = db.begin().await?;
    link_code::Entity::delete_many()
        .filter(link_code::Column::ExpiresAt.lt(now - KEPT_FOR))
        .exec(&tx)
        .await?;
    // Only the newest code counts.
    link_code::Entity::update_many()
        .col_expr(link_code::Column::ExpiresAt, Expr::value(now))
        .filter(link_code::Column::LinkId.eq(link.id))
        .filter(link_code::Column::Email.eq(&email))
        .filter(link_code::Column::ExpiresAt.gt(now))
        .exec(&tx)
        .await?;
    let code = link_code::ActiveModel {
        id: Set(LinkCodeId::new(now)),
        link_id: Set(link.id),
        email: Set(email),
        tries: Set(0),
        created_at: Set(now),
        expires_at: Set(now + CODE_LIFE),
        used_at: Set(None),
    }
    .insert(&tx)
    .await?;
    let letter = Letter {
        paragraphs: vec![
            format!("Your code is {ONE_TIME_CODE}"),
            format!(
                "Type it into the page that asked for it, to open what {sender} sent you. It is good for {} minutes and \
                 for one use.",
                CODE_LIFE.num_minutes()
            ),
            "If you did not ask for a code, leave this mail alone; nothing happens without it."
                .to_owned(),
        ],
        footer: format!(
            "You get this because somebody typed your address into a link of {sender}."
        ),
        ..Letter::default()
    };
    let new = NewMail {
        to,
        from_name: Some(sender),
        reply_to: None,
        subject: "Your code",
        letter,
        link: None,
        purpose: "link_code",
        about: Some(("link_code", code.id.0)),
        dedupe_key: &format!("link_code {}", code.id),
    };
    mail::queue(&tx, now, new).await?;
    tx.commit().await?;
    Ok(left)
}

/// Whether `typed` is the code that was sent to `email`, which is used up then. Wrong, run out, used and never sent look
/// the same.
pub async fn check_code(
    db: &Db,
    keys: &Keys,
    now: DateTime<Utc>,
    link: &pitch_link::Model,
    network: &str,
    email: &str,
    typed: &str,
) -> Result<(bool, Left)> {
    let id = link.id.to_string();
    let left = take(
        db,
        now,
        &[
            (TRIED_FROM_ONE, &[&id, network, email]),
            (TRIED_BY_LINK, &[&id]),
        ],
    )
    .await?;
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let tx = db.begin().await?;
    let newest = link_code::Entity::find()
        .filter(link_code::Column::LinkId.eq(link.id))
        .filter(link_code::Column::Email.eq(email))
        .order_by_desc(link_code::Column::Id)
        .one(&tx)
        .await?;
    let Some(code) = newest else {
        return Ok((false, left));
    };
    let counted = link_code::Entity::update_many()
        .col_expr(
            link_code::Column::Tries,
            Expr::col(link_code::Column::Tries).add(1),
        )
        .filter(link_code::Column::Id.eq(code.id))
        .filter(link_code::Column::UsedAt.is_null())
        .filter(link_code::Column::ExpiresAt.gt(now))
        .filter(link_code::Column::Tries.lt(MOST_TRIES))
        .exec(&tx)
        .await?;
    let right =
        blake3::hash(digits.as_bytes()) == blake3::hash(keys.one_time_code(code.id).as_bytes());
    let fits = counted.rows_affected == 1 && right;
    if fits {
        link_code::Entity::update_many()
            .col_expr(link_code::Column::UsedAt, Expr::value(now))
            .filter(link_code::Column::Id.eq(code.id))
            .exec(&tx)
            .await?;
        give_back(&tx, TRIED_BY_LINK, &[&id]).await?;
    }
    tx.commit().await?;
    Ok((fits, left))
}
