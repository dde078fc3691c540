//! How a team's pitches look: the company's name, its logo, its colour; for the house, or for one team.
//!
//! What is shown is made from the chosen colour so that text on it, and it as text, can be read: WCAG AA, on light and on
//! dark ground. A logo is drawn anew by the converter's child; the file that was sent is never served.
//!
//! Invariant: whoever has no brand gets the look of the house, and without one our own; nothing on the prospect's page
//! depends on a brand being there.

mod colours;
mod edit;
mod list;
mod logo;
mod look;
mod scope;

pub use colours::{Palette, Shade, palette};
pub use edit::{
    __path_check_colour, __path_delete_brand, __path_put_brand, BrandEdit, ColourQuery,
    check_colour, delete_brand, put_brand, save_brand,
};
pub use list::{__path_list_brands, BrandView, Brands, list_brands};
pub use logo::{__path_delete_logo, __path_put_logo, delete_logo, logo, put_logo};
pub use look::{Logo, Look, look_of};
