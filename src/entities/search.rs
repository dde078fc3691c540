//! What somebody searched for, what was shown, and what it was reworded from. What became of it is in `search_clicks`.

use sea_orm::entity::prelude::*;

use crate::ids::{OpportunityId, SearchId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "searches")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SearchId,
    pub user_id: UserId,
    pub opportunity_id: Option<OpportunityId>,
    /// As it was typed, cut to a bounded length.
    pub query: String,
    /// Its different stems in order: searches of the same words have the same.
    pub words: String,
    /// The chosen facets: a map of lists.
    pub filters: Json,
    pub asset_count: i64,
    pub page_count: i64,
    /// The first results in order: a list of `{asset, page}`.
    pub results: Json,
    /// The search that this one is another wording of.
    pub reworded_from: Option<SearchId>,
    pub created_at: DateTimeUtc,
    /// When it was last typed on.
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: HasOne<super::user::Entity>,
    #[sea_orm(belongs_to, from = "opportunity_id", to = "id")]
    pub opportunity: HasOne<super::opportunity::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
