//! Fills an empty installation: people, collateral, customers, history, in this order.

use std::collections::HashMap;
use std::path::Path;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _,
    PaginatorTrait as _, QueryFilter as _,
};
use serde_json::json;

use super::compose;
use super::consent;
use super::manifest::{Manifest, ManifestAsset};
use super::play;
use super::shift::shift_dates;
use super::upkeep;
use crate::app::App;
use crate::auth::{NewUser, add_user, hash_password};
use crate::crm::{self, ImportKind};
use crate::entities::{AssetState, Facet, asset, job, setting, user};
use crate::error::{Error, Result};
use crate::ids::{AssetId, UserId};
use crate::library::{self, FacetsInput, Metadata};
use crate::pitches::{LinkPolicy, TermsInput, write_policy, write_terms};
use crate::worker;

/// Everybody's password in the demo, and nowhere else.
pub const PASSWORD: &str = "lastmile-demo";

/// The setting that marks a demo; its value says whether loading came to its end.
const SETTING: &str = "demo";

/// Whether the installation is a complete demo; an error where it is something else, or half of one.
pub async fn is_loaded(app: &App) -> Result<bool> {
    let found = setting::Entity::find_by_id(SETTING)
        .one(app.db.read())
        .await?;
    match found.map(|row| row.value) {
        Some(value) if value == json!({ "loaded": true }) => Ok(true),
        Some(_) => Err(Error::internal(format!(
            "loading this demo was cut off; remove {} (or empty the database you named) and start again",
            app.config.data_dir.display()
        ))),
        None if user::Entity::find().one(app.db.read()).await?.is_some() => Err(Error::internal(
            "this installation has users of its own and is no demo; choose another LASTMILE_DATA_DIR",
        )),
        None => Ok(false),
    }
}

/// Loads the samples in `folder`, telling `say` what it does.
pub async fn load(app: &App, folder: &Path, say: impl Fn(&str)) -> Result<()> {
    let now = app.clock.now();
    let (manifest, shift) = Manifest::read(folder, now.date_naive())?;
    write_setting(app, false).await?;

    say(&format!("{} people", manifest.user.len()));
    let users = add_users(app, &manifest, now).await?;

    say(&format!("{} files", manifest.asset.len()));
    let assets = add_assets(app, folder, &manifest, &users, &say).await?;
    add_captions(app, folder, &manifest, &assets).await?;
    retire_assets(app, &manifest, &assets).await?;
    add_collections(app, &manifest, &assets, now).await?;

    for kind in ImportKind::ALL.iter().copied() {
        import(app, folder, kind, shift, now, &say).await?;
    }

    compose::prepare(app, now).await?;
    say("a year of pitches and visits");
    let played = play::history(app, now).await?;
    say(&format!(
        "{} pitches, {} links, {} visits, {} questions",
        played.pitches, played.links, played.visits, played.questions
    ));
    add_link_rules(app, now).await?;
    consent::add(app, now).await?;
    app.signaler.rebuild().await?;
    let costs = upkeep::note_costs(app, folder, shift, now).await?;
    upkeep::revise(app, folder, &assets, now).await?;
    say(&format!("{costs} costs, a new version of a deck"));
    write_setting(app, true).await
}

/// Terms to choose and a policy for links that are made from now on; those of the story are out already.
async fn add_link_rules(app: &App, now: DateTime<Utc>) -> Result<()> {
    let terms = TermsInput {
        title: "Confidentiality".to_owned(),
        text: "What you are about to read was prepared for your company and is confidential.\n\n\
            You may share it with colleagues who help to decide, by the Share button of the page. Please do not publish it \
            and do not pass it to competitors."
            .to_owned(),
    };
    let policy = LinkPolicy {
        default_days: Some(90),
        longest_days: None,
        nameless_allowed: true,
        ..LinkPolicy::default()
    };
    let tx = app.db.begin().await?;
    write_terms(&tx, now, None, terms).await?;
    write_policy(&tx, None, &policy).await?;
    Ok(tx.commit().await?)
}

async fn write_setting(app: &App, loaded: bool) -> Result<()> {
    let row = setting::ActiveModel {
        name: Set(SETTING.to_owned()),
        value: Set(json!({ "loaded": loaded })),
    };
    let tx = app.db.begin().await?;
    if loaded {
        row.update(&tx).await?;
    } else {
        row.insert(&tx).await?;
    }
    Ok(tx.commit().await?)
}

async fn add_users(
    app: &App,
    manifest: &Manifest,
    now: DateTime<Utc>,
) -> Result<HashMap<String, UserId>> {
    let hash = hash_password(PASSWORD.to_owned()).await?;
    let tx = app.db.begin().await?;
    let mut users = HashMap::new();
    for user in &manifest.user {
        let new = NewUser {
            email: user.email.clone(),
            name: user.name.clone(),
            role: user.role,
            team: user.team.clone(),
            time_zone: user.time_zone.clone(),
            active: user.active,
            password_hash: Some(hash.clone()),
        };
        let id = add_user(&tx, now - TimeDelta::days(400), new).await?;
        users.insert(user.email.clone(), id);
    }
    tx.commit().await?;
    Ok(users)
}

async fn add_assets(
    app: &App,
    folder: &Path,
    manifest: &Manifest,
    users: &HashMap<String, UserId>,
    say: &impl Fn(&str),
) -> Result<HashMap<String, AssetId>> {
    let mut assets = HashMap::new();
    for asset in &manifest.asset {
        let owner = asset
            .owner
            .as_ref()
            .and_then(|email| users.get(email))
            .copied();
        let id = library::ingest_file(
            &app.db,
            &app.blobs,
            morning_of(asset.created_on),
            &folder.join(&asset.file),
            metadata_of(asset),
            owner,
        )
        .await?;
        assets.insert(asset.file.clone(), id);
    }
    let workers = worker::worker(app)?;
    let total = manifest.asset.len();
    let lanes = app.config.conversion_workers.max(1);
    let drained = futures::future::join_all((0..lanes).map(|_| workers.drain()));
    let progress = async {
        loop {
            tokio::time::sleep(std::time::Duration::from_secs(5)).await;
            let left = job::Entity::find()
                .filter(job::Column::FinishedAt.is_null())
                .count(app.db.read());
            if let Ok(left) = left.await {
                say(&format!("  {left} of {total} files still to convert"));
            }
        }
    };
    tokio::select! {
        outcomes = drained => outcomes.into_iter().collect::<Result<Vec<()>>>()?,
        () = progress => Vec::new(),
    };
    Ok(assets)
}

async fn add_captions(
    app: &App,
    folder: &Path,
    manifest: &Manifest,
    assets: &HashMap<String, AssetId>,
) -> Result<()> {
    for asset in &manifest.asset {
        if let (Some(file), Some(id)) = (&asset.captions, assets.get(&asset.file)) {
            let language = asset.language.clone().unwrap_or_else(|| "en".to_owned());
            let label = match language.as_str() {
                "de" => "Deutsch",
                "es" => "Español",
                _ => "English",
            };
            let called = (language, label.to_owned());
            library::ingest_captions(
                (&app.config, &app.db, &app.converter),
                morning_of(asset.created_on),
                *id,
                &folder.join(file),
                called,
            )
            .await?;
        }
    }
    Ok(())
}

fn metadata_of(asset: &ManifestAsset) -> Metadata {
    let facets = asset.facets();
    let values = |facet: Facet| facets.get(&facet).cloned();
    Metadata {
        title: Some(asset.title.clone()),
        description: Some(asset.description.clone()),
        kind: Some(asset.kind),
        language: Some(asset.language.clone()),
        internal_only: Some(asset.internal_only),
        state: Some(if is_over(asset.state) {
            AssetState::Approved
        } else {
            asset.state
        }),
        facets: Some(FacetsInput {
            product: values(Facet::Product),
            industry: values(Facet::Industry),
            stage: values(Facet::Stage),
            persona: values(Facet::Persona),
            region: values(Facet::Region),
            competitor: values(Facet::Competitor),
            tag: values(Facet::Tag),
        }),
        review_by: Some(asset.review_by),
        expires_at: Some(asset.expires_at),
        change_note: None,
        owner_id: None,
    }
}

/// What is over was approved once; nothing starts there.
fn is_over(state: AssetState) -> bool {
    matches!(state, AssetState::Expired | AssetState::Archived)
}

async fn retire_assets(
    app: &App,
    manifest: &Manifest,
    assets: &HashMap<String, AssetId>,
) -> Result<()> {
    let tx = app.db.begin().await?;
    for listed in manifest.asset.iter().filter(|asset| is_over(asset.state)) {
        let Some(id) = assets.get(&listed.file) else {
            continue;
        };
        let end = listed.expires_at.unwrap_or(listed.created_on);
        if let Some(asset) = asset::Entity::find_by_id(*id).one(&tx).await? {
            library::move_asset(&tx, morning_of(end), asset, listed.state).await?;
        }
    }
    Ok(tx.commit().await?)
}

async fn add_collections(
    app: &App,
    manifest: &Manifest,
    assets: &HashMap<String, AssetId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let tx = app.db.begin().await?;
    for collection in &manifest.collection {
        let members: Vec<AssetId> = collection
            .assets
            .iter()
            .filter_map(|file| assets.get(file).copied())
            .collect();
        let (name, description) = (&collection.name, &collection.description);
        library::add_collection(&tx, now, name, description, None, &members).await?;
    }
    Ok(tx.commit().await?)
}

async fn import(
    app: &App,
    folder: &Path,
    kind: ImportKind,
    shift: TimeDelta,
    now: DateTime<Utc>,
    say: &impl Fn(&str),
) -> Result<()> {
    let path = folder.join("crm").join(format!("{}.csv", kind.as_str()));
    let export = shift_dates(&std::fs::read(&path)?, shift)?;
    let tx = app.db.begin().await?;
    let report = crm::import(&tx, kind, export, false, now).await?;
    if let Some(first) = report.errors.first() {
        return Err(Error::internal(format!(
            "{}: row {}: {}",
            path.display(),
            first.row,
            first.detail
        )));
    }
    tx.commit().await?;
    say(&format!(
        "{} {}",
        report.rows,
        kind.as_str().replace('_', " ")
    ));
    Ok(())
}

fn morning_of(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(8)
}
