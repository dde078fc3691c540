//! The OpenAPI document, made from the handlers' own annotations.
//!
//! Invariant: it lists exactly the `/api/v1` rows of the table of routes (a test compares), and `openapi.json` at the
//! root of the project is this document (a test compares that too).

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::{admin, analytics, auth, crm, engagement, library, pitches, recommend, search};

/// The document.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Lastmile",
        description = "Self-hosted sales enablement with engagement tracking. Errors are `application/problem+json`; \
            lists are paged by cursor; edits need `If-Match`; `POST` honours `Idempotency-Key`.",
        license(name = "MIT OR Apache-2.0"),
    ),
    paths(
        auth::sign_in,
        auth::sign_out,
        auth::me,
        auth::list_users,
        admin::list_mails,
        admin::send_mail_again,
        auth::list_teams,
        library::list_assets,
        library::upload_asset,
        library::get_asset,
        library::edit_asset,
        library::upload_version,
        library::transition_asset,
        library::list_pages,
        library::get_page,
        library::get_page_image,
        library::get_file,
        library::diff_versions,
        library::restore_version,
        library::convert_again,
        library::add_web_link,
        library::fetch_again,
        library::list_duplicates,
        library::asset_duplicates,
        library::dismiss_duplicate,
        library::merge_asset,
        library::list_imports,
        library::create_import,
        library::get_import,
        library::cancel_import,
        library::list_import_rows,
        library::start_import,
        library::upload_options,
        library::create_upload,
        library::get_upload,
        library::append_to_upload,
        library::delete_upload,
        library::get_lifecycle,
        library::list_comments,
        library::add_comment,
        library::edit_comment,
        library::list_costs,
        library::add_cost,
        library::edit_cost,
        library::delete_cost,
        library::import_costs,
        library::list_reviewers,
        library::list_reviews,
        library::get_attention,
        library::count_assets,
        library::edit_assets,
        library::get_bulk_edit,
        library::list_bulk_items,
        library::get_captions,
        library::put_captions,
        library::delete_captions,
        library::list_collections,
        library::create_collection,
        library::get_collection,
        library::edit_collection,
        library::delete_collection,
        library::add_to_collection,
        library::remove_from_collection,
        library::list_values,
        library::add_value,
        library::order_values,
        library::edit_value,
        library::remove_value,
        library::merge_values,
        library::list_jobs,
        search::search,
        search::suggest,
        search::reindex,
        search::add_click,
        search::list_synonyms,
        search::add_synonym,
        search::edit_synonym,
        search::remove_synonym,
        recommend::recommendations,
        search::list_requests,
        search::add_request,
        search::get_request,
        search::edit_request,
        search::join_request,
        search::leave_request,
        engagement::live,
        engagement::stream,
        engagement::opportunity_visits,
        engagement::superseded_pages,
        engagement::tell_readers,
        engagement::list_notifications,
        engagement::read_notifications,
        analytics::content,
        analytics::asset,
        analytics::opportunity_content,
        crm::list_accounts,
        crm::get_account,
        crm::list_contacts,
        crm::add_contact,
        crm::list_opportunities,
        crm::get_opportunity,
        crm::edit_opportunity,
        crm::opportunity_timeline,
        crm::add_activity,
        crm::import_file,
        pitches::list_pitches,
        pitches::create_pitch,
        pitches::get_pitch,
        pitches::update_pitch,
        pitches::delete_pitch,
        pitches::replace_item,
        pitches::list_flagged,
        pitches::list_live_pitches,
        pitches::create_links,
        pitches::get_link,
        pitches::revoke_link,
        pitches::edit_link,
        pitches::list_acceptances,
        pitches::get_link_policy,
        pitches::list_link_policies,
        pitches::put_link_policy,
        pitches::delete_link_policy,
        pitches::list_terms,
        pitches::add_terms,
        pitches::edit_terms,
        pitches::retire_terms,
    ),
    modifiers(&Bearer),
    security(("bearer" = [])),
)]
pub struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}
