//! What a question is about: which days, which deals, which content.

use chrono::{Days, NaiveDate, NaiveTime};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::{
    Alias, Condition, Expr, ExprTrait as _, IntoIden as _, SelectStatement, SimpleExpr,
};
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};

use crate::crm;
use crate::entities::{
    AssetKind, asset, opportunity, rollup_asset_day, rollup_opportunity_asset, user,
};
use crate::error::{Error, Result};
use crate::http::Principal;
use crate::ids::{AssetId, OpportunityId, TeamId};

/// How far back a period reaches where nobody said.
const DEFAULT_DAYS: u64 = 90;

/// Days, from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Period {
    /// The period asked for; the 90 days up to `today` where nothing was said.
    pub(super) fn new(
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
        today: NaiveDate,
    ) -> Result<Self> {
        let to = to.unwrap_or(today);
        let back = to.checked_sub_days(Days::new(DEFAULT_DAYS - 1));
        let period = Self {
            from: from.or(back).unwrap_or(to),
            to,
        };
        if period.from > period.to {
            return Err(Error::field("from", "The first day is after the last."));
        }
        Ok(period)
    }

    /// Whether a moment's column lies in it, by UTC.
    fn holds_moment(self, column: impl ColumnTrait) -> SimpleExpr {
        let begin = self.from.and_time(NaiveTime::MIN).and_utc();
        let end = (self.to + Days::new(1)).and_time(NaiveTime::MIN).and_utc();
        column.gte(begin).and(column.lt::<DateTimeUtc>(end))
    }
}

/// Which rows of the tables a question is about.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// All time where absent.
    pub period: Option<Period>,
    /// On columns of `opportunities`; empty means all.
    pub deals: Condition,
    /// On columns of `assets`; empty means all.
    pub assets: Condition,
}

impl Scope {
    /// The deals that the principal may see, perhaps of one team only.
    pub(super) fn of(principal: &Principal, period: Period, team: Option<TeamId>) -> Self {
        let mut deals = crm::visible_opportunities(principal);
        if let Some(team) = team {
            let members = user::Entity::find()
                .select_only()
                .column(user::Column::Id)
                .filter(user::Column::TeamId.eq(team))
                .into_query();
            deals = Condition::all()
                .add(deals)
                .add(opportunity::Column::OwnerId.in_subquery(members));
        }
        Self {
            period: Some(period),
            deals,
            assets: Condition::all(),
        }
    }

    /// One deal, over all time.
    pub(super) fn of_deal(deal: OpportunityId) -> Self {
        Self {
            period: None,
            deals: Condition::all().add(opportunity::Column::Id.eq(deal)),
            assets: Condition::all(),
        }
    }

    /// The same, for content of one kind, or with these words in its title.
    pub(super) fn about(mut self, kind: Option<AssetKind>, words: Option<&str>) -> Self {
        if let Some(kind) = kind {
            self.assets = self.assets.add(asset::Column::Kind.eq(kind));
        }
        for word in words.unwrap_or_default().split_whitespace() {
            let title = Expr::expr(sea_orm::sea_query::Func::lower(Expr::col((
                asset::Entity,
                asset::Column::Title,
            ))));
            let pattern = format!("%{}%", word.to_lowercase().replace(['%', '_'], ""));
            self.assets = self.assets.add(title.like(pattern));
        }
        self
    }

    /// The same, for one piece of content.
    pub(super) fn about_asset(mut self, id: AssetId) -> Self {
        self.assets = self.assets.add(asset::Column::Id.eq(id));
        self
    }

    /// Whether a moment's column lies in the period.
    pub(super) fn moment(&self, column: impl ColumnTrait) -> Condition {
        let within = self.period.map(|period| period.holds_moment(column));
        Condition::all().add_option(within)
    }

    /// The rollup of reads to sum over, as `reads`: the one by deal where only some deals count, else the smaller
    /// one. Both have the same columns. Assets are joined, the scope applied.
    pub(super) fn reads(&self) -> SelectStatement {
        let mut select = SelectStatement::new();
        let reads = Alias::new("reads").into_iden();
        if self.deals.is_empty() {
            select.from_as(rollup_asset_day::Entity, reads);
        } else {
            select.from_as(rollup_opportunity_asset::Entity, reads);
            self.join_deals(&mut select);
        }
        self.restrict_reads(&mut select);
        select
    }

    /// The rollup of reads by deal, as `reads`.
    pub(super) fn reads_by_deal(&self) -> SelectStatement {
        let mut select = SelectStatement::new();
        select.from_as(rollup_opportunity_asset::Entity, Alias::new("reads"));
        self.join_deals(&mut select);
        self.restrict_reads(&mut select);
        select
    }

    fn join_deals(&self, select: &mut SelectStatement) {
        select
            .inner_join(
                opportunity::Entity,
                Expr::col((opportunity::Entity, opportunity::Column::Id))
                    .equals(("reads", "opportunity_id")),
            )
            .cond_where(self.deals.clone());
    }

    fn restrict_reads(&self, select: &mut SelectStatement) {
        select
            .inner_join(
                asset::Entity,
                Expr::col((asset::Entity, asset::Column::Id)).equals(("reads", "asset_id")),
            )
            .cond_where(self.assets.clone());
        if let Some(period) = self.period {
            select.and_where(Expr::col(("reads", "day")).between(period.from, period.to));
        }
    }
}

/// The day of a moment's column, by UTC, as text: each engine says it in its own way.
pub(super) fn day_of(backend: DbBackend, table: &str, column: &str) -> SimpleExpr {
    match backend {
        DbBackend::Postgres => Expr::cust(format!(
            r#"to_char("{table}"."{column}" AT TIME ZONE 'UTC', 'YYYY-MM-DD')"#
        )),
        _ => Expr::cust(format!(r#"substr("{table}"."{column}", 1, 10)"#)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_defaults_to_ninety_days_and_is_never_reversed() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let period = Period::new(None, None, today).unwrap();
        assert_eq!((period.to - period.from).num_days(), 89);
        assert!(Period::new(Some(today), today.pred_opt(), today).is_err());
    }
}
