//! The installation's secret and what is derived from it.
//!
//! One random secret lies in the data directory (or comes from configuration, so that several nodes share it);
//! every use derives its own key from it. It is not a password store.
//!
//! Invariant: the secret itself is never used as a key, and neither it nor a derived key is ever logged.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng as _;

use crate::error::{Error, Result};
use crate::ids::{LinkCodeId, LinkId};

/// 20 bytes: more than anybody can guess, and short enough for a chat message.
const TOKEN_BYTES: usize = 20;

/// What a derived key is for; each purpose gets a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signs the access tokens of users.
    AccessToken,
    /// Makes the tokens of pitch links from their ids.
    LinkToken,
    /// Signs the token by which a browser may report on its visit.
    VisitToken,
    /// Makes the signing secrets of webhooks from their ids.
    WebhookSecret,
    /// Signs what a browser keeps of the gates that it passed.
    LinkPass,
    /// Makes the codes that prove an address from their ids.
    LinkCode,
    /// Signs the address by which a mail's reader opts out.
    OptOut,
    /// Signs what a browser keeps of its reader's choice to view a link without a name.
    Nameless,
    /// Seals replies that are kept to be repeated.
    KeptReply,
}

impl Purpose {
    /// The context string of the derivation; changing one invalidates what was made with it.
    const fn context(self) -> &'static str {
        match self {
            Self::AccessToken => "lastmile 2026 access token",
            Self::LinkToken => "lastmile 2026 link token",
            Self::VisitToken => "lastmile 2026 visit token",
            Self::WebhookSecret => "lastmile 2026 webhook secret",
            Self::LinkPass => "lastmile 2026 link pass",
            Self::LinkCode => "lastmile 2026 link code",
            Self::OptOut => "lastmile 2026 opt-out token",
            Self::Nameless => "lastmile 2026 nameless viewing",
            Self::KeptReply => "lastmile 2026 kept reply",
        }
    }
}

/// The installation's secret; cheap to clone.
#[derive(Clone)]
pub struct Keys {
    secret: [u8; 32],
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Keys {
    /// Keys from a configured secret of any length.
    pub fn from_secret(secret: &str) -> Self {
        Self {
            secret: *blake3::hash(secret.as_bytes()).as_bytes(),
        }
    }

    /// Reads `secret.key` in `data_dir`, or makes one that only the owner can read.
    pub fn load_or_create(data_dir: &Path) -> std::io::Result<Self> {
        let path = data_dir.join("secret.key");
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self::from_secret(text.trim())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let text = random_text(32);
                let mut file = fs::OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(&path)?;
                file.write_all(text.as_bytes())?;
                file.sync_all()?;
                Ok(Self::from_secret(&text))
            }
            Err(error) => Err(error),
        }
    }

    /// The key for one purpose.
    pub fn derive(&self, purpose: Purpose) -> [u8; 32] {
        blake3::derive_key(purpose.context(), &self.secret)
    }

    /// A message authentication code over `message` under the key of `purpose`.
    pub fn mac(&self, purpose: Purpose, message: &[u8]) -> blake3::Hash {
        blake3::keyed_hash(&self.derive(purpose), message)
    }

    /// `text` so that only this installation can read it, and only as what belongs to `about` (AES-256-GCM; the nonce
    /// comes first, all of it in base64).
    pub fn seal(&self, purpose: Purpose, about: &str, text: &[u8]) -> Result<String> {
        let mut sealed = text.to_vec();
        let nonce = self
            .cipher(purpose)?
            .seal_in_place_append_tag(Aad::from(about), &mut sealed)
            .map_err(|_| Error::internal("a text could not be sealed"))?;
        let mut bytes = nonce.as_ref().to_vec();
        bytes.append(&mut sealed);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What was [sealed](Self::seal); `None` where it was not, or for something else, or under another secret.
    pub fn open(&self, purpose: Purpose, about: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, rest) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut rest = rest.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let text = self
            .cipher(purpose)
            .ok()?
            .open_in_place(nonce, Aad::from(about), &mut rest)
            .ok()?;
        Some(text.to_vec())
    }

    fn cipher(&self, purpose: Purpose) -> Result<RandomizedNonceKey> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.derive(purpose))
            .map_err(|_| Error::internal("a derived key has the wrong length"))
    }

    /// The token of a link: 160 bits that nobody can guess, and that can be made again from the link's id.
    pub fn link_token(&self, link: LinkId) -> String {
        let mac = self.mac(Purpose::LinkToken, link.0.as_bytes());
        let bytes: Vec<u8> = mac.as_bytes().iter().copied().take(TOKEN_BYTES).collect();
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The six digits that prove an address. They can be made again from the id, so they are stored nowhere.
    pub fn one_time_code(&self, id: LinkCodeId) -> String {
        let mac = self.mac(Purpose::LinkCode, id.0.as_bytes());
        let number = mac
            .as_bytes()
            .iter()
            .take(8)
            .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        format!("{:06}", number % 1_000_000)
    }
}

/// URL-safe text of `bytes` random bytes from the operating system's generator.
pub fn random_text(bytes: usize) -> String {
    let mut buffer = vec![0_u8; bytes];
    rand::rng().fill_bytes(&mut buffer);
    URL_SAFE_NO_PAD.encode(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_has_its_own_key() {
        let keys = Keys::from_secret("a secret");
        assert_ne!(
            keys.derive(Purpose::AccessToken),
            keys.derive(Purpose::LinkToken)
        );
    }

    #[test]
    fn what_is_sealed_opens_for_its_own_purpose_and_place_only() {
        let keys = Keys::from_secret("a secret");
        let seal = |text: &[u8]| keys.seal(Purpose::KeptReply, "one", text).unwrap();
        let sealed = seal(b"a token");
        assert_ne!(sealed, seal(b"a token"), "every seal differs");
        let open = |keys: &Keys, purpose, about: &str, text: &str| keys.open(purpose, about, text);
        let found = open(&keys, Purpose::KeptReply, "one", &sealed);
        assert_eq!(found.as_deref(), Some(&b"a token"[..]));
        assert_eq!(open(&keys, Purpose::KeptReply, "two", &sealed), None);
        assert_eq!(open(&keys, Purpose::LinkPass, "one", &sealed), None);
        let others = Keys::from_secret("another secret");
        assert_eq!(open(&others, Purpose::KeptReply, "one", &sealed), None);
        for text in ["", "AAAA", "{\"plain\":1}"] {
            assert_eq!(open(&keys, Purpose::KeptReply, "one", text), None);
        }
    }

    #[test]
    fn the_secret_survives_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let first = Keys::load_or_create(dir.path()).unwrap();
        let second = Keys::load_or_create(dir.path()).unwrap();
        assert_eq!(
            first.derive(Purpose::VisitToken),
            second.derive(Purpose::VisitToken)
        );
    }
}
