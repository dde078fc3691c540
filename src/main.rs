//! The executable.

use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(lastmile::documents::SUBCOMMAND) {
        return lastmile::documents::child::main();
    }
    ExitCode::FAILURE
}
