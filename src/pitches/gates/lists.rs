//! Lists of addresses and domains: who may read, and who may not.

use serde_json::Value;

use crate::entities::pitch_link;
use crate::error::FieldError;

/// The longest list; longer ones are a sign that there should be no list.
const MOST: usize = 200;

/// Addresses (`ann@example.com`) and domains (`example.com`), lower case, in the order in which they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries(Vec<String>);

impl Entries {
    /// The entries that a column holds.
    pub fn of(column: Option<&Value>) -> Self {
        let entries = column.and_then(Value::as_array).map(|list| {
            list.iter()
                .filter_map(|entry| entry.as_str().map(str::to_owned))
                .collect()
        });
        Self(entries.unwrap_or_default())
    }

    /// What somebody typed, trimmed and lower case; `@example.com` and `*@example.com` mean the domain. Every fault is
    /// named under `field`.
    pub fn parse(field: &str, typed: &[String]) -> Result<Self, Vec<FieldError>> {
        let mut entries = Vec::new();
        let mut faults = Vec::new();
        for (index, text) in typed.iter().enumerate() {
            let text = text.trim().to_lowercase();
            let entry = text
                .strip_prefix("*@")
                .or_else(|| text.strip_prefix('@'))
                .unwrap_or(&text);
            if entry.is_empty() {
                continue;
            }
            if !is_address(entry) && !is_domain(entry) {
                faults.push(FieldError {
                    field: format!("{field}[{index}]"),
                    detail: "Write an address (ann@example.com) or a domain (example.com)."
                        .to_owned(),
                });
                continue;
            }
            if !entries.iter().any(|known| known == entry) {
                entries.push(entry.to_owned());
            }
        }
        if entries.len() > MOST {
            faults.push(FieldError {
                field: field.to_owned(),
                detail: format!("A list has {MOST} entries at the most."),
            });
        }
        if faults.is_empty() {
            Ok(Self(entries))
        } else {
            Err(faults)
        }
    }

    /// As a column holds it; nothing for an empty list.
    pub fn column(&self) -> Option<Value> {
        (!self.0.is_empty()).then(|| Value::from(self.0.clone()))
    }

    /// The entries.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// Whether the list has nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the list has this address or its domain. A domain stands for its subdomains too.
    pub fn has(&self, email: &str) -> bool {
        let email = email.to_lowercase();
        let host = email.rsplit_once('@').map_or("", |(_, host)| host);
        self.0.iter().any(|entry| {
            entry.contains('@') && entry == &email
                || (!entry.contains('@')
                    && (host == entry
                        || host
                            .strip_suffix(entry.as_str())
                            .is_some_and(|front| front.ends_with('.'))))
        })
    }
}

/// Whether the lists of `link` let this address in. Who is denied stays out, whatever allows them.
pub(super) fn lets_in(link: &pitch_link::Model, email: &str) -> bool {
    let allowed = Entries::of(link.allowed.as_ref());
    let denied = Entries::of(link.denied.as_ref());
    !denied.has(email) && (allowed.is_empty() || allowed.has(email))
}

/// Whether `text` is written like an address.
pub fn is_address(text: &str) -> bool {
    text.len() <= 254
        && text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && is_domain(host) && !text.contains(char::is_whitespace)
        })
}

fn is_domain(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|label| {
            !label.is_empty()
                && label
                    .chars()
                    .all(|letter| letter.is_alphanumeric() || letter == '-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&str]) -> Entries {
        let typed: Vec<String> = entries.iter().map(|entry| (*entry).to_owned()).collect();
        Entries::parse("allow", &typed).unwrap()
    }

    #[test]
    fn a_domain_stands_for_its_subdomains_and_for_nothing_that_only_ends_alike() {
        let list = list(&["Example.com", "ann@other.example"]);
        assert!(list.has("Bo@example.com"));
        assert!(list.has("bo@mail.example.com"));
        assert!(list.has("ANN@other.example"));
        for stranger in [
            "bo@badexample.com",
            "bo@example.com.evil.test",
            "bo@other.example",
            "example.com",
            "bo@example.com@evil.test",
        ] {
            assert!(!list.has(stranger), "{stranger}");
        }
    }

    #[test]
    fn what_is_neither_address_nor_domain_is_named() {
        let typed = [
            "@example.com".to_owned(),
            "nonsense".to_owned(),
            " ".to_owned(),
        ];
        let faults = Entries::parse("deny", &typed).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].field, "deny[1]");
        assert_eq!(
            list(&["*@a.example", "@a.example"]).as_slice(),
            ["a.example"]
        );
    }
}
