//! What a role may do: one table.

use serde::Serialize;

use crate::entities::Role;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:tt: $($role:ident)+;)+) => {
        /// Something a role may or may not do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
        pub enum Permission { $($(#[$doc])* #[serde(rename = $text)] $name,)+ }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Whether `role` has it.
            pub const fn granted_to(self, role: Role) -> bool {
                match self { $(Self::$name => matches!(role, $(Role::$role)|+),)+ }
            }
        }
    };
}

permissions! {
    /// See collateral.
    LibraryRead = "library.read": Rep Marketer Manager Admin;
    /// Upload and describe collateral.
    LibraryWrite = "library.write": Marketer Admin;
    /// Approve, expire and archive collateral.
    LibraryApprove = "library.approve": Marketer Admin;
    /// See customers and opportunities (which ones, the finders decide).
    CrmRead = "crm.read": Rep Marketer Manager Admin;
    /// Change opportunities and note activities.
    CrmWrite = "crm.write": Rep Manager Admin;
    /// Import customers' data in bulk.
    CrmImport = "crm.import": Marketer Manager Admin;
    /// Let something be sent to whoever is not to be contacted, and lift what is against it.
    ContactOverride = "contact.override": Manager Admin;
    /// Compose pitches and make links.
    PitchWrite = "pitch.write": Rep Manager Admin;
    /// Make and share pitch templates.
    TemplateWrite = "template.write": Rep Marketer Manager Admin;
    /// Choose how pitches look.
    BrandWrite = "brand.write": Manager Admin;
    /// See who reads what.
    EngagementRead = "engagement.read": Rep Marketer Manager Admin;
    /// Say by rules what counts as a person's visit, for everybody.
    EngagementManage = "engagement.manage": Manager Admin;
    /// See figures over all deals.
    AnalyticsRead = "analytics.read": Marketer Manager Admin;
    /// Look after a team.
    TeamLead = "team.lead": Manager Admin;
    /// Run the installation.
    Admin = "admin": Admin;
}

impl Permission {
    /// What `role` may do.
    pub fn of(role: Role) -> Vec<Self> {
        Self::ALL
            .iter()
            .copied()
            .filter(|permission| permission.granted_to(role))
            .collect()
    }
}
