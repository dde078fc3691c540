//! `GET /stream`: visits and notifications as they happen, as server-sent events.
//!
//! It shows no more than the lists do: every piece of news is looked up with the principal's own scope. After a
//! break the browser says which notification it saw last and gets those it missed.

use std::collections::BTreeSet;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use futures::stream;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde::Serialize;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, Interval, interval_at, sleep};

use super::live::{Live, News};
use super::notifications::NotificationView;
use super::visits::changed_visits;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{notification, session, visit};
use crate::error::{Error, Result};
use crate::http::Principal;
use crate::ids::{UserId, VisitId};

/// How often a stream says that it is alive; proxies cut silent ones.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// News that come together are looked up together.
const GATHER: Duration = Duration::from_millis(150);

/// What is looked up again after news were missed.
const MISSED: TimeDelta = TimeDelta::seconds(30);

/// The most notifications that a resumed stream repeats.
const MOST_MISSED: u64 = 100;

/// Visits and notifications as they happen.
#[utoipa::path(get, path = "/api/v1/stream", tag = "engagement",
    params(("Last-Event-ID" = Option<i64>, Header, description = "The notification seen last; later ones are sent again.")),
    responses((status = 200, content_type = "text/event-stream", body = String,
        description = "`event: visit` with a VisitView, `event: notification` with a NotificationView.")))]
pub async fn stream(
    request: HttpRequest,
    principal: Principal,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    live: web::Data<Live>,
) -> Result<HttpResponse> {
    let last_seen = request
        .headers()
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<i64>().ok());
    let watcher = Watcher::begin(principal, &db, &clock, &live, last_seen).await?;
    let body = stream::unfold(watcher, |mut watcher| async {
        let chunk = watcher.next().await?;
        Some((Ok::<_, actix_web::Error>(chunk), watcher))
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        // Neither packed nor held back on the way: each event is to arrive when it is sent.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(body))
}

/// One open stream.
struct Watcher {
    principal: Principal,
    db: Db,
    clock: Clock,
    news: broadcast::Receiver<News>,
    closed: watch::Receiver<bool>,
    heartbeat: Interval,
    /// Notifications up to this one are known to the browser.
    seen_up_to: i64,
    /// Later ones that were sent. Numbers may become visible out of order, so the highest alone does not do.
    sent: BTreeSet<i64>,
    begun: bool,
}

/// What to look up.
#[derive(Default)]
struct Gathered {
    visits: BTreeSet<VisitId>,
    notified: bool,
    missed: bool,
}

impl Watcher {
    async fn begin(
        principal: Principal,
        db: &Db,
        clock: &Clock,
        live: &Live,
        last_seen: Option<i64>,
    ) -> Result<Self> {
        // Watch first and look then, or something could happen in between.
        let (news, closed) = live.watch();
        let newest: Option<i64> = notification::Entity::find()
            .select_only()
            .column(notification::Column::Id)
            .filter(notification::Column::UserId.eq(principal.user_id))
            .order_by_desc(notification::Column::Id)
            .limit(1)
            .into_tuple()
            .one(db.read())
            .await?;
        Ok(Self {
            principal,
            db: db.clone(),
            clock: clock.clone(),
            news,
            closed,
            heartbeat: interval_at(Instant::now() + HEARTBEAT, HEARTBEAT),
            seen_up_to: last_seen.or(newest).unwrap_or(0),
            sent: BTreeSet::new(),
            begun: false,
        })
    }

    /// The next piece of the stream; nothing ends it.
    ///
    /// What is looked up is boxed: thousands of streams wait here, and each would hold the room that a look-up takes.
    async fn next(&mut self) -> Option<Bytes> {
        if !self.begun {
            self.begun = true;
            let mut text = ": connected\n\n".to_owned();
            text.push_str(&Box::pin(self.notifications()).await.ok()?);
            return Some(text.into());
        }
        loop {
            let happened = tokio::select! {
                _ = self.closed.wait_for(|closed| *closed) => return None,
                _ = self.heartbeat.tick() => None,
                news = self.news.recv() => Some(news),
            };
            let Some(news) = happened else {
                let welcome = Box::pin(self.is_still_signed_in()).await.ok()?;
                return welcome.then(|| Bytes::from_static(b": alive\n\n"));
            };
            let gathered = self.gather(news).await?;
            match Box::pin(self.look_up(gathered)).await {
                Ok(text) if text.is_empty() => {}
                Ok(text) => return Some(text.into()),
                Err(error) => {
                    // The browser connects again and asks for what it missed.
                    tracing::warn!(%error, "a stream ended");
                    return None;
                }
            }
        }
    }

    async fn gather(&mut self, first: Result<News, RecvError>) -> Option<Gathered> {
        let user = self.principal.user_id;
        let mut gathered = Gathered::default();
        gathered.take(
            user,
            first.map_err(|error| match error {
                RecvError::Lagged(missed) => TryRecvError::Lagged(missed),
                RecvError::Closed => TryRecvError::Closed,
            }),
        )?;
        sleep(GATHER).await;
        loop {
            match self.news.try_recv() {
                Err(TryRecvError::Empty) => return Some(gathered),
                news => gathered.take(user, news)?,
            }
        }
    }

    async fn look_up(&mut self, gathered: Gathered) -> Result<String> {
        let now = self.clock.now();
        let mut text = String::new();
        if gathered.missed || !gathered.visits.is_empty() {
            let mut changed = Condition::any().add(visit::Column::Id.is_in(gathered.visits));
            if gathered.missed {
                changed = changed.add(visit::Column::UpdatedAt.gt(now - MISSED));
            }
            let views = changed_visits(self.db.read(), &self.principal, changed, now).await?;
            for view in views {
                push_event(&mut text, "visit", None, &view)?;
            }
        }
        if gathered.missed || gathered.notified {
            text.push_str(&self.notifications().await?);
        }
        Ok(text)
    }

    async fn notifications(&mut self) -> Result<String> {
        let rows = notification::Entity::find()
            .filter(notification::Column::UserId.eq(self.principal.user_id))
            .filter(notification::Column::Id.gt(self.seen_up_to))
            .filter(notification::Column::Id.is_not_in(self.sent.iter().copied()))
            .order_by_asc(notification::Column::Id)
            .limit(MOST_MISSED)
            .all(self.db.read())
            .await?;
        let mut text = String::new();
        for row in rows {
            self.sent.insert(row.id);
            push_event(
                &mut text,
                "notification",
                Some(row.id),
                &NotificationView::from(row),
            )?;
        }
        // What is long past cannot become visible any more: the memory stays small.
        while self.sent.len() > 500 {
            if let Some(oldest) = self.sent.pop_first() {
                self.seen_up_to = oldest;
            }
        }
        Ok(text)
    }

    async fn is_still_signed_in(&self) -> Result<bool> {
        let now: DateTime<Utc> = self.clock.now();
        let open = session::Entity::find_by_id(self.principal.session_id)
            .filter(session::Column::RevokedAt.is_null())
            .filter(session::Column::ExpiresAt.gt(now))
            .count(self.db.read())
            .await?;
        Ok(open > 0)
    }
}

impl Gathered {
    /// Takes in one piece of news; nothing means that there will be no more.
    fn take(&mut self, user: UserId, news: Result<News, TryRecvError>) -> Option<()> {
        match news {
            Ok(News::Visits(visits)) => self.visits.extend(visits.iter()),
            Ok(News::Notified(users)) => self.notified |= users.contains(&user),
            Err(TryRecvError::Lagged(_)) => self.missed = true,
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Closed) => return None,
        }
        Some(())
    }
}

fn push_event(
    text: &mut String,
    event: &str,
    id: Option<i64>,
    data: &impl Serialize,
) -> Result<()> {
    use std::fmt::Write as _;
    let json = serde_json::to_string(data).map_err(Error::internal)?;
    // Writing to a string cannot fail.
    if let Some(id) = id {
        let _ = writeln!(text, "id: {id}");
    }
    let _ = write!(text, "event: {event}\ndata: {json}\n\n");
    Ok(())
}
