//! Rows that tests and benches of signals and figures start from.

use chrono::{DateTime, NaiveDate, Utc};
use lastmile::app::App;
use lastmile::auth::{NewUser, add_user};
use lastmile::entities::{
    AssetKind, AssetState, Outcome, Role, Stage, VersionState, account, asset, asset_version,
    opportunity, page, pitch, pitch_item, pitch_link,
};
use lastmile::ids::{
    AccountId, AssetId, LinkId, OpportunityId, PitchId, PitchItemId, UserId, VersionId,
};
use lastmile::pitches::{link_token, token_hash};
use sea_orm::{ConnectionTrait, EntityTrait as _, IntoActiveModel as _};

/// An asset in a pitch.
#[derive(Clone, Debug)]
pub(crate) struct SentItem {
    pub(crate) item: PitchItemId,
    pub(crate) asset: AssetId,
    pub(crate) version: VersionId,
    pub(crate) pages: i32,
}

/// A pitch of whole assets for an opportunity of its own, with one link.
#[derive(Clone, Debug)]
pub(crate) struct SentPitch {
    pub(crate) opportunity: OpportunityId,
    pub(crate) pitch: PitchId,
    pub(crate) items: Vec<SentItem>,
    pub(crate) link: LinkId,
    pub(crate) token: String,
}

/// Makes assets of so many pages each and sends them to one recipient.
pub(crate) async fn sent_pitch(app: &App, owner: UserId, pages: &[i32]) -> SentPitch {
    let now = app.clock.now();
    let tx = app.db.begin().await.unwrap();
    let mut assets = Vec::new();
    for (at, pages) in pages.iter().enumerate() {
        assets.push(ready_asset(&tx, &format!("Deck {}", at + 1), *pages, now).await);
    }
    let sent = pitch_of(&tx, app, owner, assets, now).await;
    tx.commit().await.unwrap();
    sent
}

/// The same assets, sent to another opportunity.
pub(crate) async fn sent_again(app: &App, owner: UserId, first: &SentPitch) -> SentPitch {
    let now = app.clock.now();
    let tx = app.db.begin().await.unwrap();
    let assets = first
        .items
        .iter()
        .map(|item| (item.asset, item.version, item.pages))
        .collect();
    let sent = pitch_of(&tx, app, owner, assets, now).await;
    tx.commit().await.unwrap();
    sent
}

async fn pitch_of<C: ConnectionTrait>(
    db: &C,
    app: &App,
    owner: UserId,
    assets: Vec<(AssetId, VersionId, i32)>,
    now: DateTime<Utc>,
) -> SentPitch {
    // Older than the ten seconds in which scanners come.
    let sent_at = now - chrono::TimeDelta::days(1);
    let opportunity = open_deal(db, owner, now).await;
    let pitch = PitchId::new(now);
    let row = pitch::Model {
        id: pitch,
        opportunity_id: opportunity,
        owner_id: owner,
        title: "For your evaluation".to_owned(),
        message: String::new(),
        story_wanted: false,
        revision: 1,
        created_at: sent_at,
        updated_at: sent_at,
    };
    pitch::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .unwrap();
    let mut items = Vec::new();
    for (position, (asset, version, pages)) in (0..).zip(assets) {
        let item = PitchItemId::new(now);
        let row = pitch_item::Model {
            id: item,
            pitch_id: pitch,
            position,
            asset_id: asset,
            page_number: None,
            section: String::new(),
            note: String::new(),
            version_id: None,
            page_version_id: None,
        };
        pitch_item::Entity::insert(row.into_active_model())
            .exec_without_returning(db)
            .await
            .unwrap();
        items.push(SentItem {
            item,
            asset,
            version,
            pages,
        });
    }
    let link = LinkId::new(now);
    let token = link_token(&app.keys, link);
    let row = pitch_link::Model {
        id: link,
        pitch_id: pitch,
        parent_link_id: None,
        contact_id: None,
        recipient_name: Some("Maria Lopez".to_owned()),
        recipient_email: Some("maria@acme.example".to_owned()),
        token_hash: token_hash(&token),
        download_allowed: true,
        created_by: Some(owner),
        created_at: sent_at,
        opens_at: None,
        expires_at: None,
        revoked_at: None,
        revision: 1,
        gates_revision: 1,
        email_required: false,
        download_as_pdf: false,
        watermark: false,
        nameless_allowed: false,
        passcode_hash: None,
        terms_id: None,
        allowed: None,
        denied: None,
    };
    pitch_link::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .unwrap();
    SentPitch {
        opportunity,
        pitch,
        items,
        link,
        token,
    }
}

/// An open deal of a new account.
async fn open_deal<C: ConnectionTrait>(db: &C, owner: UserId, now: DateTime<Utc>) -> OpportunityId {
    let account = AccountId::new(now);
    let row = account::Model {
        id: account,
        name: "Acme".to_owned(),
        domain: None,
        industry: Some("banking".to_owned()),
        size: None,
        region: None,
        country: None,
        city: None,
        phone: None,
        owner_id: Some(owner),
        external_system: None,
        external_id: None,
        created_at: now,
        updated_at: now,
    };
    account::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .unwrap();
    let opportunity = OpportunityId::new(now);
    let row = opportunity::Model {
        id: opportunity,
        account_id: account,
        name: "Acme rollout".to_owned(),
        owner_id: Some(owner),
        stage: Stage::Evaluation,
        outcome: Outcome::Open,
        amount_minor: Some(1_250_000),
        currency: Some("EUR".to_owned()),
        product: None,
        competitor: None,
        opened_on: NaiveDate::from_ymd_opt(2026, 1, 2).unwrap(),
        closed_on: None,
        expected_close_on: None,
        campaign_id: None,
        primary_contact_id: None,
        needs: String::new(),
        revision: 1,
        external_system: None,
        external_id: None,
        created_at: now,
        updated_at: now,
    };
    opportunity::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .unwrap();
    opportunity
}

/// A user who cannot sign in: an owner of things.
pub(crate) async fn a_user<C: ConnectionTrait>(db: &C, role: Role, now: DateTime<Utc>) -> UserId {
    let new = NewUser {
        email: format!("{}@example.com", uuid::Uuid::new_v4()),
        name: "Somebody".to_owned(),
        role,
        team: None,
        time_zone: "Europe/Berlin".to_owned(),
        active: true,
        password_hash: None,
    };
    add_user(db, now, new).await.unwrap()
}

/// An approved asset whose version is ready.
pub(crate) async fn ready_asset<C: ConnectionTrait>(
    db: &C,
    title: &str,
    pages: i32,
    now: DateTime<Utc>,
) -> (AssetId, VersionId, i32) {
    let (id, version) = (AssetId::new(now), VersionId::new(now));
    let row = asset::Model {
        id,
        title: title.to_owned(),
        description: String::new(),
        kind: AssetKind::Deck,
        state: AssetState::Approved,
        internal_only: false,
        language: None,
        owner_id: None,
        current_version_id: Some(version),
        review_by: None,
        expires_at: None,
        revision: 1,
        created_at: now,
        updated_at: now,
    };
    asset::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .unwrap();
    let row = asset_version::Model {
        id: version,
        asset_id: id,
        number: 1,
        file_name: "deck.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        format: "pdf".to_owned(),
        byte_size: 1,
        blob: blake3::hash(id.0.as_bytes()).to_hex().to_string(),
        state: VersionState::Ready,
        page_count: Some(pages),
        pages_done: pages,
        failure_code: None,
        failure_detail: None,
        created_by: None,
        created_at: now,
        change_note: None,
        restored_from: None,
        duration_ms: None,
        warnings: None,
        awaits_approval: false,
    };
    asset_version::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await
        .unwrap();
    let rows = (1..=pages).map(|number| {
        page::Model {
            version_id: version,
            number,
            title: format!("Page {number}"),
            text: format!("Text of page {number}"),
            width: 1600,
            height: 900,
            image_480: String::new(),
            image_960: String::new(),
            image_1600: String::new(),
            picture_hash: None,
        }
        .into_active_model()
    });
    page::Entity::insert_many(rows)
        .exec_without_returning(db)
        .await
        .unwrap();
    (id, version, pages)
}
