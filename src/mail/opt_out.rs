//! The token by which the reader of a mail says that they want no more: the mail's id, signed. Whoever holds the mail holds
//! it; the database alone does not yield it.

use uuid::Uuid;

use crate::ids::MailId;
use crate::keys::{Keys, Purpose};

/// As many hex digits as a UUID has.
const ID_DIGITS: usize = 32;

/// The path under which opting out stands, with the token.
pub fn opt_out_path(token: &str) -> String {
    format!("/opt-out/{token}")
}

/// The token of a mail.
pub fn opt_out_token(keys: &Keys, mail: MailId) -> String {
    let mac = keys.mac(Purpose::OptOut, mail.0.as_bytes()).to_hex();
    let signature: String = mac.chars().take(ID_DIGITS).collect();
    format!("{}{signature}", mail.0.simple())
}

/// The mail of a token that [`opt_out_token`] made.
pub fn mail_of_opt_out(keys: &Keys, token: &str) -> Option<MailId> {
    let (id, _) = token.split_at_checked(ID_DIGITS)?;
    let mail = MailId(Uuid::try_parse(id).ok()?);
    // Hashes are compared in constant time.
    let expected = blake3::hash(opt_out_token(keys, mail).as_bytes());
    (blake3::hash(token.as_bytes()) == expected).then_some(mail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_we_signed_names_a_mail() {
        let keys = Keys::from_secret("a secret");
        let mail = MailId(Uuid::now_v7());
        let token = opt_out_token(&keys, mail);
        assert_eq!(mail_of_opt_out(&keys, &token), Some(mail));
        let forged = format!("{}{}", Uuid::now_v7().simple(), token.split_at(32).1);
        for wrong in ["", "é", token.split_at(1).1, &forged, &token.to_uppercase()] {
            assert_eq!(mail_of_opt_out(&keys, wrong), None, "{wrong}");
        }
        assert_eq!(mail_of_opt_out(&Keys::from_secret("other"), &token), None);
    }
}
