//! The binary; see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    rushes_cli::main()
}
