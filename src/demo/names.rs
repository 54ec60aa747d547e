//! What things are called in the demo company: tables, nothing else.

/// Somebody who works there.
#[derive(Debug, PartialEq, Eq)]
pub struct Person {
    /// The first name; the company uses no other.
    pub name: &'static str,
    /// The mail address.
    pub email: &'static str,
}

const fn person(name: &'static str, email: &'static str) -> Person {
    Person { name, email }
}

/// Everybody who writes code. One writes the own name in two-column characters.
pub static PEOPLE: [Person; 12] = [
    person("Amara", "amara@shop.example"),
    person("Bruno", "bruno@shop.example"),
    person("Chidi", "chidi@shop.example"),
    person("Dana", "dana@shop.example"),
    person("Emil", "emil@shop.example"),
    person("Farah", "farah@shop.example"),
    person("Goran", "goran@shop.example"),
    person("Hana", "hana@shop.example"),
    person("Ines", "ines@shop.example"),
    person("Jörg", "joerg@shop.example"),
    person("さくら", "sakura@shop.example"),
    person("Luz", "luz@shop.example"),
];

/// The bot that keeps dependencies current.
pub static BOT: Person = person("depkeeper[bot]", "depkeeper[bot]@bots.shop.example");

/// The account in whose name the pipeline delivers.
pub const PIPELINE: &str = "pipeline";

/// What a feature does. With [`THINGS`] it makes a title: `Show delivery estimates`.
pub static VERBS: [&str; 20] = [
    "Show",
    "Validate",
    "Cache",
    "Batch",
    "Log",
    "Measure",
    "Retry",
    "Simplify",
    "Speed up",
    "Split",
    "Translate",
    "Sort",
    "Export",
    "Rename",
    "Remember",
    "Round",
    "Limit",
    "Index",
    "Rework",
    "Document",
];

/// What it does it to.
pub static THINGS: [&str; 30] = [
    "delivery estimates",
    "gift cards",
    "postal codes",
    "order totals",
    "voucher codes",
    "price rules",
    "product images",
    "stock levels",
    "customer addresses",
    "refund requests",
    "search filters",
    "recently seen items",
    "tax rates",
    "parcel labels",
    "webhook calls",
    "session tokens",
    "mail templates",
    "currency conversions",
    "wish lists",
    "payment retries",
    "invoice numbers",
    "size charts",
    "opening hours",
    "background jobs",
    "feature switches",
    "audit entries",
    "rate limits",
    "pagination links",
    "warehouse messages",
    "返品の理由",
];

/// What a repair repairs.
pub static REPAIRS: [&str; 12] = [
    "Fix off-by-one in the last page of results",
    "Fix rounding of totals with three currencies",
    "Handle an empty cart without an error",
    "Do not send the same mail twice",
    "Fix time zone of delivery dates",
    "Close the connection when the client went away",
    "Fix crash on addresses without a street",
    "Stop logging card numbers",
    "Fix slow query for customers with many orders",
    "Accept names with apostrophes",
    "Fix race between two refunds",
    "Do not cache answers with errors",
];

/// What the second and later commits of a branch say.
pub static FOLLOW_UPS: [&str; 8] = [
    "Add tests",
    "Address review",
    "Handle the empty case",
    "Rename for clarity",
    "Move the rule to its own module",
    "Document the setting",
    "Use the shared client",
    "Remove dead code",
];

/// Libraries that the bot bumps.
pub static LIBRARIES: [&str; 8] = [
    "http-client",
    "json-codec",
    "metrics-core",
    "tls-kit",
    "sql-driver",
    "queue-client",
    "time-zones",
    "template-lite",
];

/// Files of a service, relative to its folder.
pub static FILES: [&str; 11] = [
    "src/main.rs",
    "src/api.rs",
    "src/rules.rs",
    "src/store.rs",
    "src/client.rs",
    "src/events.rs",
    "src/settings.rs",
    "src/render.rs",
    "tests/rules.rs",
    "tests/api.rs",
    "docs/operations.md",
];

/// What a migration adds, for file names.
pub static COLUMNS: [&str; 8] = [
    "delivery_estimate",
    "voucher_code",
    "tax_class",
    "customer_locale",
    "refund_reason",
    "parcel_size",
    "audit_entry",
    "price_rule",
];

/// Why something was put into production, as people say.
pub static REASONS: [&str; 6] =
    ["weekly release", "asked for by the shop team", "small fixes", "before the campaign", "release train", "planned"];

/// The shop's own services, most telling first: with few services the story still has all its parts.
pub static SERVICES: [&str; 8] =
    ["catalog", "cart", "checkout", "payments", "search", "accounts", "shipping", "notify"];
