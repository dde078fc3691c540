//! A deal and collateral for it, written straight into the database: what tests of pitches start from.

use bytes::Bytes;
use chrono::Days;
use lastmile::entities::{
    AssetKind, AssetState, Outcome, Stage, VersionState, account, asset, asset_version, contact,
    opportunity, page,
};
use lastmile::ids::{AccountId, AssetId, ContactId, OpportunityId, UserId, VersionId};
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel};

use super::TestServer;

/// An opportunity at an account with one contact.
pub(crate) struct Deal {
    pub(crate) opportunity: OpportunityId,
    pub(crate) contact: ContactId,
}

/// What an asset is made of.
#[derive(Clone)]
pub(crate) struct Content {
    pub(crate) title: &'static str,
    pub(crate) state: AssetState,
    pub(crate) internal_only: bool,
    /// Days from today to its last day.
    pub(crate) last_day: Option<i64>,
    pub(crate) format: &'static str,
    pub(crate) file: Vec<u8>,
    /// Title and text of each page.
    pub(crate) pages: Vec<(String, String)>,
}

impl Default for Content {
    fn default() -> Self {
        Self {
            title: "Overview",
            state: AssetState::Approved,
            internal_only: false,
            last_day: None,
            format: "pdf",
            file: b"%PDF-1.7 the original".to_vec(),
            pages: Self::pages(3),
        }
    }
}

impl Content {
    /// That many pages, each with a sentence.
    pub(crate) fn pages(count: usize) -> Vec<(String, String)> {
        (1..=count)
            .map(|page| {
                (
                    format!("Topic {page}"),
                    format!("The sentence of page {page}."),
                )
            })
            .collect()
    }
}

impl TestServer {
    /// A deal of `owner`.
    pub(crate) async fn deal(&self, owner: UserId) -> Deal {
        let now = self.app.clock.now();
        let account = account::Model {
            id: AccountId::new(now),
            name: "Northwind".to_owned(),
            domain: None,
            industry: None,
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
        let contact = contact::Model {
            id: ContactId::new(now),
            account_id: account.id,
            name: "Noor Haddad".to_owned(),
            email: Some("noor@northwind.example".to_owned()),
            phone: None,
            job_title: None,
            persona: None,
            language: None,
            bounced: false,
            external_system: None,
            external_id: None,
            created_at: now,
            updated_at: now,
        };
        let opportunity = opportunity::Model {
            id: OpportunityId::new(now),
            account_id: account.id,
            name: "Cold chain for two depots".to_owned(),
            owner_id: Some(owner),
            stage: Stage::Evaluation,
            outcome: Outcome::Open,
            amount_minor: None,
            currency: None,
            product: None,
            competitor: None,
            opened_on: now.date_naive(),
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
        let deal = Deal {
            opportunity: opportunity.id,
            contact: contact.id,
        };
        self.insert(account).await;
        self.insert(contact).await;
        self.insert(opportunity).await;
        deal
    }

    /// An asset that is converted and ready.
    pub(crate) async fn content(&self, content: Content) -> AssetId {
        let now = self.app.clock.now();
        let blobs = &self.app.blobs;
        let version = asset_version::Model {
            id: VersionId::new(now),
            asset_id: AssetId::new(now),
            number: 1,
            file_name: format!("{}.{}", content.title, content.format),
            media_type: match content.format {
                "mp4" => "video/mp4",
                _ => "application/pdf",
            }
            .to_owned(),
            format: content.format.to_owned(),
            byte_size: i64::try_from(content.file.len()).unwrap(),
            blob: blobs.put(Bytes::from(content.file)).await.unwrap(),
            state: VersionState::Ready,
            page_count: Some(i32::try_from(content.pages.len()).unwrap()),
            pages_done: 0,
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
        let today = now.date_naive();
        let asset = asset::Model {
            id: version.asset_id,
            title: content.title.to_owned(),
            description: String::new(),
            kind: AssetKind::Deck,
            state: content.state,
            internal_only: content.internal_only,
            language: Some("en".to_owned()),
            owner_id: None,
            current_version_id: Some(version.id),
            review_by: None,
            expires_at: content.last_day.map(|days| {
                let away = Days::new(days.unsigned_abs());
                if days < 0 { today - away } else { today + away }
            }),
            revision: 1,
            created_at: now,
            updated_at: now,
        };
        let (asset_id, version_id) = (asset.id, version.id);
        self.insert(asset).await;
        self.insert(version).await;
        for (number, (title, text)) in (1..).zip(content.pages) {
            let picture = |width: i32| Bytes::from(format!("picture of {text} at {width}"));
            self.insert(page::Model {
                version_id,
                number,
                image_480: blobs.put(picture(480)).await.unwrap(),
                image_960: blobs.put(picture(960)).await.unwrap(),
                image_1600: blobs.put(picture(1600)).await.unwrap(),
                picture_hash: None,
                title,
                text,
                width: 1600,
                height: 900,
            })
            .await;
        }
        asset_id
    }

    /// Changes an asset behind everybody's back.
    pub(crate) async fn change_asset(&self, id: AssetId, change: impl FnOnce(&mut asset::Model)) {
        let mut model = asset::Entity::find_by_id(id)
            .one(self.app.db.read())
            .await
            .unwrap()
            .unwrap();
        change(&mut model);
        let tx = self.app.db.begin().await.unwrap();
        model
            .into_active_model()
            .reset_all()
            .update(&tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn insert<M, A>(&self, model: M)
    where
        M: IntoActiveModel<A>,
        A: sea_orm::ActiveModelTrait + sea_orm::ActiveModelBehavior + Send,
        <A::Entity as sea_orm::EntityTrait>::Model: IntoActiveModel<A>,
    {
        let tx = self.app.db.begin().await.unwrap();
        model
            .into_active_model()
            .reset_all()
            .insert(&tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}
