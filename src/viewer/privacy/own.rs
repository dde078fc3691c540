//! What is one's own: the visits of this browser on this link, and what was asked through it.

use actix_web::HttpRequest;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use crate::engagement::{Seen, Whose, read_visit_token, visits_of};
use crate::entities::{question, visit};
use crate::error::Result;
use crate::ids::{LinkId, VisitId};
use crate::keys::Keys;

/// What belongs to whoever asks.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) visits: Vec<VisitId>,
    pub(super) questions: Vec<question::Model>,
}

impl Own {
    /// Looks it up. A browser is known by its cookie, a visit by its token; whoever has neither is tied to nothing.
    pub(super) async fn of<C: ConnectionTrait>(
        db: &C,
        request: &HttpRequest,
        keys: &Keys,
        link: LinkId,
        visit_token: &str,
    ) -> Result<Self> {
        let claim = read_visit_token(keys, visit_token).filter(|claim| claim.link == link);
        let whose = Whose {
            browser_id: Seen::of(request).browser_id,
            visit: claim.map(|claim| claim.visit),
        };
        let visits = visits_of(db, link, &whose).await?;
        let asked = question::Entity::find()
            .filter(question::Column::LinkId.eq(link))
            .order_by_asc(question::Column::AskedAt)
            .all(db)
            .await?;
        // What another browser asked is another's. Asked without script, a question belongs to no browser.
        let others: Vec<VisitId> = visit::Entity::find()
            .filter(visit::Column::Id.is_in(asked.iter().filter_map(|row| row.visit_id)))
            .filter(visit::Column::BrowserId.ne(""))
            .all(db)
            .await?
            .into_iter()
            .map(|visit| visit.id)
            .filter(|id| !visits.contains(id))
            .collect();
        let questions = asked
            .into_iter()
            .filter(|row| row.visit_id.is_none_or(|visit| !others.contains(&visit)))
            .collect();
        Ok(Self { visits, questions })
    }
}
