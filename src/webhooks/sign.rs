//! Signatures and secrets as Standard Webhooks 1.0 say: HMAC-SHA256 over `id.timestamp.body`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::entities::webhook;
use crate::ids::WebhookId;
use crate::keys::{Keys, Purpose};

/// The secret of a webhook that bears this number. It is made again whenever it is needed and kept nowhere.
fn secret(keys: &Keys, webhook: WebhookId, number: i32) -> [u8; 32] {
    let mut message = webhook.0.as_bytes().to_vec();
    message.extend(number.to_be_bytes());
    *keys.mac(Purpose::WebhookSecret, &message).as_bytes()
}

/// The secret as the receiver is given it.
pub fn secret_text(keys: &Keys, webhook: &webhook::Model) -> String {
    let secret = secret(keys, webhook.id, webhook.secret_number);
    format!("whsec_{}", STANDARD.encode(secret))
}

/// The `webhook-signature` of a message: by the secret of today and, for a while after a rotation, by the one before.
pub fn signatures(
    keys: &Keys,
    webhook: &webhook::Model,
    id: &str,
    now: DateTime<Utc>,
    body: &str,
) -> String {
    let mut numbers = vec![webhook.secret_number];
    if webhook.old_secret_until.is_some_and(|until| now < until) {
        numbers.push(webhook.secret_number - 1);
    }
    let signed = numbers
        .into_iter()
        .map(|number| sign(&secret(keys, webhook.id, number), id, now.timestamp(), body));
    signed.collect::<Vec<_>>().join(" ")
}

/// One signature.
pub fn sign(secret: &[u8], id: &str, timestamp: i64, body: &str) -> String {
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return String::new();
    };
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_the_example_of_the_specification() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(
            sign(
                &secret,
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                r#"{"test": 2432232314}"#
            ),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn each_webhook_and_each_rotation_has_its_own_secret() {
        let keys = Keys::from_secret("a secret");
        let id = WebhookId::new(DateTime::UNIX_EPOCH);
        let other = WebhookId::new(DateTime::UNIX_EPOCH);
        assert_ne!(secret(&keys, id, 1), secret(&keys, id, 2));
        assert_ne!(secret(&keys, id, 1), secret(&keys, other, 1));
        assert_eq!(secret(&keys, id, 1), secret(&keys, id, 1));
    }
}
