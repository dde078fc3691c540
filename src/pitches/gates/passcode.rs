//! The passcode of a link: attempts are counted before it is looked at.

use chrono::{DateTime, TimeDelta, Utc};

use crate::auth::verify_password;
use crate::db::Db;
use crate::entities::pitch_link;
use crate::error::Result;
use crate::http::limits::{Allowance, Left, forget, give_back, take};

/// For one network: enough for somebody who mistypes.
const FROM_ONE: Allowance = Allowance {
    name: "link passcode from a network",
    most: 8,
    within: TimeDelta::minutes(15),
};
/// For a link from everywhere: what many networks together may guess.
const FROM_ALL: Allowance = Allowance {
    name: "link passcode",
    most: 60,
    within: TimeDelta::hours(1),
};

/// Whether `passcode` is the link's; [`crate::error::Code::TooManyRequests`] after too many attempts.
pub async fn check_passcode(
    db: &Db,
    now: DateTime<Utc>,
    link: &pitch_link::Model,
    network: &str,
    passcode: &str,
) -> Result<(bool, Left)> {
    let id = link.id.to_string();
    let left = take(db, now, &[(FROM_ONE, &[&id, network]), (FROM_ALL, &[&id])]).await?;
    let fits = verify_password(passcode.trim().to_owned(), link.passcode_hash.clone()).await?;
    if fits {
        let tx = db.begin().await?;
        forget(&tx, FROM_ONE, &[&id, network]).await?;
        // A room full of people who know the passcode is no attack.
        give_back(&tx, FROM_ALL, &[&id]).await?;
        tx.commit().await?;
    }
    Ok((fits, left))
}
