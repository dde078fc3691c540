//! Video: how long it is, how large, and a page that stands for it.
//!
//! Only the few boxes that say so are read, never the streams; a poster comes from ffmpeg if the machine has it, which
//! runs inside the limits of a child. The video itself is not changed.

mod boxes;

use std::path::Path;
use std::process::{Command, Stdio};

use super::pages::Pages;
use super::protocol::PageText;
use super::{Failure, FailureCode, Format, card, raster};

/// Makes the one page of a video.
pub(super) fn make_page(
    path: &Path,
    format: Format,
    poster: Option<&Path>,
    stem: &str,
    pages: &mut Pages<'_>,
) -> Result<(), Failure> {
    let about = boxes::read(path, format)?;
    pages.count(1, None)?;
    pages.read(PageText { number: 1, title: stem.to_owned(), ..PageText::default() })?;
    // A poster that cannot be read is no reason to refuse the video.
    let picture = match poster.map(|poster| raster::read(poster, Format::Png)) {
        Some(Ok(picture)) => picture,
        _ => card::draw_video(stem, &about.to_string())?,
    };
    pages.draw(1, &picture)
}

/// How LibreOffice ends when it has made itself a profile and wants to be started again.
const START_AGAIN: i32 = 81;

/// Runs a program of the system to its end. This process has entered its sandbox, so the program is bound too.
pub(super) fn launch(program: &Path, arguments: &[String], folder: &Path) -> Result<(), Failure> {
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
        let fault = |error| Failure::internal(format!("{} could not be started: {error}", program.display()));
        command.status().map_err(fault)
    };
    let mut status = run()?;
    if status.code() == Some(START_AGAIN) {
        status = run()?;
    }
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(FailureCode::Crashed, format!("{}: {status}", program.display())))
    }
}
