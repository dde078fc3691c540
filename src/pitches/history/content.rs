//! What a revision keeps beside the title.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde::{Deserialize, Serialize};

use crate::entities::{pitch, pitch_item, pitch_step};
use crate::error::Result;
use crate::pitches::input::PitchItemInput;
use crate::pitches::steps::StepInput;

/// Message, items and steps, as callers send them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::pitches) struct Content {
    /// The words above the pages.
    pub message: String,
    /// What it shows, in order.
    pub items: Vec<PitchItemInput>,
    /// Who does what by when.
    pub steps: Vec<StepInput>,
}

/// What `pitch` holds now.
pub(in crate::pitches) async fn content_of<C: ConnectionTrait>(
    db: &C,
    pitch: &pitch::Model,
) -> Result<Content> {
    let items = pitch_item::Entity::find()
        .filter(pitch_item::Column::PitchId.eq(pitch.id))
        .order_by_asc(pitch_item::Column::Position)
        .all(db)
        .await?;
    let steps = pitch_step::Entity::find()
        .filter(pitch_step::Column::PitchId.eq(pitch.id))
        .order_by_asc(pitch_step::Column::Position)
        .all(db)
        .await?;
    Ok(Content {
        message: pitch.message.clone(),
        items: items
            .into_iter()
            .map(|item| PitchItemInput {
                asset_id: item.asset_id,
                page_number: item.page_number,
                note: item.note,
                section: item.section,
                version_id: item.version_id,
            })
            .collect(),
        steps: steps
            .into_iter()
            .map(|step| StepInput {
                id: Some(step.id),
                side: step.side,
                what: step.what,
                who: step.who,
                due_on: step.due_on,
            })
            .collect(),
    })
}
