//! Users, teams, roles and sessions: who may sign in, and whether they still may.
//!
//! How a request proves who it is stands in `http`; this folder keeps the rows behind it.
//!
//! Invariant: a password is only ever kept as its Argon2id hash, and hashed off the async threads.

mod password;
mod sessions;
mod users;

pub use password::{hash_password, verify_password};
pub use sessions::{__path_sign_in, __path_sign_out, SignIn, SignedIn, sign_in, sign_out};
pub use users::{
    __path_list_teams, __path_list_users, __path_me, Me, NewUser, TeamView, UserRef, UserView,
    add_user, find_users, list_teams, list_users, me, user_refs, users_who_may, users_with_role,
};
