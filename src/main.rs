//! The binary; see [`lastmile::cli`].

/// The system's allocator keeps what a burst of requests took; this one gives it back and is faster at both.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    lastmile::cli::main()
}
