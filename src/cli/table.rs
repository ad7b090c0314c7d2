//! Tables that fit the terminal; elsewhere one line a row, however long.

use comfy_table::{Attribute, Cell, Color, ContentArrangement, TableStyle};

use super::Console;
use super::style::Style;

/// Columns with a heading. Cells are ready to be shown: what came from outside is escaped.
pub(super) struct Table {
    table: comfy_table::Table,
}

impl Table {
    pub(super) fn new(headings: &[&str]) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(TableStyle::new());
        table.set_header(headings.iter().map(|heading| Cell::new(heading).add_attribute(Attribute::Bold)));
        Self { table }
    }

    /// One row, each cell with its style, if any.
    pub(super) fn row<T: ToString>(&mut self, cells: impl IntoIterator<Item = (T, Option<Style>)>) {
        self.table.add_row(cells.into_iter().map(|(text, style)| cell(&text.to_string(), style)));
    }

    /// As lines for the console: wrapped where that is a terminal that is too narrow, in colour where it has any.
    pub(super) fn lines(mut self, console: &Console) -> Vec<String> {
        match console.width() {
            Some(width) => self.table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
            None => self.table.set_content_arrangement(ContentArrangement::Disabled),
        };
        if console.has_colour() {
            self.table.enforce_styling();
        } else {
            self.table.force_no_tty();
        }
        for column in self.table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        // Escape sequences end before the padding.
        self.table.lines().map(|line| line.trim_end().to_owned()).collect()
    }
}

fn cell(text: &str, style: Option<Style>) -> Cell {
    let cell = Cell::new(text);
    match style {
        None => cell,
        Some(Style::Good | Style::Added) => cell.fg(Color::DarkGreen),
        Some(Style::Bad) => cell.fg(Color::DarkRed).add_attribute(Attribute::Bold),
        Some(Style::Removed) => cell.fg(Color::DarkRed),
        Some(Style::Warn) => cell.fg(Color::DarkYellow),
        Some(Style::Dim) => cell.add_attribute(Attribute::Dim),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["HOST", "STATUS"]);
        table.row([("node1.example.org,10.0.0.1", None), ("added", Some(Style::Good))]);
        table.row([("n2", None), ("refused", Some(Style::Bad))]);
        table
    }

    #[test]
    fn without_a_terminal_a_row_is_a_line() {
        let lines = table().lines(&Console::of_screen(None, false));
        let expected = [
            "HOST                        STATUS",
            "node1.example.org,10.0.0.1  added",
            "n2                          refused",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn on_a_narrow_terminal_it_is_wrapped() {
        let lines = table().lines(&Console::of_screen(Some(24), false));
        assert!(lines.iter().all(|line| line.len() <= 24), "{lines:?}");
        let joined: String = lines.concat().split_whitespace().collect();
        assert!(joined.contains("STATUS") && joined.contains("refused") && lines.len() > 3, "{lines:?}");
    }

    #[test]
    fn colour_is_around_the_cell_that_has_a_style() {
        let lines = table().lines(&Console::of_screen(Some(80), true));
        assert!(lines[1].starts_with("node1.example.org,10.0.0.1") && lines[1].contains("\x1b["), "{lines:?}");
        assert!(
            lines[1].contains("added") && lines[1].ends_with("\x1b[0m") | lines[1].ends_with("\x1b[39m"),
            "{lines:?}"
        );
    }
}
