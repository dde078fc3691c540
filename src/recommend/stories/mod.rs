//! The customer story for a pitch: what this prospect has told of its conflict, beside the stories of similar customers.
//!
//! `matching.rs` decides, over words and facets and nothing else; `load.rs` fetches what it decides over; `handler.rs`
//! answers. It proposes and never puts anything into a pitch by itself.
//!
//! Invariant: where no story tells of what was heard, none is proposed, and the answer says so.

mod handler;
mod load;
mod matching;

pub use handler::{
    __path_stories, ConflictSource, ConflictView, Stories, StoriesQuery, StoryPage, StoryView,
    stories,
};
