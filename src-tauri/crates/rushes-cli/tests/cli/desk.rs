//! A data directory and a working folder, and the binary run in them.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Working folder of a test; removed when dropped.
pub struct Desk {
    folder: tempfile::TempDir,
}

/// Result of running the binary.
pub struct Answer {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Desk {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn data_dir(&self) -> PathBuf {
        self.path("data")
    }

    /// The binary with this data directory, ready to run.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rushes-cli"));
        command
            .env("RUSHES_DATA_DIR", self.data_dir())
            .env_remove("RUST_LOG")
            .current_dir(self.folder.path())
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    /// Runs with `--json`.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Answer {
        let arguments = arguments.into_iter().map(|argument| argument.as_ref().to_owned());
        self.plain(std::iter::once(OsString::from("--json")).chain(arguments))
    }

    /// Runs without `--json`.
    pub fn plain<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Answer {
        let output = self.command(arguments).output().unwrap();
        Answer {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Answer {
    /// The one document on stdout.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("stdout is no single document ({error}): {self:?}"))
    }

    /// The document of a successful run.
    pub fn done(&self) -> Value {
        assert_eq!(self.status, 0, "{self:?}");
        self.json()
    }

    /// Code and message of the error document of a failed run.
    pub fn error(&self) -> (String, String) {
        let json = self.json();
        let text = |key: &str| {
            json[key]
                .as_str()
                .unwrap_or_else(|| panic!("no {key} in the error document: {self:?}"))
                .to_owned()
        };
        text("detail");
        (text("code"), text("message"))
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "status {}\nstdout: {}\nstderr: {}", self.status, self.stdout, self.stderr)
    }
}

/// A string inside a document.
pub fn text(json: &Value) -> String {
    json.as_str().unwrap_or_else(|| panic!("no text: {json}")).to_owned()
}

/// The items of a list inside a document.
pub fn list(json: &Value) -> Vec<Value> {
    json.as_array().unwrap_or_else(|| panic!("no list: {json}")).clone()
}
