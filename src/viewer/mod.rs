//! The prospect's page: drawn on the server, readable without script, and the same page as a preview for the rep.
//!
//! What a pitch shows is decided by `pitches`; what the page's script reports is taken by `engagement`. Whether
//! anything is recorded is decided here, on the server: a preview carries no visit token.
//!
//! Invariants: nothing is served or done before `Audience::admit` has let the browser in, and nothing that the pitch of
//! the link does not show today; the page is one request before its
//! pictures and names no other host.

mod act;
mod audience;
mod browser;
mod closed;
mod content;
mod contents;
mod cover;
mod download;
mod fold;
mod gate;
mod kept;
mod opt_out;
mod page;
mod pages;
mod picture;
mod privacy;
mod questions;
mod reader;
mod refusal;
mod render;
mod rows;
mod search;
mod share;
mod status;
mod steps;
mod text_layer;
mod traces;
mod video;
mod watermark;

pub use cover::cover;
pub use download::download;
pub use gate::pass_gate;
pub use kept::Pages;
pub use opt_out::{opt_out, opt_out_page};
pub use page::{page, preview};
pub use pages::{PagesQuery, pages, preview_pages};
pub use picture::{page_picture, page_text, preview_page_picture, preview_page_text};
pub use privacy::{NameChoice, OwnVisit, choose_name, copy_own_data, erase_own_data, privacy};
pub use questions::{
    __path_answer_question, __path_count_questions, __path_list_questions, Answer, Asked, Asker,
    NewQuestion, OpenQuestions, QuestionState, QuestionView, QuestionsQuery, QuestionsShown,
    add_question, answer_as_owner, answer_question, ask_question, count_questions, list_questions,
    questions,
};
pub(crate) use reader::reader_path;
pub use reader::reader_script;
pub use refusal::draw_refusal;
pub use search::{SearchQuery, preview_search_text, search_text};
pub use share::share;
pub use status::status;
pub use steps::tick_step;
pub use text_layer::{page_layout, preview_page_layout};
pub use traces::{drawn, trap};
pub use video::{captions, preview_captions, preview_video, video};
pub use watermark::Watermarks;

/// The page's style, as `npm run build:viewer` makes it.
const STYLE: &str = include_str!("../../web/viewer/dist/viewer.css");
/// The page's script, as `npm run build:viewer` makes it.
const SCRIPT: &str = include_str!("../../web/viewer/dist/tracker.js");
/// The style of the next steps, only on pages that have some.
const STEPS_STYLE: &str = include_str!("../../web/viewer/dist/steps.css");
/// The script of the next steps, only on pages where some can be ticked off.
const STEPS_SCRIPT: &str = include_str!("../../web/viewer/dist/steps.js");
/// The style of the sender's message, only on pages that have one.
const MESSAGE_STYLE: &str = include_str!("../../web/viewer/dist/message.css");
/// The style of the gates, beside the page's.
const GATE_STYLE: &str = include_str!("../../web/viewer/gate.css");
