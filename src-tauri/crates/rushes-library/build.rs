//! Builds the crate anew when what its SQL is checked against has changed. Cargo does not
//! see files that macros read.

fn main() {
    for folder in ["../../../migrations", "../../../.sqlx"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
