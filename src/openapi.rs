//! The OpenAPI document, made from the handlers' own annotations.
//!
//! Invariant: it lists exactly the `/api/v1` rows of the table of routes (a test compares), and `openapi.json` at the
//! root of the project is this document (a test compares that too).

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::{admin, analytics, auth, crm, engagement, library, pitches, search};

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
        library::list_collections,
        library::list_jobs,
        search::search,
        search::suggest,
        engagement::live,
        engagement::stream,
        engagement::opportunity_visits,
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
        pitches::create_links,
        pitches::get_link,
        pitches::revoke_link,
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
