//! Opportunities: the list, the page of one, and its moves along the stages.

mod detail;
mod edit;
mod list;
mod summary;

pub use detail::{
    __path_get_opportunity, CampaignRef, CommitteeMember, OpportunityDetail, Stop, get_opportunity,
};
pub use edit::{__path_edit_opportunity, OpportunityEdit, edit_opportunity};
pub use list::{
    __path_list_opportunities, OpportunityQuery, OpportunitySort, OwnerFilter, list_opportunities,
};
pub use summary::{OpportunityAccount, OpportunitySummary};

pub(super) use summary::summaries;
