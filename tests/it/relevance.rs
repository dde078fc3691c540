//! What the search must reach, measured by the harness itself on the samples: slips cost next to nothing, forgiving them
//! costs clean queries nothing, and signs in a query are no commands.

use std::fmt::Write as _;
use std::path::Path;

use lastmile::clock::Clock;
use lastmile::eval::{Options, Report, measure};
use serde_json::json;

/// A section of the samples and its first words, which ask for it.
struct Section {
    heading: String,
    text: String,
}

/// The sections of all texts that the samples are made of.
fn sections() -> Vec<Section> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("content-samples/make/text");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    files.sort();
    let mut sections = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        for section in text.split("\n#") {
            let (heading, text) = section.split_once('\n').unwrap_or((section, ""));
            if text.split_whitespace().count() >= 20 {
                sections.push(Section {
                    heading: heading.trim_matches(['#', ' ']).to_owned(),
                    text: text.trim().to_owned(),
                });
            }
        }
    }
    sections
}

/// Writes the sections as a collection in which `ask` says what asks for each.
fn write(folder: &Path, sections: &[Section], ask: impl Fn(&Section) -> String) {
    let (mut corpus, mut queries, mut judged) = (String::new(), String::new(), String::new());
    for (number, section) in sections.iter().enumerate() {
        let document =
            json!({ "_id": format!("d{number}"), "title": section.heading, "text": section.text });
        let query = json!({ "_id": format!("q{number}"), "text": ask(section) });
        writeln!(corpus, "{document}").unwrap();
        writeln!(queries, "{query}").unwrap();
        writeln!(judged, "q{number}\td{number}\t1").unwrap();
    }
    for (name, text) in [
        ("corpus.jsonl", corpus),
        ("queries.jsonl", queries),
        ("qrels.tsv", judged),
    ] {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

async fn measured(folder: &Path, typos: &[usize], steps: bool) -> Report {
    let options = Options {
        folder: folder.to_owned(),
        classic: false,
        fields: Vec::new(),
        typos: typos.to_vec(),
        seed: 1,
        steps,
        depth: 20,
        page_words: None,
        language: Some("en".to_owned()),
    };
    measure(&options, &Clock::system()).await.unwrap()
}

fn first_words(section: &Section, count: usize) -> String {
    let words: Vec<_> = section.text.split_whitespace().take(count).collect();
    words.join(" ")
}

#[actix_web::test]
async fn slips_cost_next_to_nothing_and_forgiving_them_costs_clean_queries_nothing() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &sections(), |section| first_words(section, 9));
    let report = measured(dir.path(), &[1, 2], true).await;
    assert!(report.documents > 50, "{report:?}");
    let [.., without, with, whole] = report.rows.as_slice() else {
        panic!("{report:?}")
    };
    assert!(
        with.clean.ndcg_10 >= without.clean.ndcg_10 - 0.003,
        "{report:?}"
    );
    for slips in &whole.typos {
        assert!(slips.kept >= 0.97, "{report:?}");
    }
    // The test could not fail otherwise: without help, slips do cost.
    assert!(without.typos[1].kept < whole.typos[1].kept, "{report:?}");
}

#[actix_web::test]
async fn signs_in_the_queries_of_a_collection_are_no_commands() {
    let dir = tempfile::tempdir().unwrap();
    let sections = sections();
    write(dir.path(), &sections, |section| first_words(section, 9));
    let plain = measured(dir.path(), &[], false).await;
    write(dir.path(), &sections, |section| {
        let words = first_words(section, 9);
        let (first, rest) = words.split_once(' ').unwrap();
        format!("title:{first} -\"{rest}\"")
    });
    let signs = measured(dir.path(), &[], false).await;
    let (plain, signs) = (plain.rows[0].clean, signs.rows[0].clean);
    assert!(plain.ndcg_10 > 0.8, "{plain:?}");
    assert!(signs.ndcg_10 > plain.ndcg_10 - 0.02, "{plain:?} {signs:?}");
}
