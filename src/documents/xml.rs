//! XML, element by element, with a cap on its depth.
//!
//! Names come without their prefixes: office formats use a handful of namespaces whose local names do not clash where
//! it matters here. Entities are never expanded, only the five predefined ones and characters given by number.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::limits::MAX_XML_DEPTH;
use super::{Failure, FailureCode};

/// One step through a document.
pub(super) enum Step<'a> {
    /// An element begins.
    Open(&'a Element<'a>),
    /// The element of this name ends.
    Close(&'a str),
    /// Characters between marks.
    Text(&'a str),
}

/// An element and its attributes.
pub(super) struct Element<'a>(&'a BytesStart<'a>);

impl Element<'_> {
    /// Its name without prefix.
    pub(super) fn name(&self) -> &str {
        let name = self.0.name().into_inner();
        local(name)
    }

    /// The attribute with this name, prefix or not.
    pub(super) fn attribute(&self, wanted: &str) -> Option<String> {
        let found = self
            .0
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|found| local(found.key.into_inner()) == wanted)?;
        quick_xml::escape::unescape(&found.value)
            .ok()
            .map(std::borrow::Cow::into_owned)
    }

    /// The attribute with this very name, prefix included.
    pub(super) fn prefixed_attribute(&self, wanted: &str) -> Option<String> {
        let found = self
            .0
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|found| found.key.into_inner() == wanted)?;
        quick_xml::escape::unescape(&found.value)
            .ok()
            .map(std::borrow::Cow::into_owned)
    }
}

/// Goes through a document. The visitor is given each step and the names of the elements around it.
pub(super) fn walk(
    text: &str,
    mut visit: impl FnMut(Step<'_>, &[String]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    walk_while(text, |step, around| visit(step, around).map(|()| true))
}

/// Goes through a document for as long as the visitor says so.
pub(super) fn walk_while(
    text: &str,
    mut visit: impl FnMut(Step<'_>, &[String]) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut around: Vec<String> = Vec::new();
    loop {
        let go_on = match reader
            .read_event()
            .map_err(|error| Failure::damaged(format!("XML: {error}")))?
        {
            Event::Start(start) => {
                let element = Element(&start);
                let go_on = visit(Step::Open(&element), &around)?;
                around.push(element.name().to_owned());
                if around.len() > MAX_XML_DEPTH {
                    let detail = format!("elements are nested more than {MAX_XML_DEPTH} deep");
                    return Err(Failure::new(FailureCode::MarkupBomb, detail));
                }
                go_on
            }
            Event::Empty(start) => {
                let element = Element(&start);
                visit(Step::Open(&element), &around)?
                    && visit(Step::Close(element.name()), &around)?
            }
            Event::End(_) => match around.pop() {
                Some(name) => visit(Step::Close(&name), &around)?,
                None => true,
            },
            Event::Text(text) => visit(Step::Text(&text.xml10_content()), &around)?,
            Event::CData(text) => visit(Step::Text(&text.xml10_content()), &around)?,
            Event::GeneralRef(reference) => match meaning(&reference) {
                Some(character) => visit(Step::Text(character.encode_utf8(&mut [0; 4])), &around)?,
                None => true,
            },
            Event::DocType(definition) if definition.contains("<!ENTITY") => {
                return Err(Failure::new(
                    FailureCode::MarkupBomb,
                    "the document defines entities",
                ));
            }
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => true,
        };
        if !go_on {
            return Ok(());
        }
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn meaning(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character);
    }
    match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Result<String, Failure> {
        let mut words = String::new();
        walk(text, |step, _| {
            if let Step::Text(text) = step {
                words.push_str(text);
            }
            Ok(())
        })?;
        Ok(words)
    }

    #[test]
    fn references_become_characters() {
        assert_eq!(
            words("<a>R&amp;D &lt;&#8364;&#x20AC; &other;</a>").unwrap(),
            "R&D <€€ "
        );
    }

    #[test]
    fn deep_nesting_is_refused() {
        let deep = "<a>".repeat(MAX_XML_DEPTH + 1);
        assert_eq!(words(&deep).unwrap_err().code, FailureCode::MarkupBomb);
    }

    #[test]
    fn entities_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>";
        assert_eq!(words(bomb).unwrap_err().code, FailureCode::MarkupBomb);
    }
}
