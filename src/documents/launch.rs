//! Programs of the system, started by a child that has entered its sandbox and so bound by it.
//!
//! The child waits for the program, because it must end it when the server is gone.

use std::path::Path;
use std::process::{Command, Stdio};

use super::{Failure, FailureCode};

/// How LibreOffice ends when it has made itself a profile and wants to be started again.
const START_AGAIN: i32 = 81;

/// Runs a program of the system to its end, in a folder of its own.
pub(super) fn run(program: &Path, arguments: &[String], folder: &Path) -> Result<(), Failure> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("LANG", "C.UTF-8")
        .env("HOME", folder)
        .env("TMPDIR", folder)
        .env("SAL_USE_VCLPLUGIN", "svp")
        .env("OSL_SOCKET_PATH", ".")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let mut run = || {
        let fault = |error| {
            Failure::internal(format!(
                "{} could not be started: {error}",
                program.display()
            ))
        };
        command.status().map_err(fault)
    };
    let mut status = run()?;
    if status.code() == Some(START_AGAIN) {
        status = run()?;
    }
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(
            FailureCode::Crashed,
            format!("{}: {status}", program.display()),
        ))
    }
}
