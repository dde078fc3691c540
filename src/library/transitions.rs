//! The life cycle of an asset as a table: which steps there are, who may take them, and what each needs. Pure decisions;
//! taking a step is `steps.rs`.
//!
//! Whose work a piece is: of whoever sent it to review; before that, of whoever uploaded its current version, else of its
//! owner. Their own work anybody with the permission may approve, unless others were named as reviewers or the
//! installation wants four eyes (`four_eyes`) and somebody else could; the log says that it was their own. Four eyes are
//! two people: whoever made the version is not the second one, whoever sent it; and what has no pages nobody has seen.
//! A new version that waits beside what is approved is approved by a step from approved to approved, so that what was
//! sent and found goes on meanwhile.

use chrono::NaiveDate;

use crate::entities::{AssetState, Role};
use crate::error::{Code, Error, Result};
use crate::http::Permission;
use crate::ids::UserId;

use AssetState::{Approved, Archived, Draft, Expired, InReview};

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) from: AssetState,
    pub(super) to: AssetState,
    /// What the role must be allowed.
    pub(super) permission: Permission,
}

const fn step(from: AssetState, to: AssetState, permission: Permission) -> Step {
    Step {
        from,
        to,
        permission,
    }
}

/// Every step there is.
pub(super) const STEPS: &[Step] = &[
    step(Draft, InReview, Permission::LibraryWrite),
    step(Draft, Approved, Permission::LibraryApprove),
    step(InReview, Approved, Permission::LibraryApprove),
    step(InReview, Draft, Permission::LibraryWrite),
    step(Approved, Draft, Permission::LibraryApprove),
    step(Approved, Approved, Permission::LibraryApprove),
    step(Approved, Expired, Permission::LibraryApprove),
    step(Expired, Approved, Permission::LibraryApprove),
    step(Draft, Archived, Permission::LibraryApprove),
    step(InReview, Archived, Permission::LibraryApprove),
    step(Approved, Archived, Permission::LibraryApprove),
    step(Expired, Archived, Permission::LibraryApprove),
    step(Archived, Draft, Permission::LibraryWrite),
];

/// What is known when somebody wants to take a step.
#[derive(Clone, Debug)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own that a step may hang on"
)]
pub(super) struct Situation {
    /// Who wants to.
    pub(super) actor: UserId,
    pub(super) role: Role,
    /// Whose work the piece is.
    pub(super) author: Option<UserId>,
    /// Who brought the version that the approval would be about.
    pub(super) made_by: Option<UserId>,
    /// Whether that version waits for it, beside what is shown.
    pub(super) waits: bool,
    /// Whether that version has its pages.
    pub(super) is_readable: bool,
    /// Who was named to review it.
    pub(super) reviewers: Vec<UserId>,
    /// Whether somebody other than the actor may approve.
    pub(super) others_may_approve: bool,
    /// Whether the installation wants a second person.
    pub(super) four_eyes: bool,
    /// The first day on which it may not be pitched any more, as it will be after the step.
    pub(super) expires_at: Option<NaiveDate>,
    pub(super) today: NaiveDate,
}

impl Situation {
    /// Whether it is the actor's own work.
    pub(super) fn is_own(&self) -> bool {
        self.author == Some(self.actor)
    }
}

/// Whether somebody of `role` may take an asset from one state to another at all; if not, why.
pub(super) fn check_step(from: AssetState, to: AssetState, role: Role) -> Result<Step> {
    let step = STEPS
        .iter()
        .find(|step| step.from == from && step.to == to)
        .ok_or_else(|| {
            Error::new(
                Code::Conflict,
                format!("There is no step from {} to {}.", words(from), words(to)),
            )
        })?;
    if step.permission.granted_to(role) {
        return Ok(*step);
    }
    Err(Error::new(
        Code::Forbidden,
        format!(
            "The step from {} to {} is not open to the role {role}.",
            words(from),
            words(to)
        ),
    ))
}

/// A state as people write it.
fn words(state: AssetState) -> String {
    state.as_str().replace('_', " ")
}

/// Whether the step may be taken now, by this person; if not, why.
pub(super) fn check_situation(step: Step, now: &Situation) -> Result<()> {
    if step.to == Approved {
        if step.from == Approved && !now.waits {
            return Err(Error::new(
                Code::Conflict,
                "It is approved, and no new version waits for an approval.",
            ));
        }
        if now.expires_at.is_some_and(|day| day <= now.today) {
            return Err(Error::new(
                Code::Conflict,
                "Its last day is over. Say until when it holds, or that it does not expire.",
            ));
        }
        let named = now.reviewers.is_empty() || now.reviewers.contains(&now.actor);
        // An admin stands in for reviewers who are away.
        if step.from == InReview && !named && now.role != Role::Admin {
            return Err(Error::new(
                Code::Forbidden,
                "Others were asked to review this; one of them decides.",
            ));
        }
        if now.four_eyes && now.others_may_approve {
            if now.is_own() || now.made_by == Some(now.actor) {
                let own = "This is your own work, and here a second person approves.";
                let sent = match step.from {
                    Draft => " Send it to review.",
                    _ => "",
                };
                return Err(Error::new(Code::Forbidden, format!("{own}{sent}")));
            }
            if !now.is_readable {
                return Err(Error::new(
                    Code::Conflict,
                    "It has no pages that a second person could look at. Wait until it is converted.",
                ));
            }
        }
    }
    Ok(())
}

/// Whether the step needs words: who sends a piece back tells its author why.
pub(super) fn needs_comment(step: Step, now: &Situation) -> bool {
    step.from == InReview && step.to == Draft && !now.is_own() && now.author.is_some()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn user(number: i64) -> UserId {
        UserId::new(DateTime::from_timestamp(1_790_000_000 + number, 0).unwrap())
    }

    fn situation(actor: UserId, author: UserId) -> Situation {
        let today = NaiveDate::from_ymd_opt(2026, 9, 1).unwrap();
        Situation {
            actor,
            role: Role::Marketer,
            author: Some(author),
            made_by: Some(author),
            waits: false,
            is_readable: true,
            reviewers: Vec::new(),
            others_may_approve: true,
            four_eyes: false,
            expires_at: None,
            today,
        }
    }

    fn approval() -> Step {
        check_step(InReview, Approved, Role::Marketer).unwrap()
    }

    #[test]
    fn the_way_leads_from_draft_through_review_to_approved_and_out() {
        for (from, to) in [
            (Draft, InReview),
            (InReview, Approved),
            (Approved, Expired),
            (Expired, Approved),
            (Expired, Archived),
            (Archived, Draft),
        ] {
            assert!(
                check_step(from, to, Role::Marketer).is_ok(),
                "{from} to {to}"
            );
        }
    }

    #[test]
    fn there_is_no_step_to_the_same_state_nor_from_archived_to_approved() {
        for state in AssetState::ALL {
            let step = check_step(*state, *state, Role::Admin);
            let taken = step.and_then(|step| check_situation(step, &situation(user(1), user(2))));
            assert_eq!(taken.unwrap_err().code, Code::Conflict);
        }
        let error = check_step(Archived, InReview, Role::Admin).unwrap_err();
        assert_eq!(error.detail, "There is no step from archived to in review.");
        assert!(check_step(Archived, Approved, Role::Admin).is_err());
    }

    #[test]
    fn what_waits_beside_what_is_approved_is_approved_by_a_second_person() {
        let step = check_step(Approved, Approved, Role::Marketer).unwrap();
        let (author, other) = (user(1), user(2));
        let waits = |actor: UserId| Situation {
            waits: true,
            four_eyes: true,
            ..situation(actor, author)
        };
        assert!(check_situation(step, &waits(other)).is_ok());
        let own = check_situation(step, &waits(author)).unwrap_err();
        assert_eq!(own.code, Code::Forbidden);
        assert!(!own.detail.contains("Send it"), "{}", own.detail);
    }

    #[test]
    fn reps_and_managers_take_no_step() {
        for step in STEPS {
            for role in [Role::Rep, Role::Manager] {
                let error = check_step(step.from, step.to, role).unwrap_err();
                assert_eq!(error.code, Code::Forbidden);
            }
        }
    }

    #[test]
    fn named_reviewers_decide_and_an_admin_stands_in_for_them() {
        let (author, named, other) = (user(1), user(2), user(3));
        let asked = |actor: UserId, role: Role| Situation {
            role,
            reviewers: vec![named],
            ..situation(actor, author)
        };
        assert!(check_situation(approval(), &asked(named, Role::Marketer)).is_ok());
        assert!(check_situation(approval(), &asked(other, Role::Marketer)).is_err());
        assert!(check_situation(approval(), &asked(author, Role::Marketer)).is_err());
        assert!(check_situation(approval(), &asked(other, Role::Admin)).is_ok());
    }

    #[test]
    fn own_work_needs_a_second_person_only_where_that_is_wanted_and_there_is_one() {
        let author = user(1);
        let mut now = situation(author, author);
        assert!(check_situation(approval(), &now).is_ok());
        now.four_eyes = true;
        assert!(check_situation(approval(), &now).is_err());
        let at_once = check_step(Draft, Approved, Role::Marketer).unwrap();
        assert!(
            check_situation(at_once, &now).is_err(),
            "nor around the review"
        );
        now.others_may_approve = false;
        assert!(check_situation(approval(), &now).is_ok());
    }

    #[test]
    fn the_second_person_is_not_who_made_the_version_and_has_something_to_look_at() {
        let (sender, maker, other) = (user(1), user(2), user(3));
        let looks = |actor: UserId| Situation {
            made_by: Some(maker),
            four_eyes: true,
            ..situation(actor, sender)
        };
        for actor in [sender, maker] {
            let error = check_situation(approval(), &looks(actor)).unwrap_err();
            assert_eq!(error.code, Code::Forbidden);
        }
        let mut now = looks(other);
        assert!(check_situation(approval(), &now).is_ok());
        now.is_readable = false;
        assert!(check_situation(approval(), &now).is_err());
        now.four_eyes = false;
        assert!(check_situation(approval(), &now).is_ok());
    }

    #[test]
    fn what_has_run_out_is_not_approved_without_a_new_day() {
        let mut now = situation(user(1), user(2));
        now.expires_at = Some(now.today);
        assert!(check_situation(approval(), &now).is_err());
        now.expires_at = now.today.succ_opt();
        assert!(check_situation(approval(), &now).is_ok());
    }

    #[test]
    fn sending_back_needs_words_and_taking_back_does_not() {
        let back = check_step(InReview, Draft, Role::Marketer).unwrap();
        assert!(needs_comment(back, &situation(user(2), user(1))));
        let author = user(1);
        assert!(!needs_comment(back, &situation(author, author)));
        assert!(!needs_comment(approval(), &situation(user(2), user(1))));
    }
}
