//! What a house has prepared for its pitches: templates, and the look of the pages. And the next steps of fresh pitches.

use chrono::{DateTime, Days, TimeDelta, Utc};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use crate::app::App;
use crate::brands::{self, BrandEdit};
use crate::entities::{AssetKind, AssetState, Role, StepSide, TemplateAudience, asset, team, user};
use crate::error::Result;
use crate::pitches::{self, NewTemplate, StepInput, TemplateContent, TemplateItem, TemplateStep};

/// Pitches of the last so many days have next steps.
const FRESH: TimeDelta = TimeDelta::days(45);

/// What was agreed in a pitch made `at`, if that is not long ago.
pub(super) fn steps(at: DateTime<Utc>, now: DateTime<Utc>) -> Vec<StepInput> {
    if now - at > FRESH {
        return Vec::new();
    }
    let agreed = [
        (StepSide::Theirs, "Say who else decides", 5),
        (StepSide::Ours, "Quote for the first site", 9),
        (
            StepSide::Theirs,
            "Send the plan of the rooms to be measured",
            14,
        ),
        (
            StepSide::Ours,
            "Start of the pilot, with two of our people on site",
            35,
        ),
    ];
    agreed
        .into_iter()
        .map(|(side, what, days)| StepInput {
            id: None,
            side,
            what: what.to_owned(),
            who: String::new(),
            due_on: at.date_naive().checked_add_days(Days::new(days)),
        })
        .collect()
}

/// Templates for everybody, and the colour of one team.
pub(super) async fn prepare(app: &App, now: DateTime<Utc>) -> Result<()> {
    let tx = app.db.begin().await?;
    let made_at = now - TimeDelta::days(90);
    let author = user::Entity::find()
        .filter(user::Column::Role.eq(Role::Marketer))
        .order_by_asc(user::Column::Email)
        .one(&tx)
        .await?;
    if let Some(author) = &author {
        for (name, description, title, message, kinds) in TEMPLATES {
            let assets = asset::Entity::find()
                .filter(asset::Column::State.eq(AssetState::Approved))
                .filter(asset::Column::InternalOnly.eq(false))
                .filter(asset::Column::Language.eq("en"))
                .filter(asset::Column::Kind.is_in(kinds.iter().copied()))
                .order_by_asc(asset::Column::Title)
                .all(&tx)
                .await?;
            let items = kinds.iter().filter_map(|kind| {
                let asset = assets.iter().find(|asset| asset.kind == *kind)?;
                Some(TemplateItem {
                    asset_id: asset.id,
                    page_number: None,
                    section: String::new(),
                    note: String::new(),
                })
            });
            let new = NewTemplate {
                name: (*name).to_owned(),
                description: (*description).to_owned(),
                audience: TemplateAudience::Everyone,
                from_pitch: None,
                title: (*title).to_owned(),
                content: TemplateContent {
                    message: (*message).to_owned(),
                    items: items.collect(),
                    steps: vec![
                        TemplateStep {
                            side: StepSide::Theirs,
                            what: "Say who else decides at {{account.name}}".to_owned(),
                            who: String::new(),
                            due_in_days: Some(5),
                        },
                        TemplateStep {
                            side: StepSide::Ours,
                            what: "Quote for the first site".to_owned(),
                            who: "{{rep.name}}".to_owned(),
                            due_in_days: Some(9),
                        },
                    ],
                    story: true,
                },
            };
            pitches::add_template(&tx, made_at, author.id, None, new).await?;
        }
    }
    let team = team::Entity::find()
        .filter(team::Column::Name.eq("UK, Iberia & Americas"))
        .one(&tx)
        .await?;
    let admin = user::Entity::find()
        .filter(user::Column::Role.eq(Role::Admin))
        .order_by_asc(user::Column::Email)
        .one(&tx)
        .await?;
    if let (Some(team), Some(admin)) = (team, admin) {
        let edit = BrandEdit {
            name: "Tarnwick Systems".to_owned(),
            accent: Some("#5b3fa8".to_owned()),
        };
        brands::save_brand(&tx, made_at, Some(team.id), admin.id, edit).await?;
    }
    Ok(tx.commit().await?)
}

type Template = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [AssetKind],
);

const TEMPLATES: &[Template] = &[
    (
        "After the first talk",
        "When you know what hurts and nobody has asked for a price yet",
        "{{account.name}}: what we spoke about",
        "Dear {{contact.first_name}},\n\nthank you for the talk. Here is what I promised:\n\n- how others got there\n- what it \
         takes at your end\n\nBest regards, **{{rep.name}}**",
        &[AssetKind::Deck],
    ),
    (
        "Before the decision",
        "For those who decide and were not at the table",
        "{{opportunity.name}}: for your decision",
        "Dear {{contact.first_name}},\n\nthis is all on a few pages, for you and those who decide with you.\n\nBest regards, \
         **{{rep.name}}**",
        &[AssetKind::OnePager, AssetKind::Datasheet],
    ),
];
