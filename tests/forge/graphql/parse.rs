//! The text of a query as a tree, as far as the forge needs it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// One field of a selection.
#[derive(Debug, Clone)]
pub struct Field {
    /// Under which name it is answered.
    pub key: String,
    pub name: String,
    pub arguments: Map<String, Value>,
    pub selection: Vec<Selection>,
}

/// What a selection holds.
#[derive(Debug, Clone)]
pub enum Selection {
    Field(Field),
    /// Only for objects of this type, where one is named.
    Fragment(Option<String>, Vec<Selection>),
    Named(String),
}

/// A parsed document: operations and fragments by name.
#[derive(Debug, Default)]
pub struct Document {
    pub operations: BTreeMap<String, Vec<Selection>>,
    pub fragments: BTreeMap<String, (String, Vec<Selection>)>,
}

/// Reads a document; `None` where it is none.
pub fn parse(text: &str, variables: &Value) -> Option<Document> {
    let mut parser = Parser { tokens: tokens(text), at: 0, variables };
    let mut document = Document::default();
    while parser.at < parser.tokens.len() {
        match parser.peek()? {
            "fragment" => {
                parser.at += 1;
                let name = parser.next()?;
                parser.expect("on")?;
                let of = parser.next()?;
                document.fragments.insert(name, (of, parser.selection()?));
            }
            "{" => {
                document.operations.insert(String::new(), parser.selection()?);
            }
            _ => {
                parser.at += 1;
                let name = if matches!(parser.peek()?, "{" | "(") { String::new() } else { parser.next()? };
                parser.skip_variables();
                document.operations.insert(name, parser.selection()?);
            }
        }
    }
    Some(document)
}

struct Parser<'v> {
    tokens: Vec<String>,
    at: usize,
    variables: &'v Value,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> Option<String> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    fn expect(&mut self, token: &str) -> Option<()> {
        (self.next()? == token).then_some(())
    }

    fn skip_variables(&mut self) {
        if self.peek() == Some("(") {
            while self.next().is_some_and(|it| it != ")") {}
        }
    }

    fn selection(&mut self) -> Option<Vec<Selection>> {
        self.expect("{")?;
        let mut all = Vec::new();
        while self.peek()? != "}" {
            all.push(self.one()?);
        }
        self.at += 1;
        Some(all)
    }

    fn one(&mut self) -> Option<Selection> {
        let first = self.next()?;
        if first == "..." {
            return match self.peek()? {
                "on" => {
                    self.at += 1;
                    Some(Selection::Fragment(Some(self.next()?), self.selection()?))
                }
                "{" => Some(Selection::Fragment(None, self.selection()?)),
                _ => Some(Selection::Named(self.next()?)),
            };
        }
        let mut name = first.clone();
        if self.peek()? == ":" {
            self.at += 1;
            name = self.next()?;
        }
        let arguments = if self.peek()? == "(" { self.arguments()? } else { Map::new() };
        while self.peek()? == "@" {
            self.at += 2;
            self.skip_variables();
        }
        let selection = if self.peek()? == "{" { self.selection()? } else { Vec::new() };
        Some(Selection::Field(Field { key: first, name, arguments, selection }))
    }

    fn arguments(&mut self) -> Option<Map<String, Value>> {
        self.at += 1;
        let mut all = Map::new();
        while self.peek()? != ")" {
            let name = self.next()?;
            self.expect(":")?;
            all.insert(name, self.value()?);
        }
        self.at += 1;
        Some(all)
    }

    fn value(&mut self) -> Option<Value> {
        let token = self.next()?;
        match token.as_str() {
            "$" => Some(self.variables[self.next()?].clone()),
            "[" => {
                let mut all = Vec::new();
                while self.peek()? != "]" {
                    all.push(self.value()?);
                }
                self.at += 1;
                Some(all.into())
            }
            "{" => {
                let mut all = Map::new();
                while self.peek()? != "}" {
                    let name = self.next()?;
                    self.expect(":")?;
                    all.insert(name, self.value()?);
                }
                self.at += 1;
                Some(all.into())
            }
            _ => Some(serde_json::from_str(&token).unwrap_or_else(|_| token.into())),
        }
    }
}

fn tokens(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' => {
                rest = rest.find('\n').map_or("", |end| &rest[end..]);
                continue;
            }
            it if it.is_whitespace() || it == ',' => {
                rest = &rest[it.len_utf8()..];
                continue;
            }
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            '.' if rest.starts_with("...") => 3,
            it if is_word(it) => rest.find(|it| !is_word(it)).unwrap_or(rest.len()),
            it => it.len_utf8(),
        };
        all.push(rest[..length].to_owned());
        rest = &rest[length..];
    }
    all
}

fn is_word(it: char) -> bool {
    it.is_alphanumeric() || it == '_' || it == '-'
}
