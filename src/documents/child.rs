//! The child process: one job, then the end.
//!
//! This is all that runs in the hidden subcommand `convert`. It reads its job, enters the sandbox, and only then opens
//! the file. It knows no server, no database and no network, and it may die at any moment: everything it has said and
//! written until then counts.

use std::io::{BufRead, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use super::limits::CODE_AND_FONTS_BYTES;
use super::pages::Pages;
use super::protocol::{Job, Message, PageSource, Task, drawing_path, outline_path};
use super::sandbox::{self, Quota};
use super::{Failure, FailureCode, Format};
use super::{archive, captions, card, launch, media, office, pdf, raster, sheet, vector, writing};

/// Parsers of nested things recurse; the default of two megabytes is little for them.
const STACK_BYTES: usize = 64 << 20;
/// Of a drawing that lacks more than this, more need not be said.
const MAX_TOLD_MISSING: usize = 20;

/// Runs the child: reads a job from standard input, does it, answers on standard output.
pub fn main() -> ExitCode {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    let Ok(Ok(job)) = read.map(|_| serde_json::from_str::<Job>(&line)) else {
        let _ = writeln!(
            std::io::stderr(),
            "This command is started by the server itself and takes no arguments."
        );
        return ExitCode::from(2);
    };
    let mut layers = enter_sandbox(&job);
    if matches!(job.task, Task::Probe) {
        sandbox::retain_what_holds(&mut layers);
    }
    // Threads are started after the sandbox was entered, so that they are bound by it.
    end_with_the_server();
    if say(&Message::Ready(layers)).is_err() {
        return ExitCode::FAILURE;
    }
    let work = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let last = match run(&job) {
                Ok(message) => message,
                Err(failure) => Message::Failed(failure),
            };
            say(&last)
        });
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => ExitCode::from(101),
    }
}

/// Writes one line of the answer.
pub(super) fn say(message: &Message) -> Result<(), Failure> {
    let mut line =
        serde_json::to_vec(message).map_err(|error| Failure::internal(error.to_string()))?;
    line.push(b'\n');
    let mut out = std::io::stdout().lock();
    out.write_all(&line)
        .and_then(|()| out.flush())
        .map_err(|error| Failure::internal(format!("the server does not listen: {error}")))
}

fn enter_sandbox(job: &Job) -> Vec<String> {
    let quota = Quota {
        data_bytes: Some(job.memory_bytes.saturating_sub(CODE_AND_FONTS_BYTES)),
        address_bytes: job.address_bytes,
        cpu_seconds: job.cpu_seconds,
        file_bytes: 64 << 20,
        descriptors: 32,
    };
    let tool = Quota {
        // What it has resident is watched from outside.
        data_bytes: None,
        file_bytes: 512 << 20,
        descriptors: 1_024,
        ..quota
    };
    match &job.task {
        Task::Launch { program, .. } => {
            let program = program.canonicalize().unwrap_or_else(|_| program.clone());
            let home = program.parent().unwrap_or(Path::new("/usr"));
            sandbox::enter_to_launch(tool, &[&job.input, home], &job.folder)
        }
        Task::Unpack(limits) => {
            let unpacking = Quota {
                // What is too large is noticed by counting; this is for a child that does not count.
                file_bytes: limits.file_bytes + (1 << 20),
                ..quota
            };
            sandbox::enter_to_parse(unpacking, &[&job.input], &job.folder)
        }
        _ => sandbox::enter_to_parse(quota, &[&job.input], &job.folder),
    }
}

/// Ends this process, and what it has started, when the server is gone.
///
/// The kernel's parent-death signal is not used for this: it is sent when the *thread* that started the child ends,
/// and a runtime may end its threads at will.
fn end_with_the_server() {
    let _ = std::thread::Builder::new().stack_size(64 << 10).spawn(|| {
        let mut rest = Vec::new();
        let _ = std::io::stdin().lock().read_to_end(&mut rest);
        // A child that parses may not signal, and needs not: it has started nothing.
        let _ = rustix::process::kill_current_process_group(rustix::process::Signal::KILL);
        std::process::exit(1);
    });
}

fn run(job: &Job) -> Result<Message, Failure> {
    match &job.task {
        Task::Probe => Ok(Message::Done),
        Task::Outline { format } => {
            let (format, outline) = office::read_outline(&job.input, *format)?;
            say(&Message::Recognised(format))?;
            outline.save(&outline_path(&job.folder))?;
            Ok(Message::Done)
        }
        Task::Draw { format } => {
            let missing = office::draw(&job.input, *format, &drawing_path(&job.folder))?;
            for warning in missing.into_iter().take(MAX_TOLD_MISSING) {
                say(&Message::Warning(warning))?;
            }
            Ok(Message::Done)
        }
        Task::Pages {
            source,
            first,
            step,
        } => {
            let mut pages = Pages::new(&job.folder, *first, *step, job.life_ms);
            make_pages(job, source, &mut pages)?;
            Ok(pages.hand_back().map_or(Message::Done, Message::HandBack))
        }
        Task::Notice {
            number,
            title,
            text,
        } => {
            let mut pages = Pages::new(&job.folder, *number, 1, job.life_ms);
            card::draw_notice(&mut pages, *number, title, text)?;
            Ok(Message::Done)
        }
        Task::Captions => {
            captions::keep(&job.input, &job.folder)?;
            Ok(Message::Done)
        }
        Task::Unpack(limits) => {
            archive::unpack(&job.input, &job.folder, *limits)?;
            Ok(Message::Done)
        }
        Task::Launch { program, arguments } => {
            launch::run(program, arguments, &job.folder)?;
            Ok(Message::Done)
        }
    }
}

fn make_pages(job: &Job, source: &PageSource, pages: &mut Pages<'_>) -> Result<(), Failure> {
    let input = job.input.as_path();
    match source {
        PageSource::Rendered(file) => {
            pdf::make_pages(file, Some(&outline_path(&job.folder)), pages)
        }
        PageSource::Outline(file) => office::make_cards(file, pages),
        PageSource::Video { format, poster } => {
            media::make_page(input, *format, poster.as_deref(), &job.stem, pages)
        }
        PageSource::Upload(format) => match format {
            Format::Pdf => pdf::make_pages(input, None, pages),
            Format::Xlsx | Format::Ods => sheet::make_pages(input, *format, pages),
            Format::Html | Format::Markdown | Format::Text => {
                writing::make_pages(input, *format, &job.stem, pages)
            }
            Format::Png | Format::Jpeg | Format::Webp | Format::Gif => {
                raster::make_page(input, *format, &job.stem, pages)
            }
            Format::Svg => vector::make_page(input, &job.stem, pages),
            Format::Pptx
            | Format::Docx
            | Format::Odp
            | Format::Odt
            | Format::Mp4
            | Format::Webm => Err(Failure::new(
                FailureCode::Internal,
                format!("{format} is not made into pages in one step"),
            )),
        },
    }
}
