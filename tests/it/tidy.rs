//! The house rules that a program can hold: who imports whom, and that every file says what it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Floors from the ground up; a module imports only from lower floors.
const FLOORS: &[&[&str]] = &[
    &[
        "error",
        "ids",
        "clock",
        "config",
        "keys",
        "markdown",
        "money",
        "statistics",
    ],
    &["entities", "db"],
    &[
        "audit",
        "blobs",
        "documents",
        "imports",
        "index",
        "jobs",
        "mail",
        "notices",
        "outside",
        "rollup",
        "webhooks",
    ],
    &["http"],
    &[
        "admin",
        "auth",
        "brands",
        "library",
        "crm",
        "search",
        "pitches",
        "recommend",
        "viewer",
        "engagement",
        "analytics",
        "signals",
        "alerts",
    ],
    &[
        "app",
        "node",
        "server",
        "routes",
        "openapi",
        "ops",
        "worker",
        "telemetry",
        "webapp",
        "cli",
        "demo",
        "eval",
        "simulation",
        "lib",
        "main",
    ],
];

/// Which features may import which; everybody may import `auth`.
const EDGES: &[(&str, &[&str])] = &[
    ("admin", &[]),
    ("brands", &[]),
    ("library", &[]),
    ("crm", &[]),
    ("search", &["library", "crm", "recommend"]),
    ("recommend", &["library", "crm"]),
    ("pitches", &["library", "crm"]),
    ("engagement", &["pitches", "crm", "library", "alerts"]),
    ("alerts", &["crm"]),
    ("signals", &["alerts", "engagement", "pitches", "crm"]),
    (
        "viewer",
        &["pitches", "engagement", "library", "crm", "brands"],
    ),
    ("analytics", &["engagement", "crm", "library"]),
];

fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// The top-level module a file belongs to.
fn module(path: &Path) -> String {
    let inside = path
        .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .unwrap();
    let first = inside.components().next().unwrap().as_os_str();
    Path::new(first)
        .file_stem()
        .unwrap()
        .to_string_lossy()
        .into_owned()
}

/// The top-level modules that a file's code names after `crate::`, comments left out.
fn imports(text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let mut found = Vec::new();
    for part in code.split("crate::").skip(1) {
        if let Some(group) = part.strip_prefix('{') {
            let group = group.split(';').next().unwrap_or_default();
            let mut depth = 0;
            for piece in group.split_inclusive(['{', '}', ',']) {
                if depth == 0 {
                    let name: String = piece
                        .trim()
                        .chars()
                        .take_while(|c| c.is_alphanumeric() || *c == '_')
                        .collect();
                    found.push(name);
                }
                depth += i32::from(piece.ends_with('{')) - i32::from(piece.ends_with('}'));
            }
        } else {
            found.push(
                part.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect(),
            );
        }
    }
    found.retain(|name| name.chars().next().is_some_and(char::is_lowercase));
    found
}

fn floor(module: &str) -> usize {
    FLOORS
        .iter()
        .position(|floor| floor.contains(&module))
        .unwrap_or_else(|| panic!("{module} has no floor; say in tests/it/tidy.rs where it stands"))
}

#[test]
fn modules_import_only_from_below() {
    let edges: BTreeMap<_, _> = EDGES.iter().copied().collect();
    let mut wrong = Vec::new();
    for path in sources() {
        let from = module(&path);
        let text = fs::read_to_string(&path).unwrap();
        for to in imports(&text) {
            if to == from || floor(&to) < floor(&from) || floor(&from) == 5 {
                continue;
            }
            let feature_edge = to == "auth"
                || edges
                    .get(from.as_str())
                    .is_some_and(|allowed| allowed.contains(&to.as_str()));
            let ground = floor(&from) < 4 && floor(&to) == floor(&from);
            if !(feature_edge && floor(&from) == 4 || ground) {
                wrong.push(format!("{} imports {to}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_index_knows_tantivy_and_only_documents_parses_files() {
    for path in sources() {
        let from = module(&path);
        let text = fs::read_to_string(&path).unwrap();
        if from != "index" {
            assert!(!text.contains("tantivy::"), "{}", path.display());
        }
        if from != "documents" {
            for parser in ["hayro", "quick_xml::", "zip::", "calamine::", "resvg::"] {
                assert!(!text.contains(parser), "{} uses {parser}", path.display());
            }
        }
    }
}

#[test]
fn every_file_says_what_it_is() {
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//! "), "{} has no head", path.display());
    }
}
