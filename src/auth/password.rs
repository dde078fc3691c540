//! Argon2id with the library's recommended costs, on the blocking threads.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

use crate::error::{Error, Result};

/// The hash of a password, in PHC form.
pub async fn hash_password(password: String) -> Result<String> {
    tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| Error::internal(error.to_string()))
    })
    .await
    .map_err(Error::internal)?
}

/// Whether `password` is the one behind `hash`. Without a hash the same work is done and the answer is no, so that
/// the time taken does not tell whether a user exists.
pub async fn verify_password(password: String, hash: Option<String>) -> Result<bool> {
    tokio::task::spawn_blocking(move || {
        let argon2 = Argon2::default();
        if let Some(hash) = hash {
            return argon2
                .verify_password(password.as_bytes(), hash.as_str())
                .is_ok();
        }
        let _ = argon2.hash_password(password.as_bytes());
        false
    })
    .await
    .map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let hash = hash_password("correct horse".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(
            verify_password("correct horse".to_owned(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !verify_password("battery staple".to_owned(), Some(hash))
                .await
                .unwrap()
        );
        assert!(!verify_password("anything".to_owned(), None).await.unwrap());
    }
}
