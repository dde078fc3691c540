//! The blob store: files by the hash of their content, in a local folder or an S3-compatible bucket.
//!
//! It knows no asset and keeps no list; the database says which blobs exist. What lies under a hash never changes,
//! so a repeated write costs nothing and a reader may cache for ever.
//!
//! Invariant: a blob is readable under its name only when it is whole, and on disk before its address is returned.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::prefix::PrefixStore;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, WriteMultipart};
use tokio::io::AsyncReadExt as _;
use url::Url;

use crate::config::Config;
use crate::error::{Error, Result};

/// How much of a file is held in memory while it is written.
const PART: usize = 8 * 1024 * 1024;

/// The address of a blob: hex BLAKE3 of its content.
pub type Hash = String;

/// The store; cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

impl Blobs {
    /// Opens the configured store, making a local folder if it is missing.
    pub fn open(config: &Config) -> Result<Self> {
        let store: Arc<dyn ObjectStore> = match config.storage_url.as_deref() {
            Some(text) => open_url(text, config)?,
            None => open_folder(&config.data_dir.join("blobs"))?,
        };
        Ok(Self { store })
    }

    /// Stores the file at `path` and returns its address.
    pub async fn put_file(&self, path: &Path) -> Result<Hash> {
        let path = path.to_owned();
        let hashed = path.clone();
        let hash = tokio::task::spawn_blocking(move || hash_file(&hashed))
            .await
            .map_err(Error::internal)??;
        if self.contains(&hash).await? {
            return Ok(hash);
        }
        let mut file = tokio::fs::File::open(&path).await?;
        if file.metadata().await?.len() <= PART as u64 {
            let mut content = Vec::new();
            file.read_to_end(&mut content).await?;
            self.store
                .put(&location(&hash), content.into())
                .await
                .map_err(Error::internal)?;
            return Ok(hash);
        }
        let upload = self
            .store
            .put_multipart(&location(&hash))
            .await
            .map_err(Error::internal)?;
        let mut writer = WriteMultipart::new_with_chunk_size(upload, PART);
        let mut buffer = vec![0; 1024 * 1024];
        loop {
            let read = file.read(&mut buffer).await?;
            let Some(chunk) = buffer.get(..read).filter(|chunk| !chunk.is_empty()) else {
                break;
            };
            writer.wait_for_capacity(2).await.map_err(Error::internal)?;
            writer.write(chunk);
        }
        writer.finish().await.map_err(Error::internal)?;
        Ok(hash)
    }

    /// Stores `content` and returns its address.
    pub async fn put(&self, content: Bytes) -> Result<Hash> {
        let hash = blake3::hash(&content).to_hex().to_string();
        if !self.contains(&hash).await? {
            self.store
                .put(&location(&hash), content.into())
                .await
                .map_err(Error::internal)?;
        }
        Ok(hash)
    }

    /// Whether a blob is there.
    pub async fn contains(&self, hash: &str) -> Result<bool> {
        match self.store.head(&location(hash)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(Error::internal(error)),
        }
    }

    /// The whole of a small blob.
    pub async fn get(&self, hash: &str) -> Result<Bytes> {
        let found = self.store.get(&location(hash)).await.map_err(missing)?;
        found.bytes().await.map_err(Error::internal)
    }

    /// A blob, or `range` of its bytes, as a stream.
    pub async fn stream(
        &self,
        hash: &str,
        range: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, io::Result<Bytes>>> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let found = self
            .store
            .get_opts(&location(hash), options)
            .await
            .map_err(missing)?;
        Ok(found.into_stream().map_err(io::Error::other).boxed())
    }

    /// Copies a blob into the file at `path`.
    pub async fn save(&self, hash: &str, path: &Path) -> Result<()> {
        let mut stream = self.stream(hash, None).await?;
        let mut file = tokio::fs::File::create(path).await?;
        while let Some(chunk) = stream.try_next().await? {
            tokio::io::AsyncWriteExt::write_all(&mut file, &chunk).await?;
        }
        tokio::io::AsyncWriteExt::flush(&mut file).await?;
        Ok(())
    }

    /// Removes a blob, if it is there. The caller knows that nothing names it any more.
    pub async fn remove(&self, hash: &str) -> Result<()> {
        match self.store.delete(&location(hash)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Error::internal(error)),
        }
    }

    /// Writes, reads and compares a small blob; for `doctor` and readiness.
    pub async fn check(&self) -> Result<()> {
        let content = Bytes::from_static(b"lastmile storage check");
        let hash = self.put(content.clone()).await?;
        if self.get(&hash).await? == content {
            return Ok(());
        }
        Err(Error::internal("the blob store returned other bytes"))
    }
}

fn open_url(text: &str, config: &Config) -> Result<Arc<dyn ObjectStore>> {
    let url = Url::parse(text)
        .map_err(|error| Error::internal(format!("storage_url is not a URL: {error}")))?;
    match url.scheme() {
        "file" => open_folder(Path::new(url.path())),
        "s3" => {
            let bucket = url.host_str().unwrap_or_default();
            let mut builder = AmazonS3Builder::new()
                .with_bucket_name(bucket)
                .with_region(&config.storage_region);
            if let Some(endpoint) = &config.storage_endpoint {
                builder = builder
                    .with_endpoint(endpoint)
                    .with_allow_http(endpoint.starts_with("http://"));
            }
            if let (Some(key), Some(secret)) =
                (&config.storage_access_key, &config.storage_secret_key)
            {
                builder = builder
                    .with_access_key_id(key)
                    .with_secret_access_key(secret);
            }
            let store = builder.build().map_err(Error::internal)?;
            let prefix = url.path().trim_matches('/');
            if prefix.is_empty() {
                return Ok(Arc::new(store));
            }
            Ok(Arc::new(PrefixStore::new(store, prefix)))
        }
        other => Err(Error::internal(format!(
            "storage_url must begin with s3:// or file://, not {other}://"
        ))),
    }
}

fn open_folder(path: &Path) -> Result<Arc<dyn ObjectStore>> {
    std::fs::create_dir_all(path)?;
    let store = LocalFileSystem::new_with_prefix(path)
        .map_err(Error::internal)?
        .with_automatic_cleanup(true)
        // An upload is acknowledged once its row is on disk; its bytes must be there too.
        .with_fsync(true);
    Ok(Arc::new(store))
}

/// The address that the file at `path` has or would have. Blocks while it reads.
pub fn hash_file(path: &Path) -> Result<Hash> {
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut std::fs::File::open(path)?, &mut hasher)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// Spread over 256 folders, as file systems like it.
fn location(hash: &str) -> ObjectPath {
    let folder = hash.get(..2).unwrap_or("xx");
    ObjectPath::from_iter([folder, hash])
}

fn missing(error: object_store::Error) -> Error {
    match error {
        object_store::Error::NotFound { .. } => {
            tracing::error!(%error, "a blob that the database names is missing");
            Error::not_found("file")
        }
        other => Error::internal(other),
    }
}
