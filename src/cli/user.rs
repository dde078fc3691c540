//! `lastmile user`: the first administrator has nobody to ask.

#![allow(clippy::print_stdout, reason = "an answer to a person")]

use std::io::BufRead as _;

use clap::Subcommand;

use crate::app::App;
use crate::auth::{NewUser, add_user, hash_password};
use crate::clock::Clock;
use crate::config::Config;
use crate::entities::Role;
use crate::error::{Error, Result};

const SHORTEST_PASSWORD: usize = 10;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a user; the password is read from standard input.
    Add {
        /// The address to sign in with.
        #[arg(long)]
        email: String,
        /// The name others see.
        #[arg(long)]
        name: String,
        /// rep, marketer, manager or admin.
        #[arg(long)]
        role: Role,
        /// The team's name; made if missing.
        #[arg(long)]
        team: Option<String>,
        /// IANA name.
        #[arg(long, default_value = "Europe/Berlin")]
        time_zone: String,
    },
}

pub(super) async fn run(config: Config, command: Command) -> Result<()> {
    let Command::Add {
        email,
        name,
        role,
        team,
        time_zone,
    } = command;
    println!("Password (at least {SHORTEST_PASSWORD} characters), then Enter:");
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(Error::field(
            "password",
            format!("The password must have at least {SHORTEST_PASSWORD} characters."),
        ));
    }
    let app = App::open(config, Clock::system()).await?;
    let hash = hash_password(password).await?;
    let tx = app.db.begin().await?;
    let new = NewUser {
        email: email.clone(),
        name,
        role,
        team,
        time_zone,
        active: true,
        password_hash: Some(hash),
    };
    add_user(&tx, app.clock.now(), new).await?;
    tx.commit().await?;
    println!("{email} can sign in.");
    Ok(())
}
