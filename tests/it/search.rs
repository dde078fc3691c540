//! Search: pages by their words, facets, permissions, and an index that mends itself.

use std::time::{Duration, Instant};

use lastmile::entities::{Role, Stage, account, opportunity};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::fixtures::sent_pitch;
use crate::library::upload_and_convert;
use crate::support::{Person, TestServer};

/// Asks until the answer is as wanted: the index follows with a short delay.
pub(crate) async fn eventually(
    person: &Person,
    path: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Value {
    let started = Instant::now();
    loop {
        let found = person.get(path).await.ok();
        if wanted(&found) {
            return found;
        }
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "{path}: {found}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub(crate) fn titles(found: &Value) -> Vec<&str> {
    let hits = found["items"].as_array().unwrap();
    hits.iter()
        .map(|hit| hit["asset"]["title"].as_str().unwrap())
        .collect()
}

fn marked(segments: &Value) -> Vec<&str> {
    let segments = segments.as_array().unwrap();
    segments
        .iter()
        .filter(|segment| segment["highlighted"] == true)
        .map(|segment| segment["text"].as_str().unwrap())
        .collect()
}

/// Three approved notes and a draft.
async fn library(marketer: &Person) {
    let notes = [
        (
            "Cold rooms",
            "approved",
            json!({ "industry": ["healthcare"], "stage": ["discovery"] }),
            "# Cold rooms\n\nVaccines must never get warm. Measuring the temperature of every fridge proves it.",
        ),
        (
            "Branch energy",
            "approved",
            json!({ "industry": ["banking"], "stage": ["evaluation"] }),
            "# Branch energy\n\nBranches of banks burn energy at night. Measuring shows which of them do.",
        ),
        (
            "Quiet halls",
            "approved",
            json!({ "industry": ["manufacturing", "banking"] }),
            "# Quiet halls\n\nMachines tell by their temperature that a bearing is about to fail.",
        ),
        (
            "Secret plan",
            "draft",
            json!({ "industry": ["defence"] }),
            "# Secret plan\n\nThe temperature of the market.",
        ),
    ];
    for (title, state, facets, text) in notes {
        let metadata =
            json!({ "title": title, "state": state, "facets": facets, "language": "en" });
        let asset = upload_and_convert(marketer, "note.md", text, &metadata).await;
        assert_eq!(asset["current_version"]["state"], "ready");
    }
    eventually(marketer, "/api/v1/search", |found| {
        found["total_pages"] == 4
    })
    .await;
}

#[actix_web::test]
async fn a_word_finds_its_page_in_every_form_and_marks_it() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    library(&marketer).await;
    let found = marketer.get("/api/v1/search?q=vaccine+measured").await.ok();
    assert_eq!(titles(&found), ["Cold rooms", "Branch energy"]);
    let page = &found["items"][0]["best_page"];
    assert_eq!(page["number"], 1);
    assert_eq!(marked(&page["snippet"]), ["Vaccines", "Measuring"]);
    assert!(
        page["image_url"]
            .as_str()
            .unwrap()
            .ends_with("/pages/1/image")
    );
    assert_eq!(found["total_assets"], 2);
    assert_eq!(found["total_pages"], 2);
}

#[actix_web::test]
async fn typing_errors_phrases_and_exclusions_are_understood() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    library(&marketer).await;
    let typo = marketer.get("/api/v1/search?q=vacines").await.ok();
    assert_eq!(titles(&typo), ["Cold rooms"]);
    let phrase = marketer
        .get("/api/v1/search?q=%22branches+of+banks%22")
        .await
        .ok();
    assert_eq!(titles(&phrase), ["Branch energy"]);
    let other_order = marketer
        .get("/api/v1/search?q=%22banks+of+branches%22")
        .await
        .ok();
    assert_eq!(titles(&other_order), [""; 0]);
    let without = marketer
        .get("/api/v1/search?q=temperature+-vaccines&sort=title")
        .await
        .ok();
    assert_eq!(titles(&without), ["Quiet halls", "Secret plan"]);
    let nothing = marketer.get("/api/v1/search?q=xylophonist").await.ok();
    assert_eq!(nothing["total_assets"], 0);
}

#[actix_web::test]
async fn words_that_no_spaces_part_are_found_and_marked() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    for (title, text) in [
        (
            "冷链物流方案",
            "# 冷链物流方案\n\n疫苗运输全程温度监控，每两分钟记录一次。",
        ),
        (
            "工場の省エネ",
            "# 工場の省エネ\n\n夜間の電力を見える化して、データで故障を予知します。",
        ),
    ] {
        let metadata = json!({ "title": title, "state": "approved" });
        upload_and_convert(&marketer, "note.md", text, &metadata).await;
    }
    let found = eventually(&marketer, "/api/v1/search?q=温度监控", |found| {
        found["total_assets"] == 1
    })
    .await;
    assert_eq!(titles(&found), ["冷链物流方案"]);
    let page = &found["items"][0]["best_page"];
    assert_eq!(marked(&page["snippet"]), ["温度监控"]);
    for (query, title) in [
        ("疫苗", "冷链物流方案"),
        ("疫", "冷链物流方案"),
        ("\"全程温度\"", "冷链物流方案"),
        ("データ 故障", "工場の省エネ"),
        ("電力 -疫苗", "工場の省エネ"),
    ] {
        let path = format!("/api/v1/search?q={query}");
        let found = eventually(&marketer, &path, |found| found["total_assets"] != 0).await;
        assert_eq!(titles(&found), [title], "{query}");
    }
    let other_order = marketer.get("/api/v1/search?q=\"温度全程\"").await.ok();
    assert_eq!(titles(&other_order), [""; 0]);
}

#[actix_web::test]
async fn a_facets_own_choice_does_not_lower_its_counts() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    library(&server.person(Role::Marketer).await).await;
    let found = rep
        .get("/api/v1/search?industry=Banking&stage=evaluation")
        .await
        .ok();
    assert_eq!(titles(&found), ["Branch energy"]);
    let industry = &found["facets"]["industry"];
    assert_eq!(
        industry,
        &json!([
            { "value": "banking", "count": 1, "selected": true },
            { "value": "healthcare", "count": 0, "selected": false },
            { "value": "manufacturing", "count": 0, "selected": false },
        ])
    );
    let stage = found["facets"]["stage"].as_array().unwrap();
    assert_eq!(
        stage[0],
        json!({ "value": "evaluation", "count": 1, "selected": true })
    );
    assert_eq!(
        stage[1]["value"], "discovery",
        "what has no hit stays listed"
    );
}

#[actix_web::test]
async fn nobody_finds_what_they_may_not_see() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let rep = server.person(Role::Rep).await;
    library(&marketer).await;
    let path = "/api/v1/search?q=temperature";
    assert_eq!(marketer.get(path).await.ok()["total_assets"], 3);
    let found = rep.get(path).await.ok();
    assert_eq!(found["total_assets"], 2);
    assert!(
        !found.to_string().contains("defence"),
        "not even its facets show"
    );
    assert_eq!(
        rep.get("/api/v1/suggest?q=secr").await.ok()["items"],
        json!([])
    );
    let suggested = marketer.get("/api/v1/suggest?q=secr").await.ok();
    assert_eq!(marked(&suggested["items"][0]["title"]), ["Secret"]);
}

#[actix_web::test]
async fn content_made_for_a_deal_comes_first_and_says_why_but_the_words_decide() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    library(&server.person(Role::Marketer).await).await;
    let deal = sent_pitch(&server.app, rep.id, &[1]).await.opportunity;
    let tx = server.app.db.begin().await.unwrap();
    account::Entity::update_many()
        .col_expr(account::Column::Industry, Expr::value("Banking"))
        .exec(&tx)
        .await
        .unwrap();
    opportunity::Entity::update_many()
        .col_expr(opportunity::Column::Stage, Expr::value(Stage::Evaluation))
        .filter(opportunity::Column::Id.eq(deal))
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let path = format!("/api/v1/search?opportunity={deal}&q=measuring");
    let found = rep.get(&path).await.ok();
    assert_eq!(titles(&found), ["Branch energy", "Cold rooms"]);
    let reasons = json!(["Made for Banking", "Fits the evaluation stage"]);
    assert_eq!(found["items"][0]["reasons"], reasons);
    assert_eq!(found["items"][1]["reasons"], json!([]));
    let clearer = rep.get(&format!("{path}+vaccines+warm")).await.ok();
    assert_eq!(titles(&clearer)[0], "Cold rooms");
    let listed = rep
        .get(&format!("/api/v1/search?opportunity={deal}"))
        .await
        .ok();
    assert_eq!(titles(&listed)[0], "Branch energy");

    let stranger = server.person(Role::Rep).await;
    assert_eq!(stranger.get(&path).await.code(), "not_found");
}

#[actix_web::test]
async fn hits_go_on_behind_the_cursor() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    library(&marketer).await;
    for sort in ["relevance", "newest", "title"] {
        let all = marketer
            .get(&format!("/api/v1/search?q=temperature&sort={sort}"))
            .await
            .ok();
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/api/v1/search?q=temperature&sort={sort}&limit=1&cursor={cursor}");
            let page = marketer.get(&path).await.ok();
            seen.extend(titles(&page).into_iter().map(str::to_owned));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, titles(&all), "{sort}");
    }
}

#[actix_web::test]
async fn an_edit_is_found_soon_and_an_archived_asset_no_more() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let rep = server.person(Role::Rep).await;
    library(&marketer).await;
    let found = marketer.get("/api/v1/search?q=branch").await.ok();
    let asset = &found["items"][0]["asset"];
    let path = format!("/api/v1/assets/{}", asset["id"].as_str().unwrap());
    let revision = marketer.get(&path).await.ok()["revision"].as_i64().unwrap();
    let change = json!({ "title": "Overnight zeppelins" });
    marketer
        .edit(reqwest::Method::PATCH, &path, revision, &change)
        .await
        .ok();
    eventually(&rep, "/api/v1/search?q=zeppelin", |found| {
        found["total_assets"] == 1
    })
    .await;
    marketer
        .post(&format!("{path}/transitions"), &json!({ "to": "archived" }))
        .await
        .ok();
    eventually(&rep, "/api/v1/search?q=zeppelin", |found| {
        found["total_assets"] == 0
    })
    .await;
}

#[actix_web::test]
async fn a_search_waits_for_the_change_it_must_see_but_not_for_ever() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    library(&marketer).await;
    let metadata = json!({ "title": "Marmalade" });
    let written = marketer
        .upload("/api/v1/assets", "a.md", "# A", &metadata)
        .await;
    let seq: i64 = written.headers["lastmile-seq"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    let found = marketer
        .get(&format!("/api/v1/search?q=marmalade&after_seq={seq}"))
        .await
        .ok();
    assert_eq!(titles(&found), ["Marmalade"]);
    let ahead = marketer
        .get(&format!("/api/v1/search?after_seq={}", seq + 1000))
        .await;
    assert_eq!(ahead.code(), "busy");
    assert!(ahead.headers.contains_key("retry-after"));
}

#[actix_web::test]
async fn fields_are_asked_for_by_the_names_people_guess() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    library(&marketer).await;
    let asked = async |q: &str| {
        let path = format!("/api/v1/search?sort=title&q={q}");
        let found = marketer.get(&path).await.ok();
        titles(&found).join(", ")
    };
    assert_eq!(asked("title:halls").await, "Quiet halls");
    assert_eq!(asked("title:temperature").await, "");
    assert_eq!(asked("industry:bank").await, "Branch energy, Quiet halls");
    assert_eq!(asked("temperature+industry:bank").await, "Quiet halls");
    assert_eq!(
        asked("temperature+-industry:bank").await,
        "Cold rooms, Secret plan"
    );
    assert_eq!(
        asked("industry:bank+-stage:evaluation").await,
        "Quiet halls"
    );
    assert_eq!(
        asked("temperature+-title:secret").await,
        "Cold rooms, Quiet halls"
    );
    assert_eq!(
        asked("temperature+-%22about+to+fail%22").await,
        "Cold rooms, Secret plan"
    );
    let chosen = marketer.get("/api/v1/search?q=industry:bank").await.ok();
    assert_eq!(
        chosen["facets"]["industry"][0],
        json!({ "value": "banking", "count": 2, "selected": true })
    );
}

#[actix_web::test]
async fn a_phrase_is_found_with_its_small_words_only() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    library(&marketer).await;
    let count = async |phrase: &str| {
        let path = format!("/api/v1/search?q=%22{}%22", phrase.replace(' ', "+"));
        marketer.get(&path).await.ok()["total_assets"].clone()
    };
    assert_eq!(count("shows which of them do").await, 1);
    assert_eq!(count("shows that of them do").await, 0);
    assert_eq!(count("which of them").await, 1);
    assert_eq!(count("bearing is about to fail").await, 1);
    assert_eq!(count("bearing about to fail").await, 0);
}

#[actix_web::test]
async fn a_slip_is_told_and_never_outranks_what_was_typed() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    library(&marketer).await;
    let found = marketer
        .get("/api/v1/search?q=vacines+temperatur")
        .await
        .ok();
    assert_eq!(
        found["spelling"],
        json!({ "query": "vaccines temperatur", "applied": true })
    );
    assert_eq!(titles(&found)[0], "Cold rooms");

    // A word that exists is what was meant, even if another, more frequent one is a letter away.
    for (title, text) in [
        ("Casing", "The casing of a sensor."),
        (
            "Catering",
            "Caring about the caring people. Caring, caring.",
        ),
    ] {
        let text = format!("# {title}\n\n{text}");
        upload_and_convert(
            &marketer,
            "note.md",
            text.as_str(),
            &json!({ "title": title, "language": "en" }),
        )
        .await;
    }
    let found = eventually(&marketer, "/api/v1/search?q=casing", |found| {
        found["total_assets"] == 1
    })
    .await;
    assert_eq!(titles(&found), ["Casing"]);
    assert_eq!(found["spelling"], Value::Null);
}

#[actix_web::test]
async fn a_rare_slip_in_the_library_is_offered_a_better_spelling() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    for number in 0..25 {
        let text = format!("# Note {number}\n\nOur warranty covers it.");
        upload_and_convert(
            &marketer,
            "note.md",
            text.as_str(),
            &json!({ "language": "en" }),
        )
        .await;
    }
    let slip = "# Slip\n\nOur waranty covers it.";
    upload_and_convert(&marketer, "note.md", slip, &json!({ "language": "en" })).await;
    eventually(&marketer, "/api/v1/search?q=covers", |found| {
        found["total_assets"] == 26
    })
    .await;
    let found = marketer.get("/api/v1/search?q=our+waranty").await.ok();
    assert_eq!(
        found["spelling"],
        json!({ "query": "our warranty", "applied": false })
    );
}

#[actix_web::test]
async fn what_is_hidden_leaves_no_trace_in_corrections_completions_and_counts() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let rep = server.person(Role::Rep).await;
    library(&marketer).await;
    let secret = json!({ "title": "Zirconium roadmap", "state": "draft", "language": "en",
        "facets": { "industry": ["zirconium mining"] } });
    upload_and_convert(
        &marketer,
        "note.md",
        "# Zirconium\n\nZirconium pricing.",
        &secret,
    )
    .await;
    let internal = json!({ "title": "Price floor", "state": "approved", "internal_only": true, "language": "en" });
    upload_and_convert(
        &marketer,
        "note.md",
        "# Floor\n\nNever below palladium.",
        &internal,
    )
    .await;
    eventually(&marketer, "/api/v1/search?q=zirconium", |found| {
        found["total_assets"] == 1
    })
    .await;
    for path in [
        "/api/v1/search?q=zirconuim",
        "/api/v1/search?q=zirc",
        "/api/v1/search?q=zirc&typing=true",
        "/api/v1/search?q=zirconium",
        "/api/v1/search?q=industry:zirc",
        "/api/v1/search?q=title:zirconium",
        "/api/v1/search?q=-zirconium+title:zirconium",
        "/api/v1/suggest?q=zirc",
        "/api/v1/suggest?q=zirconuim",
    ] {
        let found = rep.get(path).await.ok();
        let told = found.to_string().to_lowercase();
        assert!(!told.contains("zirconium"), "{path}: {told}");
        assert!(
            found["total_assets"].as_i64().unwrap_or(0) == 0,
            "{path}: {told}"
        );
    }
    let slip = marketer.get("/api/v1/search?q=zirconuim").await.ok();
    assert_eq!(slip["spelling"]["query"], "zirconium");
    // What is for internal use only may be found by reps; it says so.
    let found = eventually(&rep, "/api/v1/search?q=palladium", |found| {
        found["total_assets"] == 1
    })
    .await;
    assert_eq!(found["items"][0]["asset"]["internal_only"], true);
}

#[actix_web::test]
async fn what_is_suggested_is_found_and_contents_complete_what_is_typed() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let rep = server.person(Role::Rep).await;
    library(&marketer).await;
    for typed in ["co", "bran", "quiet ha", "ene"] {
        let encoded = typed.replace(' ', "+");
        let suggested = rep.get(&format!("/api/v1/suggest?q={encoded}")).await.ok();
        let first = &suggested["items"][0];
        let segments = first["title"].as_array().unwrap();
        let title: String = segments
            .iter()
            .map(|segment| segment["text"].as_str().unwrap())
            .collect();
        for query in [encoded.clone(), title.replace(' ', "+")] {
            let path = format!("/api/v1/search?typing=true&q={query}");
            let found = rep.get(&path).await.ok();
            let ids: Vec<_> = found["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|hit| &hit["asset"]["id"])
                .collect();
            assert!(ids.contains(&&first["asset_id"]), "{typed}: {query}");
        }
    }
    let suggested = rep.get("/api/v1/suggest?q=rooms+vacc").await.ok();
    assert_eq!(suggested["queries"], json!(["rooms vaccines"]));
    let found = rep.get("/api/v1/search?q=rooms+vacc").await.ok();
    assert_eq!(titles(&found), ["Cold rooms"]);
}

#[actix_web::test]
async fn codes_and_amounts_are_found_however_they_are_written() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    for (title, text) in [
        ("Meter", "The meter EG-40 saves 214,000 euros."),
        (
            "Other",
            "The meter EG-12 saves 40 euros of 214 without 000.",
        ),
    ] {
        let metadata = json!({ "title": title, "state": "approved", "language": "en" });
        upload_and_convert(&marketer, "note.md", text, &metadata).await;
    }
    eventually(&marketer, "/api/v1/search", |found| {
        found["total_assets"] == 2
    })
    .await;
    for written in ["eg40", "EG-40", "214000", "eg40+214000"] {
        let found = marketer
            .get(&format!("/api/v1/search?q={written}"))
            .await
            .ok();
        assert_eq!(titles(&found)[0], "Meter", "{written}: {found}");
    }
    let found = marketer.get("/api/v1/search?q=eg40").await.ok();
    assert_eq!(found["total_assets"], 1);
    let snippet = &found["items"][0]["best_page"]["snippet"];
    assert_eq!(marked(snippet), ["EG", "40"]);
    for nothing in ["eg41", "%F0%9F%99%82"] {
        let found = marketer
            .get(&format!("/api/v1/search?q={nothing}"))
            .await
            .ok();
        assert_eq!(found["total_assets"], 0, "{nothing}: {found}");
    }
}

#[actix_web::test]
async fn who_names_a_kind_and_an_industry_is_shown_them_first() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    for (title, kind, industry) in [
        ("One", "guide", "retail"),
        ("Two", "case_study", "retail"),
        ("Three", "case_study", "banking"),
        ("Four", "guide", "banking"),
    ] {
        let metadata = json!({
            "title": title, "state": "approved", "language": "en", "kind": kind,
            "facets": { "industry": [industry] },
        });
        let text = "The case of a bank, a study. The case of a study.";
        upload_and_convert(&marketer, "note.md", text, &metadata).await;
    }
    eventually(&marketer, "/api/v1/search", |found| {
        found["total_pages"] == 4
    })
    .await;
    let found = marketer
        .get("/api/v1/search?q=bank+case+studies")
        .await
        .ok();
    assert_eq!(titles(&found)[0], "Three");
    assert_eq!(titles(&found)[3], "One");
    assert_eq!(found["items"][0]["reasons"], json!([]));
}
