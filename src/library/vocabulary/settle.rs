//! What an asset is to be given, in the vocabulary's words: known ones in its spelling, new ones added to it.

use std::collections::BTreeMap;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::UNPLACED;
use crate::entities::{Facet, facet_value};
use crate::error::{Error, FieldError, Result};
use crate::index::nearest;
use crate::library::metadata::one_line;
use crate::library::views::Facets;

/// How a word is compared.
pub(in crate::library) fn folded(value: &str) -> String {
    one_line(value).to_lowercase()
}

/// `wanted` in the vocabulary's words. What the vocabulary does not have is added to it; unknown stages, and retired
/// words that the asset does not have yet (`had`), are refused with the words that may have been meant.
pub(in crate::library) async fn settle<C: ConnectionTrait>(
    tx: &C,
    mut wanted: Facets,
    had: &Facets,
) -> Result<Facets> {
    let mut known = find(tx, &wanted, true).await?;
    refuse(tx, &wanted, had, &known).await?;
    let new: Vec<_> = Facet::ALL
        .iter()
        .flat_map(|facet| wanted.get(*facet).iter().map(|value| (*facet, value)))
        .filter(|(facet, value)| !known.contains_key(&(*facet, folded(value))))
        .map(|(facet, value)| (facet, value.clone()))
        .collect();
    if !new.is_empty() {
        add(tx, new).await?;
        // Somebody else may have added one of them at the same moment, in another spelling.
        known = find(tx, &wanted, true).await?;
    }
    for facet in Facet::ALL.iter().copied() {
        for value in wanted.get_mut(facet) {
            if let Some(row) = known.get(&(facet, folded(value))) {
                value.clone_from(&row.value);
            }
        }
    }
    Ok(wanted)
}

/// Whether [`settle`] would refuse any of it. Nothing is written, and nobody waits.
pub(in crate::library) async fn check_words<C: ConnectionTrait>(
    db: &C,
    wanted: &Facets,
    had: &Facets,
) -> Result<()> {
    let known = find(db, wanted, false).await?;
    refuse(db, wanted, had, &known).await
}

/// Names every word that cannot be given.
async fn refuse<C: ConnectionTrait>(
    db: &C,
    wanted: &Facets,
    had: &Facets,
    known: &BTreeMap<(Facet, String), facet_value::Model>,
) -> Result<()> {
    let mut errors = Vec::new();
    for facet in Facet::ALL.iter().copied() {
        for value in wanted.get(facet) {
            match known.get(&(facet, folded(value))) {
                Some(row) if row.retired && !has(had, facet, &row.folded) => {
                    errors.push(FieldError {
                        field: format!("facets.{facet}"),
                        detail: format!("\"{}\" is retired and not given any more.", row.value),
                    });
                }
                None if facet == Facet::Stage => errors.push(unknown_stage(db, value).await?),
                _ => {}
            }
        }
    }
    if errors.is_empty() {
        return Ok(());
    }
    Err(Error::fields(errors))
}

/// The words of these facets that the vocabulary has. Where they are to be `kept`, they stay as they are until the
/// transaction ends, so that no renaming passes between looking and writing.
async fn find<C: ConnectionTrait>(
    db: &C,
    wanted: &Facets,
    kept: bool,
) -> Result<BTreeMap<(Facet, String), facet_value::Model>> {
    let mut any = Condition::any();
    for facet in Facet::ALL.iter().copied() {
        let values = wanted.get(facet);
        if !values.is_empty() {
            any = any.add(
                Condition::all()
                    .add(facet_value::Column::Facet.eq(facet))
                    .add(facet_value::Column::Folded.is_in(values.iter().map(|one| folded(one)))),
            );
        }
    }
    if any.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut select = facet_value::Entity::find()
        .filter(any)
        .order_by_asc(facet_value::Column::Id);
    if kept {
        select = select.lock_shared();
    }
    let rows = select.all(db).await?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.facet, row.folded.clone()), row))
        .collect())
}

async fn add<C: ConnectionTrait>(tx: &C, values: Vec<(Facet, String)>) -> Result<()> {
    let rows = values
        .into_iter()
        .map(|(facet, value)| row_of(facet, &value));
    let known = OnConflict::columns([facet_value::Column::Facet, facet_value::Column::Folded])
        .do_nothing()
        .to_owned();
    facet_value::Entity::insert_many(rows)
        .on_conflict(known)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// A new word, without a place of its own.
pub(super) fn row_of(facet: Facet, value: &str) -> facet_value::ActiveModel {
    facet_value::ActiveModel {
        facet: Set(facet),
        value: Set(one_line(value)),
        folded: Set(folded(value)),
        position: Set(UNPLACED),
        retired: Set(false),
        revision: Set(1),
        ..Default::default()
    }
}

fn has(facets: &Facets, facet: Facet, word: &str) -> bool {
    facets.get(facet).iter().any(|value| folded(value) == word)
}

async fn unknown_stage<C: ConnectionTrait>(db: &C, value: &str) -> Result<FieldError> {
    let meant = similar(db, Facet::Stage, &folded(value)).await?;
    let hint = meant
        .first()
        .map(|word| format!(" Did you mean {word}?"))
        .unwrap_or_default();
    Ok(FieldError {
        field: "facets.stage".to_owned(),
        detail: format!("There is no stage \"{value}\".{hint}"),
    })
}

/// The word that may have been meant by `word`, which the vocabulary does not have: spelled nearly so, or the same
/// but for spaces and signs.
pub(super) async fn similar<C: ConnectionTrait>(
    db: &C,
    facet: Facet,
    word: &str,
) -> Result<Vec<String>> {
    let rows = facet_value::Entity::find()
        .filter(facet_value::Column::Facet.eq(facet))
        .filter(facet_value::Column::Retired.eq(false))
        .order_by_asc(facet_value::Column::Folded)
        .limit(COMPARED)
        .all(db)
        .await?;
    let plain = letters(word);
    let alike = rows.iter().find(|row| letters(&row.folded) == plain);
    let near = || {
        let words = rows.iter().map(|row| (row.folded.as_str(), 1));
        let word = nearest(word, words)?;
        rows.iter().find(|row| row.folded == word)
    };
    Ok(alike
        .or_else(near)
        .map(|row| row.value.clone())
        .into_iter()
        .collect())
}

/// More words than this are not compared one by one.
const COMPARED: u64 = 2_000;

fn letters(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).collect()
}
