//! One asset recommended for one open opportunity. Derived; it can be made anew at any time.

use sea_orm::entity::prelude::*;

use crate::ids::{AssetId, OpportunityId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recommendations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub opportunity_id: OpportunityId,
    /// From 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub asset_id: AssetId,
    /// The page that answers what the customer needs best, where one stands out.
    pub page_number: Option<i32>,
    /// It is here to get its chance, not because it is known to be good.
    pub exploration: bool,
    /// What sending it goes together with, in thousandths of the chance to win.
    pub uplift_permille: i32,
    /// Sentences, the most telling first.
    pub reasons: Json,
    /// In how many deals it was sent.
    pub sends: i32,
    /// Of the most similar closed deals: those won, those of them in which it was used, and those of these in which it
    /// was read; then those lost.
    pub similar_won: i32,
    pub similar_won_used: i32,
    pub similar_won_read: i32,
    pub similar_lost: i32,
    pub similar_lost_used: i32,
    pub similar_lost_read: i32,
    #[sea_orm(belongs_to, from = "opportunity_id", to = "id")]
    pub opportunity: HasOne<super::opportunity::Entity>,
    #[sea_orm(belongs_to, from = "asset_id", to = "id")]
    pub asset: HasOne<super::asset::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
