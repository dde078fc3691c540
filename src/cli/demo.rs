//! `lastmile demo`: the sample collateral with a year of history, ready to look at.

#![allow(clippy::print_stdout, reason = "addresses and sign-ins for a person")]

use std::path::{Path, PathBuf};

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::demo;
use crate::error::{Error, Result};

/// Where the demo's data go unless told otherwise; never where an installation's own data are.
const DATA_DIR: &str = "lastmile-demo-data";

/// Loads the demo where that has not been done, and serves it.
pub(super) async fn run(mut config: Config) -> Result<()> {
    if config.data_dir == Config::default().data_dir {
        config.data_dir = PathBuf::from(DATA_DIR);
    }
    let app = App::open(config.clone(), Clock::system()).await?;
    if !demo::is_loaded(&app).await? {
        let samples = samples()?;
        println!("Loading the demo into {}", config.data_dir.display());
        demo::load(&app, &samples, |text| println!("  {text}")).await?;
    }
    app.close().await?;
    // Opened again, the installation knows that it is a demo.
    super::serve::run_with(config, |address| {
        println!("\nLastmile is at http://{address}");
        for role in ["rep", "marketer", "manager", "admin"] {
            println!("  {role}@lastmile.example  password {}", demo::PASSWORD);
        }
        println!("API documentation: http://{address}/api/docs");
    })
    .await
}

/// The samples: in the working directory, beside the binary's checkout, or where it was built.
fn samples() -> Result<PathBuf> {
    let candidates = [
        PathBuf::from("content-samples"),
        Path::new(env!("CARGO_MANIFEST_DIR")).join("content-samples"),
    ];
    candidates
        .into_iter()
        .find(|folder| folder.join("manifest.toml").is_file())
        .ok_or_else(|| {
            Error::internal("the folder content-samples is missing; run the demo from a checkout")
        })
}
