//! Every command with ids of another profile: the answer is the same as for ids
//! that never existed, and nothing in that profile changes.
//!
//! The table below is checked against the command tree: a command missing from
//! it fails the test, and so does an id argument it does not cover.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

use crate::desk::{Answer, Desk, text};
use crate::film;

/// How a command is tested. In the lines, `{project}` and the like are ids of
/// another profile, `{own.project}` is an id of the caller's.
enum Tried {
    /// Takes ids: each line must answer not found.
    WithIds(&'static [&'static str]),
    /// Takes no ids: each line succeeds and reveals nothing of others.
    Alone(&'static [&'static str]),
    /// Manages the profiles themselves, whose names are public; each line names
    /// a profile that never existed.
    Profiles(&'static [&'static str]),
}

use Tried::{Alone, Profiles, WithIds};

const TABLE: &[(&str, Tried)] = &[
    ("library check", Alone(&["library check"])),
    ("library snapshot", Alone(&["library snapshot"])),
    ("library restore", Profiles(&[])),
    ("profile list", Profiles(&[])),
    ("profile create", Profiles(&[])),
    ("profile rename", Profiles(&["profile rename {nobody} Cleo"])),
    ("profile recolour", Profiles(&["profile recolour {nobody} #000000"])),
    ("profile set-default", Profiles(&["profile set-default {nobody}"])),
    ("profile delete", Profiles(&["profile delete {nobody} --confirm Ana"])),
    ("profile overview", Alone(&["profile overview"])),
    (
        "profile weights",
        Alone(&["profile weights", "profile weights --motion 40", "profile weights --reset"]),
    ),
    (
        "profile settings",
        Alone(&[
            "profile settings",
            "profile settings --output-folder .",
            "profile settings --clip-files true",
        ]),
    ),
    ("project list", Alone(&["project list", "project list --trashed", "project list --search ana"])),
    ("project create", Alone(&["project create Another"])),
    ("project sample", Alone(&[])),
    ("project show", WithIds(&["project show {project}", "project show Ana's"])),
    ("project progress", WithIds(&["project progress {project}"])),
    ("project update", WithIds(&["project update {project} --name Mine"])),
    ("project delete", WithIds(&["project delete {project}"])),
    ("project restore", WithIds(&["project restore {project}"])),
    ("source add", WithIds(&["source add {project} ben.mp4", "source add {project} ben.mp4 --copy"])),
    ("source list", WithIds(&["source list {project}"])),
    ("source show", WithIds(&["source show {source}"])),
    ("source analyze", WithIds(&["source analyze {source}"])),
    ("source remove", WithIds(&["source remove {source}"])),
    ("source restore", WithIds(&["source restore {source}"])),
    ("source sound", WithIds(&["source sound {source}", "source sound {source} --none"])),
    (
        "source relink",
        WithIds(&["source relink {source} ben.mp4", "source relink {source} ben.mp4 --accept-different"]),
    ),
    ("segment add", WithIds(&["segment add {source} --in 0 --out 1"])),
    ("segment list", WithIds(&["segment list {project}"])),
    (
        "segment update",
        WithIds(&[
            "segment update {segment} --name Mine",
            "segment update {segment} --project {own.project}",
            "segment update {own.segment} --project {project}",
        ]),
    ),
    ("segment remove", WithIds(&["segment remove {segment}"])),
    (
        "segment reorder",
        WithIds(&[
            "segment reorder {project} {segment}",
            "segment reorder {project} {own.segment}",
            "segment reorder {own.project} {own.segment} {segment}",
        ]),
    ),
    (
        "generate",
        WithIds(&[
            "generate {project} --target-duration 1",
            "generate {own.project} --source {source} --target-duration 1",
            "generate {own.project} --source {own.source} --source {source} --target-duration 1",
        ]),
    ),
    (
        "generate-from-segments",
        WithIds(&[
            "generate-from-segments {project}",
            "generate-from-segments {own.project} --segment {segment}",
            "generate-from-segments {own.project} --segment {own.segment} --segment {segment}",
        ]),
    ),
    ("clip list", WithIds(&["clip list {project}"])),
    ("clip show", WithIds(&["clip show {clip}"])),
    (
        "clip update",
        WithIds(&["clip update {clip} --name Mine", "clip update {clip} --trim-start 0.1 --framing fit"]),
    ),
    ("clip toggle", WithIds(&["clip toggle {clip}"])),
    ("clip flag", WithIds(&["clip flag rejected {clip}", "clip flag rejected {own.clip} {clip}"])),
    ("clip mute", WithIds(&["clip mute {clip}"])),
    ("clip unmute", WithIds(&["clip unmute {clip}"])),
    ("clip delete", WithIds(&["clip delete {clip}"])),
    ("clip restore", WithIds(&["clip restore {clip}"])),
    ("clip empty-trash", Alone(&["clip empty-trash"])),
    ("clip file", WithIds(&["clip file {clip}", "clip file {own.clip} {clip}"])),
    ("clip clear-files", Alone(&["clip clear-files"])),
    (
        "clip content",
        WithIds(&["clip content {clip} --script Mine", "clip content {clip} --captions ben.srt"]),
    ),
    ("clip tags", Alone(&["clip tags"])),
    (
        "render start",
        WithIds(&[
            "render start {clip} --preset lossless_cut",
            "render start {clip} --preset lossless_cut --folder .",
        ]),
    ),
    (
        "render estimate",
        WithIds(&[
            "render estimate {clip} --preset tiktok",
            "render estimate {own.clip} {clip} --preset tiktok",
        ]),
    ),
    ("render list", WithIds(&["render list {project}"])),
    ("preset list", Alone(&["preset list"])),
    ("job list", WithIds(&["job list --project {project}"])),
    ("job show", WithIds(&["job show {job}"])),
    ("job cancel", WithIds(&["job cancel {job}"])),
    ("job retry", WithIds(&["job retry {job}"])),
    ("job pause", WithIds(&["job pause {job}"])),
    ("job resume", WithIds(&["job resume {job}"])),
    ("job reorder", WithIds(&["job reorder {job}", "job reorder {own.job} --before {job}"])),
    ("job hold", Alone(&["job hold"])),
    ("job release", Alone(&["job release"])),
    ("job queue", Alone(&["job queue"])),
    ("job watch", WithIds(&["job watch {job}"])),
    ("make", WithIds(&["make ben.mp4 --project {project} --target-duration 1 --out ."])),
    ("analyze", Profiles(&[])),
    ("sample", Profiles(&[])),
];

/// Lists without an id, available to every profile.
const LISTS: &[&str] = &["source list", "clip list", "clip list --trashed", "render list", "job list"];

/// Kinds of ids the table has to cover if a command takes them.
const KINDS: [&str; 5] = ["project", "source", "segment", "clip", "job"];

type Ids = BTreeMap<&'static str, String>;

/// Two profiles that each have one of everything.
struct House {
    desk: Desk,
    ana: Ids,
    ben: Ids,
}

fn house() -> House {
    let desk = Desk::new();
    std::fs::write(desk.path("ben.srt"), "1\n00:00:00,100 --> 00:00:00,600\nBen\n").unwrap();
    let ben = furnish(&desk, "Ben");
    let ana = furnish(&desk, "Ana");
    House { desk, ana, ben }
}

fn furnish(desk: &Desk, name: &str) -> Ids {
    let file = format!("{}.mp4", name.to_lowercase());
    film::film(&desk.path(&file), 3);
    let project = format!("{name}'s");
    let line = format!("--profile {name} make {file} --project {project} --count 1 --target-duration 1");
    let made = desk.run(line.split(' ').chain(["--preset", "lossless_cut", "--out", name])).done();
    let source = text(&made["sources"][0]["done"]["id"]);
    let line = format!("--profile {name} segment add {source} --in 0 --out 1 --name {name}-mark");
    let segment = desk.run(line.split(' ')).done();
    let clip = text(&made["clips"][0]["id"]);
    let line = format!("--profile {name} clip file {clip}");
    desk.run(line.split(' ')).done();
    let line = format!("--profile {name} clip update {clip} --tag {name}-tag");
    desk.run(line.split(' ')).done();
    BTreeMap::from([
        ("profile", text(&made["profile"]["id"])),
        ("project", text(&made["project"]["id"])),
        ("source", source),
        ("segment", text(&segment["id"])),
        ("clip", clip),
        ("job", text(&made["job"]["id"])),
        ("final", text(&made["finals"][0]["done"]["id"])),
    ])
}

impl House {
    /// Runs a line as Ben, with ids that are not his.
    fn as_ben(&self, line: &str, others: &Ids) -> Answer {
        let mut line = line.to_owned();
        for (kind, id) in others {
            line = line.replace(&format!("{{{kind}}}"), id);
        }
        for (kind, id) in &self.ben {
            line = line.replace(&format!("{{own.{kind}}}"), id);
        }
        self.desk.run(["--profile", "Ben"].into_iter().chain(line.split(' ')))
    }

    /// What must not leak from Ana: ids, names, paths.
    fn anas_words(&self) -> Vec<String> {
        let names = ["Ana's", "Ana-mark", "Ana-tag", "ana.mp4", "/Ana/"];
        self.ana.values().cloned().chain(names.map(str::to_owned)).collect()
    }

    /// All of Ana's data: her rows as SQLite quotes them, and her files.
    async fn everything_of_ana(&self) -> Vec<String> {
        let options =
            SqliteConnectOptions::new().filename(self.desk.data_dir().join("rushes.db")).read_only(true);
        let mut library = SqliteConnection::connect_with(&options).await.unwrap();
        let mut dump = Vec::new();
        let columns = sqlx::query(
            "SELECT t.name AS tab, json_group_array(c.name) AS columns,
                    iif(t.name = 'profiles', 'id', 'profile_id') AS owner
               FROM sqlite_schema t, pragma_table_info(t.name) c
              WHERE t.type = 'table' GROUP BY t.name
             HAVING t.name = 'profiles' OR max(c.name = 'profile_id')",
        )
        .fetch_all(&mut library)
        .await
        .unwrap();
        assert!(columns.len() >= 8, "the owned tables were not found");
        let ana: uuid::Uuid = self.ana["profile"].parse().unwrap();
        for table in columns {
            let (name, owner): (String, String) = (table.get("tab"), table.get("owner"));
            let quoted: Vec<String> = serde_json::from_str::<Vec<String>>(table.get("columns"))
                .unwrap()
                .iter()
                .map(|column| format!("quote({column})"))
                .collect();
            let all = quoted.join(" || ',' || ");
            let sql = format!("SELECT {all} AS line FROM {name} WHERE {owner} = ? ORDER BY 1");
            let rows = sqlx::query(AssertSqlSafe(sql)).bind(ana).fetch_all(&mut library).await.unwrap();
            dump.extend(rows.iter().map(|row| format!("{name}: {}", row.get::<String, _>("line"))));
        }
        library.close().await.unwrap();
        files(&self.desk.data_dir().join("profiles").join(&self.ana["profile"]), &mut dump);
        files(&self.desk.path("Ana"), &mut dump);
        dump
    }
}

fn files(folder: &Path, found: &mut Vec<String>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else {
            let facts = path.metadata().unwrap();
            found.push(format!("{} {} {:?}", path.display(), facts.len(), facts.modified().unwrap()));
        }
    }
}

fn leaves(command: &clap::Command, before: &str, found: &mut Vec<(String, Vec<String>)>) {
    let path = if before.is_empty() { String::new() } else { format!("{before} ") };
    let below: Vec<_> = command.get_subcommands().filter(|below| below.get_name() != "help").collect();
    for child in &below {
        leaves(child, &format!("{path}{}", child.get_name()), found);
    }
    if below.is_empty() {
        let arguments = command.get_arguments().map(|argument| argument.get_id().as_str().to_owned());
        found.push((before.to_owned(), arguments.collect()));
    }
}

#[test]
fn every_command_and_every_id_is_in_the_table() {
    let mut commands = Vec::new();
    leaves(&rushes_cli::command(), "", &mut commands);
    assert!(commands.len() > 40, "the tree of commands was not walked");
    for (command, arguments) in &commands {
        let Some((_, tried)) = TABLE.iter().find(|(name, _)| name == command) else {
            panic!("`{command}` is not in the table of this test");
        };
        let lines = match tried {
            WithIds(lines) | Alone(lines) | Profiles(lines) => lines,
        };
        assert!(lines.iter().all(|line| line.starts_with(command.as_str())), "lines of `{command}`");
        for kind in KINDS {
            let takes = arguments.iter().any(|argument| argument.trim_end_matches('s') == kind);
            let tried = lines.iter().any(|line| line.contains(&format!("{{{kind}}}")));
            assert_eq!(takes, tried, "`{command}` takes a {kind}: is that in the table?");
        }
    }
    for (name, _) in TABLE {
        assert!(commands.iter().any(|(command, _)| command == name), "`{name}` does not exist any more");
    }
}

#[tokio::test]
async fn what_belongs_to_another_profile_is_what_never_existed() {
    let house = house();
    let nothing: Ids = house.ana.keys().map(|kind| (*kind, uuid::Uuid::now_v7().to_string())).collect();
    let before = house.everything_of_ana().await;
    assert!(before.len() > 12, "{before:?}");
    for (command, tried) in TABLE {
        let WithIds(lines) = tried else { continue };
        for line in *lines {
            let foreign = house.as_ben(line, &house.ana);
            let unknown = house.as_ben(line, &nothing);
            assert_eq!(foreign.status, 1, "{line}: {foreign:?}");
            assert!(foreign.stdout.contains("\"not_found\""), "{line}: {foreign:?}");
            let told = |answer: &Answer, others: &Ids| {
                others.values().fold(answer.stdout.clone(), |text, id| text.replace(id, "ID"))
            };
            let (foreign_told, unknown_told) = (told(&foreign, &house.ana), told(&unknown, &nothing));
            assert_eq!(but_for_changes(&foreign_told), but_for_changes(&unknown_told), "{line}");
            assert_eq!(foreign.status, unknown.status, "{line}");
            assert_eq!(foreign.stderr, unknown.stderr, "{line}");
        }
        assert_eq!(before, house.everything_of_ana().await, "`{command}` changed what is Ana's");
    }
}

/// Ignores when and how often Ben's own clip changed.
fn but_for_changes(text: &str) -> String {
    let tells = |line: &&str| !line.contains("_at_ms") && !line.contains("\"changes\"");
    text.lines().filter(tells).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_command_without_ids_tells_and_changes_nothing_of_others() {
    let house = house();
    let before = house.everything_of_ana().await;
    let alone =
        TABLE.iter().filter_map(|(_, tried)| if let Alone(lines) = tried { Some(*lines) } else { None });
    for line in alone.flatten().chain(LISTS) {
        let answer = house.as_ben(line, &house.ana);
        answer.done();
        for word in house.anas_words() {
            let told = answer.stdout.contains(&word) || answer.stderr.contains(&word);
            assert!(!told, "`{line}` tells Ben {word:?}: {answer:?}");
        }
        assert_eq!(before, house.everything_of_ana().await, "`{line}` changed what is Ana's");
    }
}

fn is_unknown(answer: &Answer) -> bool {
    answer.status == 1 && ["not_found", "no_profile_named"].contains(&&*answer.error().0)
}

#[test]
fn a_profile_that_never_existed_is_not_found() {
    let desk = Desk::new();
    desk.run(["profile", "create", "Ana"]).done();
    let nobody = uuid::Uuid::now_v7().to_string();
    for (_, tried) in TABLE {
        let Profiles(lines) = tried else { continue };
        for line in *lines {
            let answer = desk.run(line.replace("{nobody}", &nobody).split(' '));
            assert!(is_unknown(&answer), "{line}: {answer:?}");
        }
    }
    for command in ["project list", "make ana.mp4 --out out"] {
        let answer = desk.run(["--profile", &nobody].into_iter().chain(command.split(' ')));
        assert!(is_unknown(&answer), "{command}: {answer:?}");
    }
    assert_eq!(desk.run(["profile", "list"]).done().as_array().map(Vec::len), Some(1));
}
