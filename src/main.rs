//! The `hostbased` command.

fn main() -> std::process::ExitCode {
    hostbased::cli::main()
}
