//! The only table of URLs: method, path, who may, what answers.
//!
//! Invariant: an address that is not here does not exist; the authorization test walks this table, and the OpenAPI
//! document must list exactly its `/api/v1` rows.

use actix_web::http::Method;

use crate::http::Access::{LinkToken, May, Public, SignedIn};
use crate::http::{Permission, Route};
use crate::{
    admin, alerts, analytics, auth, brands, crm, engagement, library, ops, pitches, recommend,
    search, signals, viewer, webapp,
};

/// Every route. Rows of one path stand together.
#[allow(clippy::too_many_lines, reason = "it is the one table")]
#[rustfmt::skip]
pub fn table() -> Vec<Route> {
    let rows = vec![
        // The prospect's page. It is asked for most, and the router tries the rows in their order.
        post("/p/{token}/events", LinkToken, engagement::take_events),
        get("/viewer/{file}", Public, viewer::reader_script),
        get("/p/{token}", LinkToken, viewer::page),
        get("/p/{token}/pages", LinkToken, viewer::pages),
        get("/p/{token}/cover.jpg", LinkToken, viewer::cover),
        get("/p/{token}/pages/{item}/{n}", LinkToken, viewer::page_picture),
        get("/p/{token}/pages/{item}/{n}/text", LinkToken, viewer::page_text),
        get("/p/{token}/pages/{item}/{n}/layout", LinkToken, viewer::page_layout),
        get("/p/{token}/search", LinkToken, viewer::search_text),
        get("/p/{token}/video/{item}", LinkToken, viewer::video),
        get("/p/{token}/captions/{item}/{id}", LinkToken, viewer::captions),
        get("/p/{token}/download/{item}", LinkToken, viewer::download),
        post("/p/{token}/share", LinkToken, viewer::share),
        post("/p/{token}/steps/{step}", LinkToken, viewer::tick_step),
        post("/p/{token}/gate", LinkToken, viewer::pass_gate),
        get("/p/{token}/status", LinkToken, viewer::status),
        get("/p/{token}/questions", LinkToken, viewer::questions),
        post("/p/{token}/questions", LinkToken, viewer::ask_question),
        get("/p/{token}/privacy", LinkToken, viewer::privacy),
        post("/p/{token}/privacy/name", LinkToken, viewer::choose_name),
        get("/p/{token}/dot", LinkToken, viewer::drawn),
        get("/p/{token}/index", LinkToken, viewer::trap),
        get("/p/{token}/privacy/copy", LinkToken, viewer::copy_own_data),
        post("/p/{token}/privacy/erase", LinkToken, viewer::erase_own_data),

        // Operation
        get("/healthz", Public, ops::healthz),
        get("/readyz", Public, ops::readyz),
        get("/metrics", May(Permission::Admin), ops::metrics),
        get("/api/openapi.json", Public, ops::openapi_document),
        get("/api/docs", Public, webapp::docs),
        get("/api/docs/{file}", Public, webapp::docs_asset),

        // Session and users
        post("/api/v1/session", Public, auth::sign_in),
        delete("/api/v1/session", SignedIn, auth::sign_out),
        get("/api/v1/me", SignedIn, auth::me),
        get("/api/v1/users", SignedIn, auth::list_users),
        get("/api/v1/teams", SignedIn, auth::list_teams),

        // Administration
        get("/api/v1/mails", May(Permission::Admin), admin::list_mails),
        get("/api/v1/webhooks", May(Permission::Admin), admin::list_webhooks),
        post("/api/v1/webhooks", May(Permission::Admin), admin::add_webhook),
        get("/api/v1/webhooks/{id}", May(Permission::Admin), admin::get_webhook),
        patch("/api/v1/webhooks/{id}", May(Permission::Admin), admin::edit_webhook),
        delete("/api/v1/webhooks/{id}", May(Permission::Admin), admin::delete_webhook),
        post("/api/v1/webhooks/{id}/ping", May(Permission::Admin), admin::ping_webhook),
        post("/api/v1/webhooks/{id}/rotate", May(Permission::Admin), admin::rotate_webhook),
        get("/api/v1/webhooks/{id}/deliveries", May(Permission::Admin), admin::list_deliveries),
        get("/api/v1/webhook-deliveries/{id}", May(Permission::Admin), admin::get_delivery),
        post("/api/v1/webhook-deliveries/{id}/replay", May(Permission::Admin), admin::replay_delivery),
        post("/api/v1/mails/{id}/send", May(Permission::Admin), admin::send_mail_again),
        get("/api/v1/audit", May(Permission::Admin), admin::list_audit),

        // Library
        get("/api/v1/assets", May(Permission::LibraryRead), library::list_assets),
        post("/api/v1/assets", May(Permission::LibraryWrite), library::upload_asset),
        get("/api/v1/assets/duplicates", May(Permission::LibraryWrite), library::list_duplicates),
        post("/api/v1/assets/duplicates/dismissals", May(Permission::LibraryWrite), library::dismiss_duplicate),
        get("/api/v1/assets/counts", May(Permission::LibraryRead), library::count_assets),
        post("/api/v1/assets/bulk", May(Permission::LibraryWrite), library::edit_assets),
        get("/api/v1/bulk-edits/{id}", May(Permission::LibraryWrite), library::get_bulk_edit),
        get("/api/v1/bulk-edits/{id}/items", May(Permission::LibraryWrite), library::list_bulk_items),
        get("/api/v1/assets/{id}", May(Permission::LibraryRead), library::get_asset),
        patch("/api/v1/assets/{id}", May(Permission::LibraryWrite), library::edit_asset),
        get("/api/v1/assets/{id}/duplicates", May(Permission::LibraryWrite), library::asset_duplicates),
        post("/api/v1/assets/{id}/merge", May(Permission::LibraryWrite), library::merge_asset),
        post("/api/v1/assets/{id}/versions", May(Permission::LibraryWrite), library::upload_version),
        post("/api/v1/assets/{id}/transitions", May(Permission::LibraryWrite), library::transition_asset),
        get("/api/v1/versions/{id}/pages", May(Permission::LibraryRead), library::list_pages),
        get("/api/v1/versions/{id}/pages/{n}", May(Permission::LibraryRead), library::get_page),
        get("/api/v1/versions/{id}/pages/{n}/image", May(Permission::LibraryRead), library::get_page_image),
        get("/api/v1/versions/{id}/file", May(Permission::LibraryRead), library::get_file),
        get("/api/v1/versions/{id}/diff", May(Permission::LibraryRead), library::diff_versions),
        post("/api/v1/versions/{id}/restore", May(Permission::LibraryWrite), library::restore_version),
        post("/api/v1/versions/{id}/conversion", May(Permission::LibraryWrite), library::convert_again),
        post("/api/v1/web-links", May(Permission::LibraryWrite), library::add_web_link),
        post("/api/v1/assets/{id}/fetch", May(Permission::LibraryWrite), library::fetch_again),
        get("/api/v1/content-imports", May(Permission::LibraryWrite), library::list_imports),
        post("/api/v1/content-imports", May(Permission::LibraryWrite), library::create_import),
        get("/api/v1/content-imports/{id}", May(Permission::LibraryWrite), library::get_import),
        delete("/api/v1/content-imports/{id}", May(Permission::LibraryWrite), library::cancel_import),
        get("/api/v1/content-imports/{id}/rows", May(Permission::LibraryWrite), library::list_import_rows),
        post("/api/v1/content-imports/{id}/start", May(Permission::LibraryWrite), library::start_import),
        options("/api/v1/uploads", Public, library::upload_options),
        post("/api/v1/uploads", May(Permission::LibraryWrite), library::create_upload),
        get("/api/v1/uploads/{id}", May(Permission::LibraryWrite), library::get_upload),
        post("/api/v1/uploads/{id}", May(Permission::LibraryWrite), library::override_upload_method),
        patch("/api/v1/uploads/{id}", May(Permission::LibraryWrite), library::append_to_upload),
        delete("/api/v1/uploads/{id}", May(Permission::LibraryWrite), library::delete_upload),
        get("/api/v1/assets/{id}/lifecycle", May(Permission::LibraryWrite), library::get_lifecycle),
        get("/api/v1/assets/{id}/comments", May(Permission::LibraryWrite), library::list_comments),
        post("/api/v1/assets/{id}/comments", May(Permission::LibraryWrite), library::add_comment),
        patch("/api/v1/comments/{id}", May(Permission::LibraryWrite), library::edit_comment),
        get("/api/v1/assets/{id}/costs", May(Permission::LibraryWrite), library::list_costs),
        post("/api/v1/assets/{id}/costs", May(Permission::LibraryWrite), library::add_cost),
        put("/api/v1/costs/{id}", May(Permission::LibraryWrite), library::edit_cost),
        delete("/api/v1/costs/{id}", May(Permission::LibraryWrite), library::delete_cost),
        post("/api/v1/cost-imports", May(Permission::LibraryWrite), library::import_costs),
        get("/api/v1/reviewers", May(Permission::LibraryWrite), library::list_reviewers),
        get("/api/v1/reviews", May(Permission::LibraryApprove), library::list_reviews),
        get("/api/v1/attention", May(Permission::LibraryWrite), library::get_attention),
        get("/api/v1/versions/{id}/captions/{language}", May(Permission::LibraryRead), library::get_captions),
        put("/api/v1/versions/{id}/captions/{language}", May(Permission::LibraryWrite), library::put_captions),
        delete("/api/v1/versions/{id}/captions/{language}", May(Permission::LibraryWrite), library::delete_captions),
        get("/api/v1/collections", May(Permission::LibraryRead), library::list_collections),
        post("/api/v1/collections", May(Permission::LibraryWrite), library::create_collection),
        get("/api/v1/collections/{id}", May(Permission::LibraryRead), library::get_collection),
        patch("/api/v1/collections/{id}", May(Permission::LibraryWrite), library::edit_collection),
        delete("/api/v1/collections/{id}", May(Permission::LibraryWrite), library::delete_collection),
        post("/api/v1/collections/{id}/assets", May(Permission::LibraryWrite), library::add_to_collection),
        delete("/api/v1/collections/{id}/assets/{asset}", May(Permission::LibraryWrite), library::remove_from_collection),
        get("/api/v1/vocabulary", May(Permission::LibraryRead), library::list_values),
        post("/api/v1/vocabulary", May(Permission::LibraryWrite), library::add_value),
        post("/api/v1/vocabulary/order", May(Permission::LibraryWrite), library::order_values),
        patch("/api/v1/vocabulary/{id}", May(Permission::LibraryWrite), library::edit_value),
        delete("/api/v1/vocabulary/{id}", May(Permission::LibraryWrite), library::remove_value),
        post("/api/v1/vocabulary/{id}/merge", May(Permission::LibraryWrite), library::merge_values),
        get("/api/v1/jobs", May(Permission::LibraryWrite), library::list_jobs),

        // Search
        get("/api/v1/search", May(Permission::LibraryRead), search::search),
        get("/api/v1/suggest", May(Permission::LibraryRead), search::suggest),
        post("/api/v1/search/reindex", May(Permission::Admin), search::reindex),
        post("/api/v1/searches/{id}/clicks", May(Permission::LibraryRead), search::add_click),
        get("/api/v1/synonyms", May(Permission::LibraryWrite), search::list_synonyms),
        post("/api/v1/synonyms", May(Permission::LibraryWrite), search::add_synonym),
        put("/api/v1/synonyms/{id}", May(Permission::LibraryWrite), search::edit_synonym),
        delete("/api/v1/synonyms/{id}", May(Permission::LibraryWrite), search::remove_synonym),
        get("/api/v1/opportunities/{id}/recommendations", May(Permission::CrmRead), recommend::recommendations),
        get("/api/v1/opportunities/{id}/stories", May(Permission::CrmRead), recommend::stories),
        get("/api/v1/opportunities/{id}/received", May(Permission::CrmRead), recommend::received_content),

        // Content that is missing
        get("/api/v1/content-requests", May(Permission::LibraryRead), search::list_requests),
        post("/api/v1/content-requests", May(Permission::LibraryRead), search::add_request),
        get("/api/v1/content-requests/{id}", May(Permission::LibraryRead), search::get_request),
        patch("/api/v1/content-requests/{id}", May(Permission::LibraryWrite), search::edit_request),
        post("/api/v1/content-requests/{id}/joins", May(Permission::LibraryRead), search::join_request),
        delete("/api/v1/content-requests/{id}/joins", May(Permission::LibraryRead), search::leave_request),

        // Live, visits, notifications
        get("/api/v1/live", May(Permission::EngagementRead), engagement::live),
        get("/api/v1/stream", May(Permission::EngagementRead), engagement::stream),
        get("/api/v1/opportunities/{id}/visits", May(Permission::EngagementRead), engagement::opportunity_visits),
        get("/api/v1/opportunities/{id}/viewers", May(Permission::EngagementRead), engagement::opportunity_viewers),
        put("/api/v1/visits/{id}/class", May(Permission::PitchWrite), engagement::classify_visit),
        get("/api/v1/visit-rules", May(Permission::EngagementRead), engagement::list_rules),
        post("/api/v1/visit-rules", May(Permission::EngagementManage), engagement::add_rule),
        delete("/api/v1/visit-rules/{id}", May(Permission::EngagementManage), engagement::revoke_rule),
        get("/api/v1/notifications", SignedIn, engagement::list_notifications),
        post("/api/v1/notifications/read", SignedIn, engagement::read_notifications),

        get("/api/v1/assets/{id}/superseded", May(Permission::EngagementRead), engagement::superseded_pages),
        post("/api/v1/assets/{id}/superseded/tell", May(Permission::PitchWrite), engagement::tell_readers),

        // Analytics
        get("/api/v1/analytics/content", May(Permission::AnalyticsRead), analytics::content),
        get("/api/v1/analytics/content/{id}", May(Permission::AnalyticsRead), analytics::asset),
        get("/api/v1/opportunities/{id}/content", May(Permission::EngagementRead), analytics::opportunity_content),

        // Pitches and links
        get("/api/v1/pitches", May(Permission::CrmRead), pitches::list_pitches),
        post("/api/v1/pitches", May(Permission::PitchWrite), pitches::create_pitch),
        get("/api/v1/pitches/{id}", May(Permission::CrmRead), pitches::get_pitch),
        put("/api/v1/pitches/{id}", May(Permission::PitchWrite), pitches::update_pitch),
        delete("/api/v1/pitches/{id}", May(Permission::PitchWrite), pitches::delete_pitch),
        post("/api/v1/pitches/{id}/replacements", May(Permission::PitchWrite), pitches::replace_item),
        get("/api/v1/pitches/{id}/revisions", May(Permission::CrmRead), pitches::list_revisions),
        get("/api/v1/pitches/{id}/revisions/{revision}", May(Permission::CrmRead), pitches::get_revision),
        post("/api/v1/pitches/{id}/revisions/{revision}/restore", May(Permission::PitchWrite), pitches::restore_revision),
        post("/api/v1/pitches/{id}/template", May(Permission::PitchWrite), pitches::apply_template),
        put("/api/v1/pitch-steps/{id}/done", May(Permission::PitchWrite), pitches::put_step_done),
        get("/api/v1/opportunities/{id}/steps", May(Permission::CrmRead), pitches::list_opportunity_steps),
        get("/api/v1/pitch-templates", May(Permission::TemplateWrite), pitches::list_templates),
        post("/api/v1/pitch-templates", May(Permission::TemplateWrite), pitches::create_template),
        get("/api/v1/pitch-templates/{id}", May(Permission::TemplateWrite), pitches::get_template),
        put("/api/v1/pitch-templates/{id}", May(Permission::TemplateWrite), pitches::update_template),
        delete("/api/v1/pitch-templates/{id}", May(Permission::TemplateWrite), pitches::delete_template),
        post("/api/v1/pitch-templates/{id}/pitches", May(Permission::PitchWrite), pitches::pitch_from_template),
        get("/api/v1/brands", May(Permission::BrandWrite), brands::list_brands),
        get("/api/v1/brands/colours", May(Permission::BrandWrite), brands::check_colour),
        put("/api/v1/brands/{scope}", May(Permission::BrandWrite), brands::put_brand),
        delete("/api/v1/brands/{scope}", May(Permission::BrandWrite), brands::delete_brand),
        put("/api/v1/brands/{scope}/logo", May(Permission::BrandWrite), brands::put_logo),
        delete("/api/v1/brands/{scope}/logo", May(Permission::BrandWrite), brands::delete_logo),
        get("/logos/{hash}", Public, brands::logo),
        get("/api/v1/flagged-items", May(Permission::CrmRead), pitches::list_flagged),
        get("/api/v1/assets/{id}/live-pitches", May(Permission::CrmRead), pitches::list_live_pitches),
        post("/api/v1/pitches/{id}/links", May(Permission::PitchWrite), pitches::create_links),
        get("/api/v1/links/{id}", May(Permission::CrmRead), pitches::get_link),
        patch("/api/v1/links/{id}", May(Permission::PitchWrite), pitches::edit_link),
        get("/api/v1/links/{id}/acceptances", May(Permission::CrmRead), pitches::list_acceptances),
        get("/api/v1/link-policy", May(Permission::PitchWrite), pitches::get_link_policy),
        get("/api/v1/link-policies", May(Permission::Admin), pitches::list_link_policies),
        put("/api/v1/link-policies/{whose}", May(Permission::Admin), pitches::put_link_policy),
        delete("/api/v1/link-policies/{whose}", May(Permission::Admin), pitches::delete_link_policy),
        get("/api/v1/terms", May(Permission::PitchWrite), pitches::list_terms),
        post("/api/v1/terms", May(Permission::Admin), pitches::add_terms),
        put("/api/v1/terms/{id}", May(Permission::Admin), pitches::edit_terms),
        delete("/api/v1/terms/{id}", May(Permission::Admin), pitches::retire_terms),
        post("/api/v1/links/{id}/revoke", May(Permission::PitchWrite), pitches::revoke_link),

        // Signals, scores and alerts
        get("/api/v1/signals", May(Permission::EngagementRead), signals::list_signals),
        patch("/api/v1/signals/{id}", May(Permission::EngagementRead), signals::handle_signal),
        get("/api/v1/opportunities/{id}/score", May(Permission::EngagementRead), signals::opportunity_score),
        get("/api/v1/contacts/{id}/score", May(Permission::EngagementRead), signals::contact_score),
        get("/api/v1/opportunities/{id}/watch", May(Permission::EngagementRead), alerts::get_watch),
        put("/api/v1/opportunities/{id}/watch", May(Permission::EngagementRead), alerts::put_watch),
        get("/api/v1/alert-settings", May(Permission::EngagementRead), alerts::get_alert_settings),
        put("/api/v1/alert-settings", May(Permission::EngagementRead), alerts::put_alert_settings),
        delete("/api/v1/alert-settings", May(Permission::EngagementRead), alerts::reset_alert_settings),
        get("/api/v1/teams/{id}/alert-settings", May(Permission::TeamLead), alerts::get_team_alert_settings),
        put("/api/v1/teams/{id}/alert-settings", May(Permission::TeamLead), alerts::put_team_alert_settings),

        // Sending
        get("/api/v1/pitches/{id}/briefing", May(Permission::PitchWrite), pitches::get_briefing),
        post("/api/v1/links/{id}/send", May(Permission::PitchWrite), pitches::send_link),
        post("/api/v1/links/{id}/override", May(Permission::ContactOverride), pitches::grant_override),
        get("/api/v1/links/{id}/qr", May(Permission::PitchWrite), pitches::get_qr),
        get("/api/v1/opportunities/{id}/spread", May(Permission::EngagementRead), pitches::opportunity_spread),
        post("/api/v1/bounces", Public, pitches::take_bounces),
        get("/opt-out/{token}", Public, viewer::opt_out_page),
        post("/opt-out/{token}", Public, viewer::opt_out),
        post("/preview/links/{id}/mail", May(Permission::PitchWrite), pitches::preview_mail),


        // Previews of the prospect's page
        get("/preview/pitches/{id}", May(Permission::PitchWrite), viewer::preview),
        get("/preview/pitches/{id}/pages", May(Permission::PitchWrite), viewer::preview_pages),
        get("/preview/pitches/{id}/pages/{item}/{n}", May(Permission::PitchWrite), viewer::preview_page_picture),
        get("/preview/pitches/{id}/pages/{item}/{n}/text", May(Permission::PitchWrite), viewer::preview_page_text),
        get("/preview/pitches/{id}/pages/{item}/{n}/layout", May(Permission::PitchWrite), viewer::preview_page_layout),
        get("/preview/pitches/{id}/search", May(Permission::PitchWrite), viewer::preview_search_text),
        get("/preview/pitches/{id}/video/{item}", May(Permission::PitchWrite), viewer::preview_video),
        get("/preview/pitches/{id}/captions/{item}/{caption}", May(Permission::PitchWrite), viewer::preview_captions),

        // Readers' questions
        get("/api/v1/questions", May(Permission::EngagementRead), viewer::list_questions),
        get("/api/v1/questions/open", May(Permission::EngagementRead), viewer::count_questions),
        put("/api/v1/questions/{id}/answer", May(Permission::PitchWrite), viewer::answer_question),

        // Customers
        get("/api/v1/accounts", May(Permission::CrmRead), crm::list_accounts),
        get("/api/v1/accounts/{id}", May(Permission::CrmRead), crm::get_account),
        get("/api/v1/contacts", May(Permission::CrmRead), crm::list_contacts),
        post("/api/v1/contacts", May(Permission::CrmWrite), crm::add_contact),
        get("/api/v1/contacts/{id}", May(Permission::CrmRead), crm::get_contact),
        post("/api/v1/contacts/{id}/restrictions", May(Permission::CrmWrite), crm::add_restriction),
        post("/api/v1/contacts/{id}/bounces", May(Permission::CrmWrite), crm::add_bounce),
        delete("/api/v1/contacts/{id}/bounces", May(Permission::CrmWrite), crm::clear_bounces),
        get("/api/v1/restrictions", May(Permission::ContactOverride), crm::list_restrictions),
        post("/api/v1/restrictions/{id}/lift", May(Permission::ContactOverride), crm::lift_restriction),
        get("/api/v1/opportunities", May(Permission::CrmRead), crm::list_opportunities),
        get("/api/v1/opportunities/{id}", May(Permission::CrmRead), crm::get_opportunity),
        patch("/api/v1/opportunities/{id}", May(Permission::CrmWrite), crm::edit_opportunity),
        get("/api/v1/opportunities/{id}/timeline", May(Permission::CrmRead), crm::opportunity_timeline),
        post("/api/v1/opportunities/{id}/activities", May(Permission::CrmWrite), crm::add_activity),
        post("/api/v1/imports", May(Permission::CrmImport), crm::import_file),
    ];
    rows.into_iter().map(|row| match row.access {
        LinkToken => row.refusing_with(viewer::draw_refusal),
        _ => row,
    }).collect()
}

macro_rules! methods {
    ($($name:ident $method:ident)+) => {$(
        fn $name<F, Args>(path: &'static str, access: crate::http::Access, handler: F) -> Route
        where
            F: actix_web::Handler<Args>,
            Args: actix_web::FromRequest + 'static,
            F::Output: actix_web::Responder + 'static,
        {
            Route::new(Method::$method, path, access, handler)
        }
    )+};
}

methods! { options OPTIONS get GET post POST put PUT patch PATCH delete DELETE }
