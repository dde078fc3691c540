//! E-mail addresses as customers' data has them.

/// The address in lower case, if it can be one: something, an `@`, and a domain with a dot; no spaces.
pub(super) fn parse_email(text: &str) -> Result<String, String> {
    let address = text.trim().to_lowercase();
    let plausible = address.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.contains('@')
            && domain
                .split_once('.')
                .is_some_and(|(host, rest)| !host.is_empty() && !rest.is_empty())
    });
    if plausible && address.len() <= 254 && !address.contains(char::is_whitespace) {
        return Ok(address);
    }
    Err("must be an address, as in name@company.example".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_made_lower_case_and_trimmed() {
        assert_eq!(parse_email(" Ada@Example.COM ").unwrap(), "ada@example.com");
    }

    #[test]
    fn what_cannot_be_an_address_is_refused() {
        for text in [
            "", "ada", "@a.b", "a@b", "a@.b", "a@b.", "a@b@c.d", "a b@c.d",
        ] {
            assert!(parse_email(text).is_err(), "{text}");
        }
    }
}
