//! Assets to documents: what the index knows of an asset, read from the database.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use tantivy::schema::{Field, TantivyDocument};

use super::analysis::{Depth, analysis_of, composed, field_of, fields_of, folded, prefixes_of};
use super::schema::{COVER, Dimension, Fields, TEXT};
use crate::entities::{Facet, asset, asset_facet, asset_version, page};
use crate::error::Result;
use crate::ids::AssetId;

/// An asset with everything that is indexed of it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The asset.
    pub(super) asset: asset::Model,
    /// What it is for.
    pub(super) facets: Vec<asset_facet::Model>,
    /// What it shows.
    pub(super) version: Option<asset_version::Model>,
    /// The pages of that.
    pub(super) pages: Vec<page::Model>,
}

/// Reads these assets in four queries; one that is gone is not among them.
pub(super) async fn load<C: ConnectionTrait>(db: &C, ids: &[AssetId]) -> Result<Vec<Entry>> {
    let assets = asset::Entity::find()
        .filter(asset::Column::Id.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let current: Vec<_> = assets
        .iter()
        .filter_map(|asset| asset.current_version_id)
        .collect();
    let versions = asset_version::Entity::find()
        .filter(asset_version::Column::Id.is_in(current.iter().copied()))
        .all(db)
        .await?;
    let rows = page::Entity::find()
        .filter(page::Column::VersionId.is_in(current))
        .order_by_asc(page::Column::Number)
        .all(db)
        .await?;
    let mut pages: HashMap<_, Vec<_>> = HashMap::new();
    for mut row in rows {
        row.title = composed(row.title);
        row.text = composed(row.text);
        pages.entry(row.version_id).or_default().push(row);
    }
    let rows = asset_facet::Entity::find()
        .filter(asset_facet::Column::AssetId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let mut facets: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        facets.entry(row.asset_id).or_default().push(row);
    }
    let mut versions: HashMap<_, _> = versions
        .into_iter()
        .map(|version| (version.id, version))
        .collect();
    Ok(assets
        .into_iter()
        .map(|mut asset| {
            asset.title = composed(asset.title);
            asset.description = composed(asset.description);
            let version = asset.current_version_id.and_then(|id| versions.remove(&id));
            Entry {
                facets: facets.remove(&asset.id).unwrap_or_default(),
                pages: version
                    .as_ref()
                    .and_then(|version| pages.remove(&version.id))
                    .unwrap_or_default(),
                version,
                asset,
            }
        })
        .collect())
}

impl Entry {
    /// The asset's documents: its cover, then its pages.
    pub(super) fn documents(&self, fields: &Fields, depth: Depth) -> Vec<TantivyDocument> {
        let analysis = analysis_of(self.asset.language.as_deref(), depth);
        let about = self.about();
        let mut cover = self.common(fields);
        cover.add_text(fields.role, COVER);
        cover.add_u64(fields.page, 0);
        cover.add_u64(fields.pages, self.pages.len() as u64);
        cover.add_text(fields.analysis, analysis);
        cover.add_pre_tokenized_text(fields.prefix, prefixes_of(&[&self.asset.title]));
        if self.pages.is_empty() {
            let title = self.asset.title.as_str();
            cover.add_text(fields.role, TEXT);
            cover.add_text(fields.words, [title, about.as_str()].join(" "));
            let text = fields_of(analysis, &[title, &about]);
            cover.add_pre_tokenized_text(fields.all, text.telling);
            cover.add_pre_tokenized_text(fields.exact, text.all);
            cover.add_pre_tokenized_text(fields.begins, prefixes_of(&[title]));
            cover.add_pre_tokenized_text(fields.title, field_of(analysis, &[title]));
            cover.add_pre_tokenized_text(fields.about, field_of(analysis, &[&about]));
        }
        let pages = self.pages.iter().map(|page| {
            let mut document = self.common(fields);
            document.add_text(fields.role, TEXT);
            document.add_u64(fields.page, u64::try_from(page.number).unwrap_or(0));
            document.add_u64(fields.pages, 0);
            document.add_text(fields.analysis, analysis);
            self.add_text(fields, &mut document, page, analysis, &about);
            document
        });
        std::iter::once(cover).chain(pages).collect()
    }

    fn add_text(
        &self,
        fields: &Fields,
        document: &mut TantivyDocument,
        page: &page::Model,
        analysis: &str,
        about: &str,
    ) {
        let beginning = folded(&page.text.chars().take(600).collect::<String>());
        let mut titles = vec![self.asset.title.as_str()];
        if folded(&page.title) != folded(&self.asset.title) {
            titles.push(&page.title);
        }
        // A heading that the text begins with must not count twice.
        let mut texts: Vec<_> = titles
            .iter()
            .copied()
            .filter(|title| !beginning.contains(&folded(title)))
            .collect();
        texts.push(&page.text);
        document.add_text(fields.page_title, &page.title);
        document.add_text(fields.content, &page.text);
        document.add_text(fields.words, [texts.join(" "), about.to_owned()].join(" "));
        let text = fields_of(analysis, &texts);
        document.add_pre_tokenized_text(fields.all, text.telling);
        document.add_pre_tokenized_text(fields.exact, text.all);
        document.add_pre_tokenized_text(fields.begins, prefixes_of(&titles));
        document.add_pre_tokenized_text(fields.title, field_of(analysis, &titles));
        document.add_pre_tokenized_text(fields.about, field_of(analysis, &[about]));
        document.add_pre_tokenized_text(fields.prefix, prefixes_of(&[&page.title]));
    }

    /// What every document of the asset says, so that each can be filtered, counted and sorted for itself.
    fn common(&self, fields: &Fields) -> TantivyDocument {
        let asset = &self.asset;
        let mut document = TantivyDocument::default();
        document.add_text(fields.asset, asset.id.to_string());
        document.add_u64(fields.key, group_key(asset.id));
        document.add_text(fields.state, asset.state.as_str());
        document.add_text(fields.asset_title, &asset.title);
        document.add_text(fields.order, folded(&asset.title));
        let since = self
            .version
            .as_ref()
            .map_or(asset.created_at, |version| version.created_at);
        document.add_i64(fields.time, since.timestamp_micros());
        if let Some(version) = &self.version {
            document.add_text(fields.version, version.id.to_string());
        }
        for (dimension, value) in self.dimensions() {
            document.add_text(fields.dimension(dimension), value);
        }
        document
    }

    fn dimensions(&self) -> Vec<(Dimension, &str)> {
        let mut values = vec![(Dimension::Kind, self.asset.kind.as_str())];
        if let Some(language) = &self.asset.language {
            values.push((Dimension::Language, language));
        }
        for row in &self.facets {
            let dimension = match row.facet {
                Facet::Product => Dimension::Product,
                Facet::Industry => Dimension::Industry,
                Facet::Stage => Dimension::Stage,
                Facet::Persona => Dimension::Persona,
                Facet::Region => Dimension::Region,
                Facet::Competitor => Dimension::Competitor,
                Facet::Tag => Dimension::Tag,
            };
            values.push((dimension, &row.value));
        }
        values
    }

    /// What people say about the asset, as one text.
    fn about(&self) -> String {
        let mut parts = vec![self.asset.description.clone()];
        parts.push(self.asset.kind.as_str().replace('_', " "));
        parts.extend(self.facets.iter().map(|row| row.value.replace('_', " ")));
        parts.extend(self.version.iter().map(|version| version.file_name.clone()));
        parts.join("\n")
    }
}

/// The term that finds all documents of an asset.
pub(super) fn asset_term(field: Field, id: AssetId) -> tantivy::Term {
    tantivy::Term::from_field_text(field, &id.to_string())
}

/// The random half of the id.
pub(super) fn group_key(id: AssetId) -> u64 {
    id.0.as_u64_pair().1
}
