//! The binary; see [`lastmile::cli`].

fn main() -> std::process::ExitCode {
    lastmile::cli::main()
}
