//! Pandoc's own tables → tables that the parser and `elements` know.
//!
//! A table drawn in dashes (pandoc's `simple_tables` and `multiline_tables`) becomes a table with bars, for its cells hold
//! nothing but a run of words; one drawn as a grid (`grid_tables`) becomes a table of HTML with Markdown in its cells.
//! As in pandoc, columns of a grid and of a table with rows of several lines are as wide as they are drawn, on a measure
//! of 72 characters. What proves to be no table stays as it was written. It knows nothing of tabs, which leave it open
//! where a column begins. Start at [`find`].

use std::collections::BTreeSet;
use std::iter::successors;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser};

/// How many columns a grid may have.
const MAX_COLUMNS: usize = 64;

/// How many characters a table is wide that is drawn over the whole measure (pandoc's `--columns`).
const MEASURE: usize = 72;

/// A table in another form.
pub(super) struct Rewritten {
    /// Where the line after it begins.
    pub(super) end: usize,
    /// What stands in its place.
    pub(super) parts: Vec<Part>,
}

/// A stretch of what stands in the place of a table.
pub(super) enum Part {
    /// What was written there.
    Copied(Range<usize>),
    /// Something else in its place.
    Added(String, Range<usize>),
    /// The widths of the columns of the table that is being put in.
    Widths(Vec<u16>),
}

/// The table that begins in the line at `at`, if there is one; no paragraph goes on there. `is_barred` tells whether what
/// begins at an offset is in fenced code or raw HTML, `is_code` whether it is in any code. `options` are the parser's.
/// Linear in the lines up to the end of the table, or up to where it proves to be none: to the next line of dashes, or to
/// the next that is not of a grid.
pub(super) fn find(
    text: &str,
    at: usize,
    options: Options,
    is_barred: impl Fn(usize) -> bool,
    is_code: impl Fn(usize) -> bool,
) -> Option<Rewritten> {
    let before = text[at..].find(|char| !matches!(char, ' ' | '\t' | '>'))?;
    let quote = text[at..at + before].rfind('>').map_or("", |mark| &text[at..=at + mark]);
    let first = Line::at(text, at, quote)?;
    if ["+-", "+=", "+:"].iter().any(|start| first.of(text).starts_with(start)) {
        if is_code(first.words.start) { None } else { Grid::read(text, quote, &first)?.rewrite(text, options) }
    } else {
        Some(Dashes::read(text, quote, first, is_barred, is_code)?.rewrite(text))
    }
}

/// A line of the text.
#[derive(Clone)]
struct Line {
    /// Where it begins, after the marks of the quotations that it is in.
    start: usize,
    /// What is in it without the white space around.
    words: Range<usize>,
    /// Where the next begins.
    next: usize,
}

impl Line {
    /// The line at `at`; `None` at the end of the text, and of the quotations that it is in, whose marks are `quote`.
    fn at(text: &str, at: usize, quote: &str) -> Option<Self> {
        let next = text[at..].find('\n').map_or(text.len(), |length| at + length + 1);
        let start = at + quote.len();
        if at == text.len() || !text[at..next].starts_with(quote) {
            return None;
        }
        let body = text[start..next].trim_end();
        let words = body.trim_start_matches([' ', '\t']);
        Some(Self { start, words: start + body.len() - words.len()..start + body.len(), next })
    }

    fn of<'a>(&self, text: &'a str) -> &'a str {
        &text[self.words.clone()]
    }

    /// Whether a table ends before it.
    fn ends(&self, text: &str) -> bool {
        self.words.is_empty() || self.of(text).starts_with(":::")
    }

    /// Whether it is nothing but dashes and spaces, with a dash first.
    fn is_dashes(&self, text: &str) -> bool {
        let words = self.of(text);
        words.starts_with("--") && words.bytes().all(|byte| matches!(byte, b'-' | b' '))
    }

    /// The columns that each group of dashes takes, if it is two groups or more of two dashes or more, or one of three.
    fn groups(&self, text: &str) -> Option<Vec<Range<usize>>> {
        let mut at = self.words.start - self.start;
        let mut groups = Vec::new();
        if !self.is_dashes(text) || text[self.start..self.words.start].contains('\t') {
            return None;
        }
        for part in self.of(text).split(' ') {
            if !part.is_empty() {
                groups.push(at..at + part.len());
            }
            at += part.len() + 1;
        }
        let least = if groups.len() > 1 { 2 } else { 3 };
        groups.iter().all(|group| group.len() >= least).then_some(groups)
    }
}

/// The lines from the one after `line` on.
fn lines_after<'a>(text: &'a str, quote: &'a str, line: &Line) -> impl Iterator<Item = Line> + 'a {
    successors(Line::at(text, line.next, quote), move |line| Line::at(text, line.next, quote))
}

// Tables drawn in dashes

/// What is in a cell: a stretch of each of its lines, without white space around.
type Pieces = Vec<Range<usize>>;

/// A table whose columns are told by a line of groups of dashes.
struct Dashes {
    /// Where its first line has its first word.
    start: usize,
    /// What stands before the dashes in their line, with the marks of quotations.
    prefix: Range<usize>,
    columns: Vec<Column>,
    /// The cells of the head, if there is one.
    head: Option<Vec<Pieces>>,
    /// Where the head ends, or would.
    head_end: usize,
    rows: Vec<Vec<Pieces>>,
    /// Whether its rows may have several lines.
    several: bool,
    end: usize,
}

struct Column {
    dashes: Range<usize>,
    /// The columns of text that the words take by which it is aligned; empty where there are none.
    words: Range<usize>,
}

impl Dashes {
    fn read(
        text: &str,
        quote: &str,
        first: Line,
        is_barred: impl Fn(usize) -> bool,
        is_code: impl Fn(usize) -> bool,
    ) -> Option<Self> {
        let start = first.words.start;
        let mut head = Vec::new();
        let mut line = first;
        let opens = line.groups(text);
        // Between a line of dashes and the groups of a head, or over these alone.
        let framed = opens.as_ref().is_some_and(|groups| groups.len() == 1);
        let mut groups = opens.filter(|groups| groups.len() > 1);
        let headless = groups.is_some();
        let frame = line.words.len();
        if framed {
            line = Line::at(text, line.next, quote)?;
        }
        while groups.is_none() {
            if line.ends(text) || line.is_dashes(text) || is_barred(line.words.start) {
                return None;
            }
            head.push(line.clone());
            line = Line::at(text, line.next, quote)?;
            groups = line.groups(text);
            if groups.is_none() && (line.is_dashes(text) || !framed) {
                return None;
            }
        }
        let groups = groups.filter(|groups| groups.len() > 1)?;
        if is_code(line.words.start) || (framed && frame + 2 < line.words.len()) {
            return None;
        }
        let prefix = line.start - quote.len()..line.words.start;

        let (mut body, mut blank, mut closing) = (Vec::<Line>::new(), false, None);
        let over_blanks = framed || headless;
        let mut end = line.next;
        for line in lines_after(text, quote, &line) {
            if is_barred(line.words.start) || (line.ends(text) && !(over_blanks && line.words.is_empty())) {
                break;
            }
            if line.is_dashes(text) {
                end = line.next;
                closing = Some(line);
                break;
            }
            blank |= line.words.is_empty();
            if !over_blanks {
                end = line.next;
            }
            body.push(line);
        }
        let closed = closing.is_some_and(|line| {
            let alike = line.groups(text).is_some_and(|closing| !headless || closing == groups);
            alike && Line::at(text, line.next, quote).is_none_or(|next| next.ends(text))
        });
        let after = Line::at(text, end, quote);
        let begins = body.first().is_some_and(|line| !line.words.is_empty());
        if !begins || (!closed && (over_blanks || after.is_some_and(|line| !line.ends(text)))) {
            return None;
        }
        let several = framed || blank;
        let rows: Vec<&[Line]> = if several {
            body.split(|line| line.words.is_empty()).filter(|lines| !lines.is_empty()).collect()
        } else {
            body.chunks(1).collect()
        };
        let aligning = if headless { rows.first().map_or(&[][..], |lines| &lines[..1]) } else { &head };
        let mut columns: Vec<Column> = groups.into_iter().map(|dashes| Column { dashes, words: 0..0 }).collect();
        align(text, aligning, &mut columns)?;
        let cells = |lines: &[Line]| cells(text, lines, &columns);
        let rows = rows.into_iter().map(cells).collect::<Option<Vec<_>>>()?;
        let head = if headless { None } else { Some(cells(&head)?) };
        (!rows.is_empty()).then_some(Self { start, prefix, columns, head, head_end: line.next, rows, several, end })
    }

    /// As a table with bars.
    fn rewrite(&self, text: &str) -> Rewritten {
        let mut parts = Vec::new();
        let add = |parts: &mut Vec<Part>, words: &str, at: usize| parts.push(Part::Added(words.to_owned(), at..at));
        let prefix = |parts: &mut Vec<Part>| parts.push(Part::Copied(self.prefix.clone()));
        let row = |parts: &mut Vec<Part>, cells: &[Pieces], start: usize| {
            let mut at = start;
            prefix(parts);
            for pieces in cells {
                add(parts, "| ", at);
                for (number, piece) in pieces.iter().enumerate() {
                    at = piece.end;
                    cell_words(text, piece.clone(), number + 1 == pieces.len(), parts);
                    add(parts, " ", at);
                }
            }
            add(parts, "|\n", at);
        };
        match &self.head {
            Some(cells) => row(&mut parts, cells, self.start),
            None => row(&mut parts, &vec![Vec::new(); self.columns.len()], self.start),
        }
        prefix(&mut parts);
        if self.several {
            let starts = self.columns.iter().map(|column| column.dashes.start);
            let last = self.columns.last().map_or(0, |column| column.dashes.end + 1);
            parts.push(Part::Widths(shares(starts.chain([last]))));
        }
        self.columns.iter().for_each(|column| add(&mut parts, column.delimiter(), self.head_end));
        add(&mut parts, "|\n", self.head_end);
        self.rows.iter().for_each(|cells| row(&mut parts, cells, self.head_end));
        let end = last_byte(text, self.end);
        prefix(&mut parts);
        add(&mut parts, "\n", end);
        Rewritten { end: self.end, parts }
    }
}

impl Column {
    /// What tells the parser how the column is aligned: words that reach from the first dash to the last, or that there
    /// are none, say nothing.
    fn delimiter(&self) -> &'static str {
        let left = self.words.start <= self.dashes.start;
        let right = self.words.end >= self.dashes.end;
        match (left, right) {
            _ if self.words.is_empty() => "|---",
            (true, true) => "|---",
            (true, false) => "|:--",
            (false, true) => "|--:",
            (false, false) => "|:-:",
        }
    }
}

/// Notes for each column where the words stand that align it: of several lines, the one that ends first.
fn align(text: &str, lines: &[Line], columns: &mut [Column]) -> Option<()> {
    for line in lines {
        for (cell, column) in slices(text, line, columns)?.into_iter().zip(&mut *columns) {
            let start = width(&text[line.start..cell.start]);
            let words = start..start + width(&text[cell]);
            if !words.is_empty() && (column.words.is_empty() || words.end < column.words.end) {
                column.words = words;
            }
        }
    }
    Some(())
}

/// The cells of a row of one or more lines.
fn cells(text: &str, lines: &[Line], columns: &[Column]) -> Option<Vec<Pieces>> {
    let mut cells = vec![Pieces::new(); columns.len()];
    for line in lines {
        for (cell, piece) in cells.iter_mut().zip(slices(text, line, columns)?) {
            if !piece.is_empty() {
                cell.push(piece);
            }
        }
    }
    Some(cells)
}

/// What of a line is in each column, without the white space around: a column goes as far as where the next begins.
/// `None` where a word goes over that, or stands before the first column.
fn slices(text: &str, line: &Line, columns: &[Column]) -> Option<Vec<Range<usize>>> {
    let written = &text[line.start..line.words.end];
    if written.contains('\t') {
        return None;
    }
    let mut cuts = Vec::new();
    let mut at = 0;
    let mut before = ' ';
    for (offset, char) in written.char_indices() {
        while columns.get(cuts.len()).is_some_and(|column| column.dashes.start <= at) && char_width(char) > 0 {
            if before != ' ' && char != ' ' {
                return None;
            }
            cuts.push(line.start + offset);
        }
        if cuts.is_empty() && char != ' ' {
            return None;
        }
        at += char_width(char);
        before = char;
    }
    cuts.resize(columns.len(), line.words.end);
    let ends = cuts.iter().skip(1).copied().chain([line.words.end]);
    Some(cuts.iter().zip(ends).map(|(start, end)| trimmed(text, *start..end)).collect())
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let words = text[range.clone()].trim();
    let start = range.start + text[range.clone()].len() - text[range].trim_start().len();
    start..start + words.len()
}

/// Adds the words of a line of a cell, so that no bar in them ends it, and a backslash at its end ends a line.
fn cell_words(text: &str, piece: Range<usize>, is_last: bool, parts: &mut Vec<Part>) {
    let words = &text[piece.clone()];
    let backslashes = |before: &str| before.bytes().rev().take_while(|byte| *byte == b'\\').count();
    let breaks = !is_last && backslashes(words) % 2 == 1;
    let end = piece.end - usize::from(breaks);
    let mut from = piece.start;
    for (offset, _) in text[piece.start..end].match_indices('|') {
        let bar = piece.start + offset;
        match backslashes(&text[piece.start..bar]) {
            0 => {
                parts.push(Part::Copied(from..bar));
                parts.push(Part::Added("\\".to_owned(), bar..bar));
                from = bar;
            }
            count if count % 2 == 0 => {
                parts.push(Part::Copied(from..bar));
                parts.push(Part::Added("&#124;".to_owned(), bar..bar + 1));
                from = bar + 1;
            }
            _ => {}
        }
    }
    parts.push(Part::Copied(from..end));
    if breaks {
        parts.push(Part::Added("<br>".to_owned(), end..piece.end));
    }
}

// Tables drawn as a grid

/// A grid of lines, and the rectangles that they make.
struct Grid {
    /// What stands before each line.
    prefix: Range<usize>,
    /// Row by row, from the first column on.
    cells: Vec<GridCell>,
    /// How wide each column is drawn, in thousandths of the measure.
    widths: Vec<u16>,
    /// How many of the rows are a head.
    head: usize,
    rows: usize,
    end: usize,
}

struct GridCell {
    row: usize,
    columns: usize,
    rows: usize,
    /// `left`, `center`, `right` or nothing.
    align: &'static str,
    /// What is in it, line by line.
    lines: Vec<Range<usize>>,
}

/// The characters of a line, each with its offset, by the column that it stands in.
type Drawn = Vec<(char, usize)>;

impl Grid {
    fn read(text: &str, quote: &str, first: &Line) -> Option<Self> {
        let indent = &text[first.start..first.words.start];
        let mut drawn: Vec<Drawn> = Vec::new();
        let mut end = first.next;
        for line in [first.clone()].into_iter().chain(lines_after(text, quote, first)) {
            let words = line.of(text);
            if !words.starts_with(['+', '|']) {
                break;
            }
            if text[line.start..line.words.start] != *indent || !words.ends_with(['+', '|']) || words.contains('\t') {
                return None;
            }
            end = line.next;
            drawn.push(draw(text, line.words));
            if drawn.first().map(Vec::len) != drawn.last().map(Vec::len) {
                return None;
            }
        }
        let prefix = first.start - quote.len()..first.words.start;
        let (columns, lines) = axes(&drawn)?;
        Some(Self { prefix, end, ..Lattice { drawn: &drawn, columns, lines }.read(text)? })
    }

    /// As a table of HTML, unless what is in a cell would not end with it.
    fn rewrite(&self, text: &str, options: Options) -> Option<Rewritten> {
        if self.cells.iter().any(|cell| !cell.stands_alone(text, options)) {
            return None;
        }
        let mut parts = Vec::new();
        let mut at = self.prefix.end;
        let mut cells = self.cells.iter().peekable();
        let add = |parts: &mut Vec<Part>, words: String, place: Range<usize>| {
            parts.push(Part::Copied(self.prefix.clone()));
            parts.push(Part::Added(words + "\n", place));
        };
        let columns = self.widths.iter().map(|share| format!("<col width=\"{}.{}%\">", share / 10, share % 10));
        add(&mut parts, format!("<table>{}", columns.collect::<String>()), at..at);
        for row in 0..self.rows {
            let part = if row == 0 && self.head > 0 {
                "<thead>"
            } else if row == self.head {
                "<tbody>"
            } else {
                ""
            };
            add(&mut parts, format!("{part}<tr>"), at..at);
            while let Some(cell) = cells.next_if(|cell| cell.row == row) {
                let GridCell { columns, rows, align, .. } = cell;
                let align = if align.is_empty() { String::new() } else { format!(" align=\"{align}\"") };
                let place = cell.lines.first().map_or(at..at, Clone::clone);
                add(&mut parts, format!("<td colspan=\"{columns}\" rowspan=\"{rows}\"{align}>"), place);
                add(&mut parts, String::new(), at..at);
                for line in &cell.lines {
                    at = line.end;
                    parts.push(Part::Copied(self.prefix.clone()));
                    parts.push(Part::Copied(line.clone()));
                    parts.push(Part::Added("\n".to_owned(), at..at));
                }
                add(&mut parts, String::new(), at..at);
                add(&mut parts, "</td>".to_owned(), at..at);
            }
            let part = if row + 1 == self.head { "</thead>" } else { "" };
            add(&mut parts, format!("</tr>{part}"), at..at);
        }
        let end = last_byte(text, self.end);
        add(&mut parts, "</tbody></table>".to_owned(), end..end);
        add(&mut parts, String::new(), end..end);
        Some(Rewritten { end: self.end, parts })
    }
}

impl GridCell {
    /// Whether code and HTML that begins in the cell ends in it, and it holds nothing of a table of HTML.
    fn stands_alone(&self, text: &str, options: Options) -> bool {
        const END: &str = "</td>";
        let mut words: String = self.lines.iter().flat_map(|line| [&text[line.clone()], "\n"]).collect();
        let length = words.len();
        words.push('\n');
        words += END;
        let mut ends = false;
        for (event, range) in Parser::new_ext(&words, options).into_offset_iter() {
            if let Event::Html(html) = event {
                let html = html.to_ascii_lowercase();
                if range.start > length {
                    ends |= html == END;
                } else if html.contains("<t") || html.contains("</t") {
                    return false;
                }
            }
        }
        ends
    }
}

fn draw(text: &str, words: Range<usize>) -> Drawn {
    let mut drawn = Drawn::new();
    for (offset, char) in text[words.clone()].char_indices() {
        let at = words.start + offset;
        match char_width(char) {
            0 => {}
            1 => drawn.push((char, at)),
            _ => drawn.extend([(char, at), ('\0', at + char.len_utf8())]),
        }
    }
    drawn
}

fn is_edge(char: char) -> bool {
    matches!(char, '|' | '+')
}

fn is_dash(char: char) -> bool {
    matches!(char, '-' | '=' | ':')
}

/// The columns that vertical lines stand in, and the lines that hold horizontal ones. Linear.
fn axes(drawn: &[Drawn]) -> Option<(Vec<usize>, Vec<usize>)> {
    let mut columns = BTreeSet::new();
    let mut lines = Vec::new();
    for (number, line) in drawn.iter().enumerate() {
        // Words in a cell may have a `+`: that of a line has lines above or below it.
        let is_corner = |at: usize| {
            let meets = |other: Option<usize>| {
                let other = other.and_then(|other| drawn.get(other)?.get(at));
                other.is_some_and(|(char, _)| is_edge(*char))
            };
            line.get(at).is_some_and(|(char, _)| *char == '+')
                && (meets(number.checked_sub(1)) || meets(Some(number + 1)))
        };
        let mut open: Option<usize> = None;
        let mut found = false;
        for (at, (char, _)) in line.iter().enumerate() {
            if *char == '+' {
                if let Some(start) = open.filter(|start| start + 1 < at && is_corner(*start) && is_corner(at)) {
                    columns.extend([start, at]);
                    found = true;
                }
                open = Some(at);
            } else if !is_dash(*char) {
                open = None;
            }
        }
        if found {
            lines.push(number);
        }
    }
    let whole =
        |line: Option<&Drawn>| line.is_some_and(|line| line.iter().all(|(char, _)| *char == '+' || is_dash(*char)));
    let fits = lines.len() > 1 && columns.len() > 1 && columns.len() <= MAX_COLUMNS + 1;
    let framed = whole(drawn.first()) && whole(drawn.last()) && lines.last() == Some(&(drawn.len() - 1));
    let apart = lines.windows(2).all(|pair| matches!(pair, [above, below] if above + 1 < *below));
    (fits && framed && apart).then(|| (columns.into_iter().collect(), lines))
}

/// Where lines may be in a grid.
struct Lattice<'a> {
    drawn: &'a [Drawn],
    /// The columns of vertical lines, the outermost included.
    columns: Vec<usize>,
    /// The numbers of horizontal lines, the outermost included.
    lines: Vec<usize>,
}

impl Lattice<'_> {
    fn char(&self, line: usize, column: usize) -> char {
        self.drawn.get(line).and_then(|line| line.get(column)).map_or(' ', |(char, _)| *char)
    }

    /// Whether there is a vertical line at the left of a column, along a row.
    fn is_walled(&self, row: usize, column: usize) -> bool {
        (self.lines[row] + 1..self.lines[row + 1]).all(|line| is_edge(self.char(line, self.columns[column])))
    }

    /// Whether there is a horizontal line above a row, in a column.
    fn is_roofed(&self, row: usize, column: usize) -> bool {
        let line = self.lines[row];
        (self.columns[column] + 1..self.columns[column + 1]).all(|at| is_dash(self.char(line, at)))
    }

    /// The cells; `None` where they are no rectangles that fill the grid.
    fn read(&self, text: &str) -> Option<Grid> {
        let (columns, rows) = (self.columns.len() - 1, self.lines.len() - 1);
        let walls: Vec<Vec<bool>> =
            (0..rows).map(|row| (0..=columns).map(|column| self.is_walled(row, column)).collect()).collect();
        let roofs: Vec<Vec<bool>> =
            (0..=rows).map(|row| (0..columns).map(|column| self.is_roofed(row, column)).collect()).collect();
        let outer = walls.iter().all(|row| row.first() == Some(&true) && row.last() == Some(&true));
        let whole = |row: &Vec<bool>| row.iter().all(|is_roofed| *is_roofed);
        if !outer || !roofs.first().is_some_and(whole) || !roofs.last().is_some_and(whole) {
            return None;
        }
        let head = self.head();
        let aligning = self.lines[head];
        let mut taken = vec![vec![false; columns]; rows];
        let mut cells = Vec::new();
        for row in 0..rows {
            for column in 0..columns {
                if taken[row][column] {
                    continue;
                }
                if !roofs[row][column] {
                    return None;
                }
                let right = (column + 1..columns).find(|at| walls[row][*at] || taken[row][*at]).unwrap_or(columns);
                let mut below = row + 1;
                while below < rows && !roofs[below][column] {
                    let open = roofs[below][column..right].iter().all(|is_roofed| !is_roofed)
                        && walls[below][column + 1..right].iter().all(|is_walled| !is_walled);
                    let edges = [column, right]
                        .iter()
                        .all(|at| walls[below][*at] && is_edge(self.char(self.lines[below], self.columns[*at])));
                    if !open || !edges {
                        return None;
                    }
                    below += 1;
                }
                if !walls[row][right] || !roofs[below][column..right].iter().all(|is_roofed| *is_roofed) {
                    return None;
                }
                for line in &mut taken[row..below] {
                    line[column..right].fill(true);
                }
                let lines = self.content(text, self.lines[row] + 1..self.lines[below], column..right)?;
                let align = self.alignment(aligning, column);
                cells.push(GridCell { row, columns: right - column, rows: below - row, align, lines });
            }
        }
        let widths = shares(self.columns.iter().copied());
        Some(Grid { prefix: 0..0, cells, widths, head, rows, end: 0 })
    }

    /// How many rows are a head: those above the first line of `=`, unless that begins the foot, as the last line tells.
    fn head(&self) -> usize {
        let is_double = |line: usize| {
            let drawn = self.drawn.get(line).into_iter().flatten();
            drawn.clone().any(|(char, _)| *char == '=')
                && drawn.clone().all(|(char, _)| matches!(char, '+' | '=' | ':'))
        };
        let inner = 1..self.lines.len() - 1;
        let mut double = inner.filter(|row| is_double(self.lines[*row]));
        let first = double.next();
        let has_foot = self.lines.last().is_some_and(|line| is_double(*line));
        first.filter(|_| !has_foot || double.next().is_some()).unwrap_or(0)
    }

    /// How the colons in a line align a column.
    fn alignment(&self, line: usize, column: usize) -> &'static str {
        let left = self.char(line, self.columns[column] + 1) == ':';
        let right = self.char(line, self.columns[column + 1] - 1) == ':';
        match (left, right) {
            (true, true) => "center",
            (true, false) => "left",
            (false, true) => "right",
            (false, false) => "",
        }
    }

    /// What is in a cell, line by line, without the space that sets it off from the line at its left, and without blank
    /// lines at its ends. `None` where a vertical line out of place is in it.
    fn content(&self, text: &str, lines: Range<usize>, columns: Range<usize>) -> Option<Vec<Range<usize>>> {
        let (left, right) = (self.columns[columns.start] + 1, self.columns[columns.end]);
        let mut content: Vec<Range<usize>> = Vec::new();
        for line in self.drawn.get(lines)? {
            let range = line.get(left)?.1..line.get(right)?.1;
            let words = &text[range.clone()];
            if columns.len() > 1 && words.contains('|') {
                return None;
            }
            content.push(range.start..range.start + words.trim_end().len());
        }
        if content.iter().all(|line| line.is_empty() || text[line.clone()].starts_with(' ')) {
            content.iter_mut().for_each(|line| line.start = line.end.min(line.start + 1));
        }
        let last = content.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
        content.truncate(last);
        let blank = content.iter().take_while(|line| line.is_empty()).count();
        content.drain(..blank);
        Some(content)
    }
}

// Lengths

/// The widths between `edges`, in thousandths of the measure, or of what is drawn where that is wider.
fn shares(edges: impl Iterator<Item = usize>) -> Vec<u16> {
    let edges: Vec<usize> = edges.collect();
    let whole = edges.last().zip(edges.first()).map_or(0, |(last, first)| last - first).max(MEASURE);
    let share = |pair: &[usize]| u16::try_from((pair[1] - pair[0]) * 1_000 / whole).unwrap_or(1_000);
    edges.windows(2).map(share).collect()
}

/// Where the line ends that ends before `end`.
fn last_byte(text: &str, end: usize) -> usize {
    text[..end].trim_end_matches(['\n', '\r']).len()
}

/// How many columns words take in the author's editor.
fn width(words: &str) -> usize {
    words.chars().map(char_width).sum()
}

/// How many columns a character takes in the author's editor: two for those of East Asia and pictures, none for marks on
/// the one before.
fn char_width(char: char) -> usize {
    match char {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f900}'..='\u{1f9ff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}
