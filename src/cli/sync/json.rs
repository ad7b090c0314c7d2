//! An inventory as JSON: an array of objects, or one object after the other.

use serde_json::{Deserializer, Value};

use super::inventory::Draft;
use crate::escape::escape;

/// The hosts as they are read; what cannot be read has its place and its field.
pub(super) fn drafts(text: &str, file: &str) -> Vec<Result<Draft, String>> {
    let mut found = Vec::new();
    let mut values = Deserializer::from_str(text).into_iter::<Value>();
    loop {
        // Where the value begins.
        let before = text.get(..values.byte_offset()).unwrap_or_default();
        let skipped = text.get(values.byte_offset()..).unwrap_or_default();
        let skipped = skipped.chars().take_while(|c| c.is_whitespace()).filter(|&c| c == '\n').count();
        let line = before.matches('\n').count().saturating_add(skipped).saturating_add(1);
        match values.next() {
            None => return found,
            Some(Ok(Value::Array(hosts))) => {
                for (host, number) in hosts.iter().zip(1..) {
                    found.push(draft(host, format!("{file}:{line}: host {number}")));
                }
            }
            Some(Ok(value)) => found.push(draft(&value, format!("{file}:{line}"))),
            Some(Err(error)) => {
                found.push(Err(format!("{file}:{}: column {}: no JSON: {error}", error.line(), error.column())));
                return found;
            }
        }
    }
}

fn draft(value: &Value, place: String) -> Result<Draft, String> {
    let Value::Object(fields) = value else { return Err(format!("{place}: not an object")) };
    let mut draft = Draft::new(place.clone());
    // The name comes first, wherever it stands.
    for name in ["name", "addresses", "address"] {
        for text in texts(fields.get(name), name, &place)? {
            draft.text(&text);
        }
    }
    for (field, value) in fields.iter().filter(|(field, _)| !matches!(field.as_str(), "name" | "address" | "addresses"))
    {
        for text in texts(Some(value), field, &place)? {
            draft.set(field, &text)?;
        }
    }
    Ok(draft)
}

/// One text, or several; a port may be a number.
fn texts(value: Option<&Value>, field: &str, place: &str) -> Result<Vec<String>, String> {
    let wrong = || format!("{place}: \"{}\" must be a text, or a list of texts", escape(field));
    let one = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) if field == "port" => Ok(number.to_string()),
        _ => Err(wrong()),
    };
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(values)) => values.iter().map(one).collect(),
        Some(value) => Ok(vec![one(value)?]),
    }
}
