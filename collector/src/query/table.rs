//! Text tables for a terminal. What spans say is shown, never obeyed: control characters are written as escapes.

/// Longest text in a column but the last.
const MAX_WIDTH: usize = 60;

/// Lines of columns; numbers are right-aligned where the head says so.
pub(super) struct Table {
    right: Vec<bool>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// With these names of columns; one that starts with `>` is right-aligned.
    pub(super) fn new(head: &[&str]) -> Table {
        let name = |name: &&str| name.trim_start_matches('>').to_owned();
        Table {
            right: head.iter().map(|name| name.starts_with('>')).collect(),
            rows: vec![head.iter().map(name).collect()],
        }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows
            .push(cells.into_iter().map(|cell| legible(&cell)).collect());
    }

    /// All lines; without a row, `nothing`.
    pub(super) fn print(&self, nothing: &str) -> String {
        if self.rows.len() < 2 {
            return format!("{nothing}\n");
        }
        let last = self.right.len().saturating_sub(1);
        let cut = |column: usize, cell: &str| -> String {
            if column == last || cell.chars().count() <= MAX_WIDTH {
                return cell.to_owned();
            }
            cell.chars().take(MAX_WIDTH - 1).chain(['…']).collect()
        };
        let cells = |row: &Vec<String>| -> Vec<String> {
            row.iter()
                .enumerate()
                .map(|(column, cell)| cut(column, cell))
                .collect()
        };
        let rows: Vec<Vec<String>> = self.rows.iter().map(cells).collect();
        let width = |column: usize| {
            let widths = rows.iter().filter_map(|row| row.get(column));
            widths.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..=last).map(width).collect();
        let mut text = String::new();
        for row in &rows {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let space = widths
                    .get(column)
                    .map_or(0, |width| width - cell.chars().count());
                let (before, after) = match self.right.get(column) {
                    Some(true) => (space, 0),
                    _ => (0, space),
                };
                line += &format!("{}{cell}{}  ", " ".repeat(before), " ".repeat(after));
            }
            text += line.trim_end();
            text.push('\n');
        }
        text
    }
}

/// A text in which nothing steers the terminal or turns the text around it.
pub(super) fn legible(text: &str) -> String {
    let is_unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let mut legible = String::with_capacity(text.len());
    for c in text.chars() {
        match is_unseen(c) {
            true => legible.extend(c.escape_unicode()),
            false => legible.push(c),
        }
    }
    legible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_cut() {
        let mut table = Table::new(&["NAME", ">SPANS", "ID"]);
        table.row(["a".to_owned(), "5".to_owned(), "x".repeat(70)]);
        table.row(["ä".repeat(70), "12345".to_owned(), String::new()]);
        let text = table.print("none");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], format!("NAME{}  SPANS  ID", " ".repeat(56)));
        assert_eq!(
            lines[1],
            format!("a{}      5  {}", " ".repeat(59), "x".repeat(70))
        );
        assert_eq!(lines[2], format!("{}…  12345", "ä".repeat(59)));
        assert_eq!(Table::new(&["A"]).print("none"), "none\n");
    }

    #[test]
    fn nothing_reaches_the_terminal_as_a_command() {
        assert_eq!(
            legible("a\u{1b}[31mb\r\n\u{202e}c"),
            "a\\u{1b}[31mb\\u{d}\\u{a}\\u{202e}c"
        );
    }
}
