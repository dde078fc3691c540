//! `lastmile doctor`: checks an installation and says what to mend.

#![allow(clippy::print_stdout, reason = "a report for a person")]

use std::path::Path;

use crate::blobs::Blobs;
use crate::config::Config;
use crate::db::Db;
use crate::documents::{self, ConverterOptions, Tool};
use crate::error::{Error, Result};
use crate::mail::Mailer;

/// How a check went.
enum Finding {
    Good(String),
    Poor(String),
    Bad(String),
}

use Finding::{Bad, Good, Poor};

/// Prints every setting and the outcome of every check; fails when something must be mended.
pub(super) async fn run(config: Config) -> Result<()> {
    println!("Settings");
    let settings = serde_json::to_value(&config).map_err(Error::internal)?;
    for (name, value) in settings.as_object().into_iter().flatten() {
        println!("  {name:<22} {}", without_password(value));
    }
    println!(
        "  {:<22} {}",
        "secret",
        if config.secret.is_some() {
            "set"
        } else {
            "in the data directory"
        }
    );

    println!("\nChecks");
    let converter = documents::status(&ConverterOptions::default()).await;
    let findings = [
        ("data directory", data_dir(&config.data_dir)),
        ("database", database(&config).await),
        ("storage", storage(&config).await),
        ("LibreOffice", office(&converter)),
        (
            "ffmpeg",
            tool(
                converter.ffmpeg.as_ref(),
                "videos have no poster; install ffmpeg",
            ),
        ),
        ("mail", mail(&config).await),
        ("sandbox", sandbox(&converter)),
        ("app", app()),
    ];
    let mut bad = 0;
    for (what, finding) in &findings {
        let (mark, text) = match finding {
            Good(text) => ("ok  ", text),
            Poor(text) => ("poor", text),
            Bad(text) => {
                bad += 1;
                ("BAD ", text)
            }
        };
        println!("  {mark} {what:<16} {text}");
    }
    if bad > 0 {
        return Err(Error::internal(format!(
            "{bad} of the checks failed; see above"
        )));
    }
    Ok(())
}

/// A setting for people to see: addresses of databases carry passwords.
fn without_password(value: &serde_json::Value) -> String {
    let text = match value {
        serde_json::Value::Null => return "not set".to_owned(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match url::Url::parse(&text) {
        Ok(mut url) if url.password().is_some() => {
            // A URL with a password has a host, so that this cannot fail.
            let _ = url.set_password(Some("***"));
            url.into()
        }
        _ => text,
    }
}

fn data_dir(path: &Path) -> Finding {
    let check = std::fs::create_dir_all(path).and_then(|()| tempfile::tempfile_in(path));
    match check {
        Ok(_) => Good(format!("{} can be written", path.display())),
        Err(error) => Bad(format!("{} cannot be written: {error}", path.display())),
    }
}

async fn database(config: &Config) -> Finding {
    let check = async {
        let db = Db::connect(&config.database_url(), 1).await?;
        db.ping().await?;
        let pending = db.pending_migrations().await?;
        db.close().await?;
        Ok::<_, Error>(pending)
    };
    match check.await {
        Ok(0) => Good("reachable, schema up to date".to_owned()),
        Ok(pending) => Poor(format!(
            "reachable; {pending} migrations will run at the next start"
        )),
        Err(error) => Bad(error.to_string()),
    }
}

async fn storage(config: &Config) -> Finding {
    let check = async { Blobs::open(config)?.check().await };
    match check.await {
        Ok(()) => Good("written and read back".to_owned()),
        Err(error) => Bad(error.to_string()),
    }
}

async fn mail(config: &Config) -> Finding {
    let mailer = match Mailer::new(config) {
        Ok(mailer) => mailer,
        Err(error) => return Bad(error.to_string()),
    };
    if !mailer.is_configured() {
        return Poor(
            "no mail server: mails are written and held; set smtp_url and mail_from".to_owned(),
        );
    }
    match mailer.check().await {
        Ok(()) => Good("the mail server answers".to_owned()),
        Err(error) => Bad(error.to_string()),
    }
}

fn tool(found: Option<&Tool>, without: &str) -> Finding {
    match found {
        Some(tool) => Good(format!("{} ({})", tool.version, tool.path.display())),
        None => Poor(format!("missing: {without}")),
    }
}

fn office(status: &documents::Status) -> Finding {
    if status.soffice.is_none() && status.embedded_office {
        return Good(
            "missing; this build draws PPTX and DOCX itself (embedded-office), and shows ODP and ODT as \
             text cards"
                .to_owned(),
        );
    }
    tool(
        status.soffice.as_ref(),
        "Office files are shown as text cards; install libreoffice-impress-nogui, \
         libreoffice-writer-nogui and libreoffice-calc-nogui",
    )
}

fn sandbox(status: &documents::Status) -> Finding {
    let in_force = status.sandbox.join(", ");
    if status.sandbox_missing.is_empty() {
        return Good(in_force);
    }
    let missing = status.sandbox_missing.join(", ");
    Poor(format!("{in_force}; this kernel does not offer {missing}"))
}

fn app() -> Finding {
    if crate::webapp::is_built() {
        return Good("built in".to_owned());
    }
    Poor("not built; run npm ci && npm run build in web/, then build the server again".to_owned())
}
