//! What a brand does to a page.

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::colours::palette;
use crate::entities::brand;
use crate::error::Result;
use crate::ids::TeamId;

/// The look of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The company's name; empty for none.
    pub name: String,
    /// The style that sets the colours, if there are any.
    pub style: Option<String>,
    /// The logo.
    pub logo: Option<Logo>,
}

/// A logo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// Where it is.
    pub url: String,
    /// In pixels.
    pub width: i32,
    /// In pixels.
    pub height: i32,
    /// What it says to those who do not see it.
    pub alt: String,
}

/// The look of the pitches of whoever is in `team`: the team's, else the house's, else our own.
pub async fn look_of<C: ConnectionTrait>(db: &C, team: Option<TeamId>) -> Result<Look> {
    let team = team.map(|team| team.to_string());
    let scopes = team.iter().map(String::as_str).chain(["house"]);
    let rows = brand::Entity::find()
        .filter(brand::Column::Scope.is_in(scopes))
        .all(db)
        .await?;
    let (mut of_team, house): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.team_id.is_some());
    // What the team has not chosen for itself is the house's.
    Ok(match (of_team.pop(), house.first()) {
        (Some(team), Some(house)) => {
            let (own, shared) = (look(&team), look(house));
            Look {
                name: if own.name.is_empty() {
                    shared.name
                } else {
                    own.name
                },
                style: own.style.or(shared.style),
                logo: own.logo.or(shared.logo),
            }
        }
        (Some(team), None) => look(&team),
        (None, house) => house.map(look).unwrap_or_default(),
    })
}

fn look(row: &brand::Model) -> Look {
    Look {
        name: row.name.clone(),
        style: row.accent.as_deref().and_then(style),
        logo: logo(row),
    }
}

/// Only colours that [`palette`] wrote get into the style.
fn style(accent: &str) -> Option<String> {
    let palette = palette(accent).ok()?;
    let set = |shade: &super::Shade| {
        format!(
            ":root{{--accent:{};--on:{};--soft:{}}}",
            shade.accent, shade.on, shade.soft
        )
    };
    Some(format!(
        "{}@media(prefers-color-scheme:dark){{{}}}",
        set(&palette.light),
        set(&palette.dark)
    ))
}

fn logo(row: &brand::Model) -> Option<Logo> {
    let (hash, width, height) = (row.logo.as_ref()?, row.logo_width?, row.logo_height?);
    Some(Logo {
        url: format!("/logos/{hash}"),
        width,
        height,
        alt: row.name.clone(),
    })
}
