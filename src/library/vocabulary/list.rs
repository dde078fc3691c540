//! Reading a vocabulary: to choose from it, and to keep it.

use std::collections::HashMap;

use actix_web::web;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, ExprTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};

use super::folded;
use super::settle::similar;
use crate::db::{Db, contains_text};
use crate::entities::{Facet, asset_facet, facet_value};
use crate::error::Result;
use crate::http::{ListQuery, next_cursor};

/// Which words to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VocabularyQuery {
    /// Whose words.
    pub facet: Facet,
    /// Only those with this text in them.
    pub q: Option<String>,
    /// Also those that are offered no more.
    #[serde(default)]
    pub retired: bool,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// A word of a vocabulary.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct VocabularyValue {
    /// The word's id; it stays through a renaming.
    pub id: i64,
    /// Whose word it is.
    pub facet: Facet,
    /// As assets carry it.
    pub value: String,
    /// Kept on assets that have it, and offered no more.
    pub retired: bool,
    /// How many assets have it.
    pub uses: i64,
    /// To be named in `If-Match` when editing.
    pub revision: i64,
}

/// A page of a vocabulary.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct VocabularyPage {
    /// In the order that was chosen for them, then by alphabet.
    pub items: Vec<VocabularyValue>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
    /// What `q` may have been meant to be, where no word is exactly that.
    pub similar: Vec<String>,
}

/// The words of one facet.
#[utoipa::path(get, path = "/api/v1/vocabulary", tag = "vocabulary", params(VocabularyQuery), responses(
    (status = 200, body = VocabularyPage),
))]
pub async fn list_values(
    query: web::Query<VocabularyQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<VocabularyPage>> {
    let query = query.into_inner();
    let list = ListQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let mut select = facet_value::Entity::find()
        .filter(facet_value::Column::Facet.eq(query.facet))
        .order_by_asc(facet_value::Column::Position)
        .order_by_asc(facet_value::Column::Folded)
        .limit(list.limit() + 1);
    if !query.retired {
        select = select.filter(facet_value::Column::Retired.eq(false));
    }
    let wanted = query.q.as_deref().map(folded).unwrap_or_default();
    if !wanted.is_empty() {
        // Words with underscores are shown with spaces, so that is how people look for them.
        let spelled = wanted.replace(' ', "_");
        select = select.filter(
            Condition::any()
                .add(contains_text(facet_value::Column::Folded, &wanted))
                .add(contains_text(facet_value::Column::Folded, &spelled)),
        );
    }
    if let Some((position, word)) = list.position::<(i32, String)>()? {
        let same_place = facet_value::Column::Position
            .eq(position)
            .and(facet_value::Column::Folded.gt(word));
        select = select.filter(facet_value::Column::Position.gt(position).or(same_place));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, list.limit(), |row| {
        (row.position, row.folded.clone())
    })?;
    let similar = if wanted.is_empty() || rows.iter().any(|row| row.folded == wanted) {
        Vec::new()
    } else {
        similar(db.read(), query.facet, &wanted).await?
    };
    Ok(web::Json(VocabularyPage {
        items: views(db.read(), rows).await?,
        next_cursor,
        similar,
    }))
}

/// The rows with their uses, in one query.
pub(super) async fn views<C: ConnectionTrait>(
    db: &C,
    rows: Vec<facet_value::Model>,
) -> Result<Vec<VocabularyValue>> {
    let Some(first) = rows.first() else {
        return Ok(Vec::new());
    };
    let counts: Vec<(String, i64)> = asset_facet::Entity::find()
        .select_only()
        .column(asset_facet::Column::Value)
        .column_as(asset_facet::Column::AssetId.count(), "uses")
        .filter(asset_facet::Column::Facet.eq(first.facet))
        .filter(asset_facet::Column::Value.is_in(rows.iter().map(|row| row.value.as_str())))
        .group_by(asset_facet::Column::Value)
        .into_tuple()
        .all(db)
        .await?;
    let counts: HashMap<_, _> = counts.into_iter().collect();
    Ok(rows
        .into_iter()
        .map(|row| VocabularyValue {
            uses: counts.get(&row.value).copied().unwrap_or(0),
            id: row.id,
            facet: row.facet,
            value: row.value,
            retired: row.retired,
            revision: row.revision,
        })
        .collect())
}
