//! What makes collateral fit an opportunity, and how to say so.
//!
//! Every facet in common raises an asset's score by a fixed share, all of them together by less than half, so that the
//! text decides. What has worked before is no part of it: that comes from `recommend`, as a factor of its own.

use sea_orm::{ConnectionTrait, EntityTrait as _};

use crate::entities::{account, contact, opportunity};
use crate::error::Result;
use crate::index::{Dimension, Preference};
use crate::recommend::{Match, sentence};

/// Something about an opportunity that content may be made for.
#[derive(Clone, Debug)]
pub(super) struct Trait {
    /// What to look for.
    pub(super) preference: Preference,
    /// What it means when found.
    pub(super) reason: String,
}

/// What is known of the opportunity, in the order in which reasons are told.
pub(super) async fn traits<C: ConnectionTrait>(
    db: &C,
    opportunity: &opportunity::Model,
) -> Result<Vec<Trait>> {
    let account = account::Entity::find_by_id(opportunity.account_id)
        .one(db)
        .await?;
    let contact = match opportunity.primary_contact_id {
        Some(id) => contact::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    Ok(traits_of(
        opportunity,
        account.and_then(|account| account.industry),
        contact.and_then(|contact| contact.persona),
    ))
}

fn traits_of(
    opportunity: &opportunity::Model,
    industry: Option<String>,
    persona: Option<String>,
) -> Vec<Trait> {
    let stage = Some(opportunity.stage.as_str().to_owned());
    let (product, competitor) = (opportunity.product.clone(), opportunity.competitor.clone());
    let known = [
        (Dimension::Industry, Match::Industry, 0.12, industry),
        (Dimension::Product, Match::Product, 0.12, product),
        (Dimension::Stage, Match::Stage, 0.08, stage),
        (Dimension::Competitor, Match::Competitor, 0.08, competitor),
        (Dimension::Persona, Match::Persona, 0.06, persona),
    ];
    known
        .into_iter()
        .filter_map(|(dimension, meaning, weight, value)| {
            let value = value.filter(|value| !value.trim().is_empty())?;
            Some(Trait {
                reason: sentence(meaning, &value),
                preference: Preference {
                    dimension,
                    value,
                    weight,
                },
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};

    use super::*;
    use crate::entities::{Outcome, Stage};
    use crate::ids::{AccountId, OpportunityId};

    #[test]
    fn what_is_known_of_a_deal_becomes_reasons_and_never_outweighs_the_text() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let deal = opportunity::Model {
            id: OpportunityId::new(now),
            account_id: AccountId::new(now),
            name: String::new(),
            owner_id: None,
            stage: Stage::Evaluation,
            outcome: Outcome::Open,
            amount_minor: None,
            currency: None,
            product: Some("energy".to_owned()),
            competitor: Some(" ".to_owned()),
            opened_on: NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(),
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
        let traits = traits_of(&deal, Some("public_sector".to_owned()), None);
        let reasons: Vec<_> = traits.iter().map(|fit| fit.reason.as_str()).collect();
        assert_eq!(
            reasons,
            [
                "Made for public sector",
                "About Energy",
                "Fits the evaluation stage"
            ]
        );
        assert!(traits.iter().map(|fit| fit.preference.weight).sum::<f32>() < 0.5);
    }
}
