//! Pieces of Markdown.

/// Text as it can stand in a cell of a table.
pub fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Keys or words as code, with commas between.
pub fn codes<'a>(all: impl IntoIterator<Item = &'a str>) -> String {
    all.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

/// Text as code; a backtick needs two around it.
pub fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// The head of a table.
pub fn head(titles: &[&str]) -> String {
    format!("| {} |\n|{}\n", titles.join(" | "), "---|".repeat(titles.len()))
}

/// A row of a table.
pub fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// What stands on top of a page that nobody writes by hand.
pub const WRITTEN: &str = "<!-- Written by tests/reference from the tables of the program; change those. -->\n\n";
