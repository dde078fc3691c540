//! The orders of the list, each with the key that a cursor holds. What has no key stands at the end.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, SimpleExpr};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryResult, QuerySelect as _,
    QueryTrait as _,
};
use serde::{Deserialize, Serialize};

use crate::entities::{asset, pitch_item};
use crate::error::{Error, Result};

/// By what assets are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssetOrder {
    /// When it last changed.
    #[default]
    Updated,
    /// When it was first uploaded.
    Created,
    /// Its title.
    Title,
    /// The day by which somebody should look at it again.
    ReviewBy,
    /// The day from which it may not be pitched any more.
    ExpiresAt,
    /// In how many pitches it is.
    Pitched,
}

/// Where a row stands in an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Key {
    Time(DateTime<Utc>),
    Text(String),
    Day(NaiveDate),
    Count(i64),
}

impl AssetOrder {
    /// Whether the greatest comes first where nothing is said.
    pub(super) fn descends(self) -> bool {
        matches!(self, Self::Updated | Self::Created | Self::Pitched)
    }

    /// The expression to sort by.
    pub(super) fn key(self, descending: bool) -> SimpleExpr {
        match self {
            Self::Updated => column(asset::Column::UpdatedAt),
            Self::Created => column(asset::Column::CreatedAt),
            Self::Title => Func::lower(column(asset::Column::Title)).into(),
            Self::ReviewBy => day_or_end(asset::Column::ReviewBy, descending),
            Self::ExpiresAt => day_or_end(asset::Column::ExpiresAt, descending),
            Self::Pitched => pitched(),
        }
    }

    /// Reads the key of a row.
    pub(super) fn read(self, row: &QueryResult, name: &str) -> Result<Key> {
        Ok(match self {
            Self::Updated | Self::Created => Key::Time(row.try_get("", name)?),
            Self::Title => Key::Text(row.try_get("", name)?),
            Self::ReviewBy | Self::ExpiresAt => Key::Day(row.try_get("", name)?),
            Self::Pitched => Key::Count(row.try_get("", name)?),
        })
    }

    /// The value of a key to compare with; an error where it is another order's.
    pub(super) fn value(self, key: Key) -> Result<Expr> {
        match (self, key) {
            (Self::Updated | Self::Created, Key::Time(time)) => Ok(Expr::val(time)),
            (Self::Title, Key::Text(text)) => Ok(Expr::val(text)),
            (Self::ReviewBy | Self::ExpiresAt, Key::Day(day)) => Ok(Expr::val(day)),
            (Self::Pitched, Key::Count(count)) => Ok(Expr::val(count)),
            _ => Err(Error::field(
                "cursor",
                "This cursor belongs to another order; start without one.",
            )),
        }
    }
}

fn column(column: asset::Column) -> SimpleExpr {
    Expr::col((asset::Entity, column))
}

fn day_or_end(day: asset::Column, descending: bool) -> SimpleExpr {
    let end = if descending {
        NaiveDate::from_ymd_opt(1, 1, 1)
    } else {
        NaiveDate::from_ymd_opt(9999, 12, 31)
    };
    Func::coalesce([column(day), Expr::val(end.unwrap_or_default())]).into()
}

fn pitched() -> SimpleExpr {
    let pitches = pitch_item::Entity::find()
        .select_only()
        .expr(pitch_item::Column::PitchId.into_expr().count_distinct())
        .filter(
            pitch_item::Column::AssetId
                .into_expr()
                .eq(column(asset::Column::Id)),
        )
        .into_query();
    SimpleExpr::SubQuery(None, Box::new(pitches.into()))
}
