//! One sitting of one viewer on one link, folded from its events. A derived table: `rebuild` makes it anew.

use sea_orm::entity::prelude::*;

use super::{VisitClass, VisitLevel};
use crate::ids::{LinkId, VisitId, VisitRuleId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "visits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VisitId,
    pub link_id: LinkId,
    pub started_at: DateTimeUtc,
    pub last_seen_at: DateTimeUtc,
    /// When something of it was reported last; nodes find each other's news by it.
    pub updated_at: DateTimeUtc,
    /// What the browser calls itself; cut to 300 characters.
    pub user_agent: String,
    /// The address, truncated to /24 or /48 before it is stored.
    pub network: String,
    /// A random name of the browser, kept in a cookie of the link page.
    pub browser_id: String,
    pub level: VisitLevel,
    pub class: VisitClass,
    /// 0 (surely a machine) to 100 (surely a person).
    pub score: i32,
    /// Why: a JSON list of `{reason, points}`.
    pub reasons: Json,
    /// What the fold remembers beside the columns, as JSON (`rollup::Facts`): enough to classify again.
    pub features: Json,
    /// A person's word over the score, as a rule has it.
    pub class_override: Option<VisitClass>,
    /// That rule.
    pub rule_id: Option<VisitRuleId>,
    /// Which version of the classifier judged it.
    pub classifier: i32,
    /// The visit whose browser, after half an hour of silence, went on with this one.
    pub continues: Option<VisitId>,
    /// The address that a code sent to it has proved.
    pub verified_email: Option<String>,
    /// True where its user asked not to be known: such a visit counts in sums over many deals and is shown, told and
    /// tied to a person nowhere. Otherwise empty.
    pub unnamed: Option<bool>,
    pub active_ms: i64,
    /// Pages with at least one active second.
    pub pages_read: i32,
    /// Pages of the pitch when the visit began.
    pub page_total: i32,
    pub shares: i32,
    pub downloads: i32,
    pub questions: i32,
    /// The page in view last.
    pub current_item_id: Option<Uuid>,
    pub current_page: Option<i32>,
    #[sea_orm(belongs_to, from = "link_id", to = "id")]
    pub link: HasOne<super::pitch_link::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
