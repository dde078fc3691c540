//! A word of the vocabulary of one facet. Assets carry the word itself, in the spelling that stands here.

use sea_orm::entity::prelude::*;

use super::Facet;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "facet_values")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub facet: Facet,
    pub value: String,
    /// The value in lower case: two that differ only in case are one.
    pub folded: String,
    /// Its place among the facet's values; those of one place stand by alphabet.
    pub position: i32,
    /// Kept on assets that have it, and offered no more.
    pub retired: bool,
    /// Counts edits; an edit names the one it is based on.
    pub revision: i64,
}

impl ActiveModelBehavior for ActiveModel {}
