//! Conversions through the real executable, from file to pages.

mod fixtures;
mod formats;
mod hostile;
mod office;
mod support;
