//! The kinds of rows, one file each: the typed row, how it is read, and what it is stored as.

mod account;
mod activity;
mod campaign;
mod contact;
mod opportunity;
mod opportunity_contact;
mod purchase;
mod stage_change;

pub(super) use account::Account;
pub(super) use activity::Activity;
pub(super) use campaign::Campaign;
pub(super) use contact::Contact;
pub(super) use opportunity::Opportunity;
pub(super) use opportunity_contact::OpportunityContact;
pub(super) use purchase::Purchase;
pub(super) use stage_change::StageChange;

/// The part of a `Record` that is the same for all that have an external id.
macro_rules! known_by_external_id {
    ($table:ident) => {
        type Entity = $table::Entity;
        type Key = String;

        fn key(&self) -> String {
            self.external_id.clone()
        }

        fn stored_key(model: &$table::Model) -> Option<String> {
            model.external_id.clone()
        }

        fn stored(records: &[Self]) -> sea_orm::Condition {
            use sea_orm::ColumnTrait as _;
            let ids = records.iter().map(|record| record.external_id.as_str());
            sea_orm::Condition::all()
                .add($table::Column::ExternalSystem.eq($crate::crm::import::SYSTEM))
                .add($table::Column::ExternalId.is_in(ids))
        }

        fn conflict() -> Vec<$table::Column> {
            vec![$table::Column::ExternalSystem, $table::Column::ExternalId]
        }
    };
}
use known_by_external_id;
