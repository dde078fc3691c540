//! `POST /p/{token}/events`: the beacon of the prospect's page.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};

use super::ingest::{Ingest, server_facts, take_name_away};
use super::report::{Beacon, BeaconReply, Candidate, Dropped, Report};
use super::seen::Seen;
use super::steps::{authenticate, clamp, count, parse, place};
use crate::clock::Clock;
use crate::entities::EventKind;
use crate::error::{Code, Error, Result};
use crate::keys::Keys;
use crate::pitches::Pass;

/// The largest body; browsers refuse to send larger ones in the background as well.
const LARGEST: usize = 64 * 1024;

/// Takes in what a browser reports of its visit; answers when it is on disk.
pub async fn take_events(
    request: HttpRequest,
    token: web::Path<String>,
    body: web::Bytes,
    ingest: web::Data<Ingest>,
    keys: web::Data<Keys>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    if body.len() > LARGEST {
        return Err(Error::new(
            Code::TooLarge,
            format!("A report may have {LARGEST} bytes at the most."),
        ));
    }
    ingest
        .flood
        .pass(&token)
        .await
        .inspect_err(|_| count("admit", "too_many", 1))?;
    let now = clock.now();
    let beacon = Beacon::read(&body).inspect_err(|_| count("parse", "malformed", 1))?;
    let door = ingest.links.open(&token).await?;
    door.check(&Pass::of(&request, &keys, &door.link, now))?;
    let seen = Seen::on(&request, &keys, door.link.id);
    let reply = take_beacon(&ingest, &keys, &token, &seen, beacon, now).await?;
    Ok(HttpResponse::Ok()
        // A few bytes: packing them costs more than it saves.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .json(reply))
}

/// Takes a beacon that came `now` for the link of `token` through the steps; the answer says what became of each event,
/// and that what was accepted is on disk.
pub async fn take_beacon(
    ingest: &Ingest,
    keys: &Keys,
    token: &str,
    seen: &Seen,
    beacon: Beacon,
    now: DateTime<Utc>,
) -> Result<BeaconReply> {
    let door = ingest.links.open(token).await?;
    let link = &door.link;
    let claim = authenticate(keys, &beacon.visit, link.id, now, beacon.events.len())?;

    let mut layout = ingest.links.layout(link.pitch_id).await?;
    let mut looked_again = false;
    let mut reply = BeaconReply::default();
    let mut events: Vec<Candidate> = Vec::with_capacity(beacon.events.len());
    for sent in beacon.events {
        let parsed = match parse(&sent) {
            Ok(parsed) => parsed,
            Err(reason) => {
                drop_event(&mut reply, "parse", sent.id, reason);
                continue;
            }
        };
        let mut placed = place(&parsed, &layout);
        if placed == Err("not_in_pitch") && !looked_again {
            // The pitch, or an asset in it, may have changed since it was remembered.
            layout = ingest.links.fresh_layout(link.pitch_id).await?;
            looked_again = true;
            placed = place(&parsed, &layout);
        }
        match placed {
            Ok(place) => events.push(clamp(parsed, place, claim, now)),
            Err(reason) => drop_event(&mut reply, "place", sent.id, reason),
        }
    }
    for opened in events.iter_mut().filter(|e| e.kind == EventKind::Opened) {
        // The request that opens a visit shows what the page load showed, should that note have been lost.
        opened.data.server = Some(Box::new(server_facts(seen.clone(), &layout)));
    }
    // A page that was opened with a name may report after its reader chose to have none.
    for event in &mut events {
        take_name_away(event, seen);
    }

    if !events.is_empty() {
        let report = Report {
            visit: claim.visit,
            link: claim.link,
            received_at: now,
            events,
        };
        let receipt = ingest.submit(report).await?;
        reply.accepted = receipt.accepted;
        reply.duplicate = receipt.duplicate;
    }
    Ok(reply)
}

fn drop_event(reply: &mut BeaconReply, step: &'static str, id: String, reason: &'static str) {
    count(step, reason, 1);
    reply.dropped.push(Dropped {
        id: id.chars().take(64).collect(),
        reason,
    });
}
