//! A Markdown document while it is written.

/// The text so far.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    text: String,
}

impl Sheet {
    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A blank line, never two.
    pub(crate) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    pub(crate) fn heading(&mut self, heading: &str) {
        self.blank();
        self.line(heading);
        self.blank();
    }

    /// A line between parts.
    pub(crate) fn rule(&mut self) {
        self.heading("---");
    }

    pub(crate) fn table_head(&mut self, columns: &[&str]) {
        self.blank();
        self.row(columns);
        self.line(&format!("|{}", "---|".repeat(columns.len())));
    }

    pub(crate) fn row<S: AsRef<str>>(&mut self, cells: &[S]) {
        let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
        self.line(&format!("| {} |", cells.join(" | ")));
    }

    /// A box, ticked or not, behind `indent` spaces.
    pub(crate) fn tick(&mut self, indent: usize, ticked: bool, text: &str) {
        self.line(&format!("{:indent$}- [{}] {text}", "", if ticked { 'x' } else { ' ' }));
    }

    /// A fact of a header, which ends its line.
    pub(crate) fn fact(&mut self, name: &str, value: &str) {
        self.line(&format!("**{name}:** {value}  "));
    }

    /// The text with one final line break.
    pub(crate) fn finish(self) -> String {
        let mut text = self.text;
        text.truncate(text.trim_end().len());
        text.push('\n');
        text
    }
}
