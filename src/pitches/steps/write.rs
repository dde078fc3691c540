//! Writing the steps of a pitch.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};

use super::input::StepInput;
use crate::entities::pitch_step;
use crate::error::Result;
use crate::ids::{PitchId, PitchStepId};

/// Makes `wanted` the steps of `pitch`. A step that stays is changed in its own row and only in what an edit is about,
/// so that a tick that comes in at the same moment is not undone.
pub(in crate::pitches) async fn replace_steps<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    pitch: PitchId,
    wanted: Vec<StepInput>,
) -> Result<()> {
    let present: HashSet<PitchStepId> = pitch_step::Entity::find()
        .filter(pitch_step::Column::PitchId.eq(pitch))
        .all(db)
        .await?
        .into_iter()
        .map(|step| step.id)
        .collect();
    let mut kept = HashSet::new();
    let mut new = Vec::new();
    for (position, step) in (0_i32..).zip(wanted) {
        let row = pitch_step::ActiveModel {
            position: Set(position),
            side: Set(step.side),
            what: Set(step.what),
            who: Set(step.who),
            due_on: Set(step.due_on),
            ..Default::default()
        };
        match step
            .id
            .filter(|id| present.contains(id) && !kept.contains(id))
        {
            Some(id) => {
                kept.insert(id);
                pitch_step::Entity::update_many()
                    .set(row)
                    .filter(pitch_step::Column::Id.eq(id))
                    .exec(db)
                    .await?;
            }
            None => new.push(pitch_step::ActiveModel {
                id: Set(PitchStepId::new(now)),
                pitch_id: Set(pitch),
                done_at: Set(None),
                done_by: Set(None),
                done_link_id: Set(None),
                created_at: Set(now),
                ..row
            }),
        }
    }
    let gone: Vec<PitchStepId> = present.difference(&kept).copied().collect();
    if !gone.is_empty() {
        pitch_step::Entity::delete_many()
            .filter(pitch_step::Column::Id.is_in(gone))
            .exec(db)
            .await?;
    }
    if !new.is_empty() {
        pitch_step::Entity::insert_many(new).exec(db).await?;
    }
    Ok(())
}
