//! Style → CSS: the same values as the print edition's, relative to the text size that the reader chose.
//!
//! Lengths become em. Where a side is that on which reading begins or ends, it is written twice: the side of the page for
//! old readers, then the side in the order of reading. No colour, no ground and no leading of running text is set: those are
//! the reader's; only what an image leaves clear is white where text is light, as it is drawn for paper. What CSS cannot know of print (pages, the baseline grid) is left out. Start at [`stylesheet`].

mod vertical;

use std::fmt::Write as _;

use crate::geometry::Length;
use crate::style::{Family, Figures, NumberPlace, Opening, ParagraphRole, ParagraphStyle, Style, TextAlignment};

/// What no design changes.
const COMMON: &str = "\
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; padding: 0; overflow-wrap: break-word; }
h1, h2, h3, h4, h5, h6 { font-size: 1em; font-weight: normal; margin: 0; text-wrap: balance; break-inside: avoid;
  page-break-inside: avoid; }
p { margin: 0; text-indent: 0; widows: 2; orphans: 2; }
em em, cite em { font-style: normal; }
sup, sub { font-size: 0.7em; line-height: 0; }
a { color: inherit; text-decoration: underline; text-decoration-thickness: 0.05em; text-underline-offset: 0.15em; }
img { max-width: 100%; height: auto; object-fit: contain; }
p img, th img, td img { max-height: 8em; }
figure, figcaption, section, aside, nav { display: block; }
figure { text-align: center; break-inside: avoid; page-break-inside: avoid; }
figure img { max-height: 90vh; }
figure.full-page { break-before: page; page-break-before: always; break-after: page; page-break-after: always; }
figure.full-page img { width: auto; height: auto; max-width: 100%; max-height: 98vh; }
figure.full-page img:not(:last-child) { max-height: 85vh; }
figcaption, .title, .subtitle, .author { text-wrap: balance; }
em:lang(ja), em:lang(zh) { font-style: normal; }
em:lang(ja) { -epub-text-emphasis-style: filled sesame; -webkit-text-emphasis-style: filled sesame;
  text-emphasis-style: filled sesame; -webkit-text-emphasis-position: over right; text-emphasis-position: over right; }
em:lang(zh) { -epub-text-emphasis-style: filled dot; -webkit-text-emphasis-style: filled dot;
  text-emphasis-style: filled dot; -webkit-text-emphasis-position: under right; text-emphasis-position: under right; }
:lang(ja), :lang(zh) { -epub-line-break: strict; -webkit-line-break: strict; line-break: strict; }
:lang(ko) { -epub-word-break: keep-all; word-break: keep-all; }
figcaption { break-before: avoid; page-break-before: avoid; }
hr { border: 0; color: inherit; height: auto; overflow: visible; break-after: avoid; page-break-after: avoid; }
hr::before { content: \"* * *\"; }
pre { white-space: pre-wrap; tab-size: 4; -moz-tab-size: 4; overflow-wrap: anywhere; font-variant-ligatures: none; }
pre .line { display: block; padding-left: 2.4em; text-indent: -2.4em; }
pre .highlighted { border-left: 0.2em solid; margin-left: -0.6em; padding-left: 2.8em; }
pre .line-number { opacity: 0.7; -webkit-user-select: none; user-select: none; }
pre .callout { font-style: normal; font-weight: normal; }
pre .k { font-weight: bold; }
pre .c, pre .a { font-style: italic; }
.listing-title, .listing figcaption { text-align: start; text-indent: 0; }
.listing { text-align: start; break-inside: auto; page-break-inside: auto; }
.listing-title { break-after: avoid; page-break-after: avoid; }
.panels { display: flex; flex-wrap: wrap; justify-content: center; align-items: flex-end; gap: 1em; }
.panels > figure { margin: 0; flex: 0 1 auto; }
.columns-2 > figure { max-width: 48%; }
.columns-3 > figure { max-width: 31%; }
.columns-4 > figure { max-width: 23%; }
.columns-5 > figure { max-width: 18%; }
.columns-6 > figure { max-width: 15%; }
.scroll { overflow: auto; max-height: 95vh; }
caption { text-wrap: balance; break-after: avoid; page-break-after: avoid; }
caption, figcaption { break-inside: avoid; page-break-inside: avoid; }
td > p, th > p, td > p + p, th > p + p { text-indent: 0; }
dt { break-after: avoid; page-break-after: avoid; }
dfn { font-style: inherit; }
.stanza p { text-align: start; hyphens: manual; -webkit-hyphens: manual; }
.stanza { break-inside: avoid; page-break-inside: avoid; }
.kept { white-space: nowrap; }
div.formula { text-align: center; text-indent: 0; overflow-x: auto; overflow-y: hidden; padding: 0.2em 0; break-inside: avoid; page-break-inside: avoid; }
@supports (display: flex) { div.formula { display: flex; align-items: center; gap: 1em; } }
div.numbered::before { content: \"\"; }
div.numbered::before, .equation-number { flex: 1 0 0; text-align: end; }
div.formula math { display: inline-block; flex: none; margin: 0 auto; }
math { font-family: \"STIX Two Math\", \"Cambria Math\", \"Latin Modern Math\", \"Libertinus Math\", \"TeX Gyre Termes Math\",
  \"DejaVu Math TeX Gyre\", \"Noto Sans Math\", math, serif; }
.equation-number { float: right; float: inline-end; }
.box-title { text-indent: 0; text-align: start; break-after: avoid; page-break-after: avoid; }
.admonition { border: 0 solid; border-left-width: 0.15em; border-inline-width: 0.15em 0; }
.sidebar { border: 0 solid; border-left-width: 0.05em; border-inline-width: 0.05em 0; }
.admonition.warning, .admonition.caution { border-left-width: 0.4em; border-inline-width: 0.4em 0; }
.box-title + p, aside > p:first-child { text-indent: 0; }
summary { cursor: pointer; }
.dedication, .dedication p, .centered, .centered p { text-align: center; text-indent: 0; }
.end, .end p { text-align: end; text-indent: 0; }
.epigraph blockquote { margin: 0; }
.epigraph p { text-align: start; }
.index ul, .bibliography ul { list-style-type: none; padding: 0; margin: 0; }
.index ul ul { padding-left: 1.2em; padding-inline: 1.2em 0; text-indent: 0; }
.index li { break-inside: avoid; page-break-inside: avoid; }
.small-caps { font-variant-caps: small-caps; }
.old-style { font-variant-numeric: oldstyle-nums; }
.lining { font-variant-numeric: lining-nums; }
.tabular { font-variant-numeric: lining-nums tabular-nums; }
.proportional { font-variant-numeric: proportional-nums; }
.fraction { font-variant-numeric: diagonal-fractions; }
.drop-cap { float: left; float: inline-start; line-height: 0.8; padding: 0.02em 0.06em 0 0; padding-inline: 0 0.06em;
  text-indent: 0; }
kbd { font-size: 0.9em; border: 0.06em solid; border-radius: 0.2em; padding: 0 0.3em; white-space: nowrap; }
abbr[title] { text-decoration: none; }
code { font-variant-ligatures: none; font-variant-caps: normal; hyphens: none; -webkit-hyphens: none; }
pre code { font: inherit; }
table { border-collapse: collapse; border-top: 0.08em solid; border-bottom: 0.08em solid; max-width: 100%; }
thead { break-after: avoid; page-break-after: avoid; }
tr { break-inside: avoid; page-break-inside: avoid; }
th, td { vertical-align: baseline; }
thead th, thead td { border-bottom: 0.04em solid; vertical-align: bottom; }
th.center, td.center { text-align: center; }
th.end, td.end { text-align: right; text-align: end; }
td > p, th > p { text-align: inherit; }
ul { list-style-type: disc; }
ul ul { list-style-type: \"\\2013\\2002\"; }
ul ul ul { list-style-type: \"\\b7\\2002\"; }
li.task { list-style-type: none; }
.task-marker { float: left; float: inline-start; margin-left: -1.5em; margin-inline: -1.5em 0; }
.noteref { vertical-align: super; font-size: 0.7em; line-height: 0; text-decoration: none;
  font-style: normal; font-weight: normal; font-variant-caps: normal; letter-spacing: 0; white-space: nowrap; }
.notes { margin-top: 2em; }
.notes::before { content: \"\"; display: block; width: 4em; border-top: 0.05em solid; margin-bottom: 0.75em; }
.endnotes { list-style-type: none; padding: 0; }
.backlink { text-decoration: none; }
.title-page, .half-title-page { padding-top: 18%; }
.copyright-page p { text-align: start; text-indent: 0; margin: 0 0 1em; hyphens: none; -webkit-hyphens: none; }
nav[hidden] { display: none; }
nav ol { list-style-type: none; margin: 0; padding: 0; }
nav ol ol { margin: 0; padding-left: 1.5em; padding-inline: 1.5em 0; }
nav li { margin: 0; padding: 0; }
nav a { text-decoration: none; }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 0.15em solid; outline-offset: 0.15em; }
@media (prefers-color-scheme: dark) { img { background-color: #fff; } }
body.cover, body.cover section { margin: 0; padding: 0; text-align: center; }
body.cover img { max-width: 100%; max-height: 100vh; object-fit: contain; }
";

/// How a number looks that stands above the words of a heading.
const NUMBER_ABOVE: &str = "display: block; font-variant-caps: small-caps; letter-spacing: 0.06em;";

/// The style sheet of `style`. Letters that its families lack are looked for in the families `fallbacks`; lines run from top
/// to bottom where it is `vertical`.
pub(super) fn stylesheet(style: &Style, fallbacks: &[&str], vertical: bool) -> String {
    let fallbacks = fallbacks.iter().map(|family| format!("{}, ", string(family))).collect();
    let sheet = Sheet { style, body: style.paragraph(ParagraphRole::Body), fallbacks };
    let mut out = String::from(COMMON);
    sheet.text(&mut out);
    sheet.headings(&mut out);
    sheet.set_off(&mut out);
    sheet.apart(&mut out);
    sheet.tables(&mut out);
    sheet.front(&mut out);
    sheet.turned(&mut out);
    if vertical { vertical::turned(&out) } else { out }
}

/// A ratio with three decimals at most.
fn ratio(part: Length, whole: Length) -> String {
    if whole.raw() == 0 {
        return "0".to_owned();
    }
    let thousandths = part.scale(1000, whole.raw()).raw();
    let sign = if thousandths < 0 { "-" } else { "" };
    let digits = format!("{sign}{}.{:03}", thousandths.abs() / 1000, thousandths.abs() % 1000);
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `length` where the type is `size`.
pub(super) fn em(length: Length, size: Length) -> String {
    let ratio = ratio(length, size);
    if ratio == "0" { ratio } else { ratio + "em" }
}

/// `text` as a string of CSS (CSS Syntax 3, 4.3.5).
pub(super) fn string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Translates one design.
struct Sheet<'a> {
    style: &'a Style,
    body: &'a ParagraphStyle,
    /// Families that fill in, each with a comma behind it.
    fallbacks: String,
}

impl Sheet<'_> {
    fn family(&self, family: Family) -> String {
        let generic = match family {
            Family::Serif => "serif",
            Family::Sans => "sans-serif",
            Family::Mono => "monospace",
        };
        format!("font-family: {}, {}{generic};", string(self.style.typefaces.name(family)), self.fallbacks)
    }

    fn alignment(alignment: TextAlignment) -> &'static str {
        match alignment {
            TextAlignment::Justified => "text-align: justify;",
            TextAlignment::Start => "text-align: start;",
            TextAlignment::Center => "text-align: center;",
            TextAlignment::End => "text-align: end;",
        }
    }

    fn hyphenation(on: bool) -> &'static str {
        if on { "hyphens: auto; -webkit-hyphens: auto;" } else { "hyphens: manual; -webkit-hyphens: manual;" }
    }

    /// How letters look where they differ from running text; `size` is the type size around.
    fn letters(&self, role: ParagraphRole, size: Length) -> String {
        let (wanted, around) = (self.style.paragraph(role).character, self.body.character);
        let mut out = String::new();
        if wanted.size != size {
            let _ = write!(out, " font-size: {};", em(wanted.size, size));
        }
        if wanted.family != around.family {
            let _ = write!(out, " {}", self.family(wanted.family));
        }
        if wanted.weight != around.weight {
            let _ = write!(out, " font-weight: {};", wanted.weight.number());
        }
        if wanted.italic {
            out.push_str(" font-style: italic;");
        }
        if wanted.small_caps {
            out.push_str(" font-variant-caps: small-caps;");
        }
        if wanted.figures != around.figures {
            let _ = write!(out, " {}", figures(wanted.figures));
        }
        if wanted.tracking != 0 {
            let _ = write!(out, " letter-spacing: {};", em(Length::pt(wanted.tracking.into()), Length::pt(1000)));
        }
        out
    }

    /// The whole of a paragraph's style but its first-line indent: letters, leading where `leading` says so, spaces and
    /// alignment, in em of its own size.
    fn paragraph(&self, role: ParagraphRole, size: Length, leading: bool) -> String {
        let paragraph = self.style.paragraph(role);
        let own = paragraph.character.size;
        let mut out = self.letters(role, size);
        if leading {
            let _ = write!(out, " line-height: {};", ratio(paragraph.leading, own));
        }
        let _ = write!(out, " margin: {} 0 {};", em(paragraph.space_before, own), em(paragraph.space_after, own));
        let _ = write!(out, " {} {}", Self::alignment(paragraph.alignment), Self::hyphenation(paragraph.hyphenate));
        if paragraph.keep_with_next {
            out.push_str(" break-after: avoid; page-break-after: avoid;");
        }
        out
    }

    /// Half a line of text, or the space between paragraphs: the space around what is set off.
    fn half_line(&self, size: Length) -> String {
        em((self.style.page.baseline / 2).max(self.body.space_after), size)
    }

    fn text(&self, out: &mut String) {
        let size = self.body.character.size;
        let _ = writeln!(
            out,
            "body {{ {} {} }}",
            self.family(self.body.character.family),
            figures(self.body.character.figures)
        );
        let _ = writeln!(
            out,
            "p {{ {} {} }}",
            Self::alignment(self.body.alignment),
            Self::hyphenation(self.body.hyphenate)
        );
        let _ = writeln!(out, "p + p {{ text-indent: {}; }}", em(self.body.first_line_indent, size));
        // What has another language or direction goes on with the text.
        let goes_on = "p + div:not([class]) > p:first-child";
        let (indent, above) = (em(self.body.first_line_indent, size), em(self.body.space_after, size));
        let _ = writeln!(out, "{goes_on} {{ text-indent: {indent}; margin-top: {above}; }}");
        if self.body.space_after > Length::ZERO {
            let _ = writeln!(out, "p + p {{ margin-top: {}; }}", em(self.body.space_after, size));
            let own = [".stanza", ".dedication", ".epigraph", ".notes"].map(|around| format!("{around} p + p, "));
            let _ = writeln!(out, "{}.box-title + p {{ margin-top: 0; }}", own.concat());
        }
        if let Some((before, after)) = self.style.hyphenation.minima {
            let _ = writeln!(out, "body {{ hyphenate-limit-chars: auto {before} {after}; }}");
        }
        let code = self.style.paragraph(ParagraphRole::Code);
        let _ = writeln!(
            out,
            "code {{ {} font-size: {}; }}",
            self.family(code.character.family),
            em(code.character.size, size)
        );
    }

    fn headings(&self, out: &mut String) {
        let size = self.body.character.size;
        for level in 1..=6 {
            let role = ParagraphRole::heading(level);
            let _ = writeln!(out, ".heading-{level} {{{} }}", self.paragraph(role, size, true));
        }
        // Of the white above an opening, half: a screen is smaller than a page.
        let opens = match self.style.opening {
            Opening::RunOn => false,
            Opening::NewPage | Opening::Recto => true,
        };
        if opens {
            let own = self.style.paragraph(ParagraphRole::Heading1).character.size;
            let drop = self.style.page.baseline * i64::from(self.style.sinkage) / 2;
            let _ = writeln!(out, "section > .heading-1:first-child {{ margin-top: {}; }}", em(drop, own));
        }
    }

    fn set_off(&self, out: &mut String) {
        let size = self.body.character.size;
        let quote = self.style.paragraph(ParagraphRole::Quote);
        let own = quote.character.size;
        let _ = writeln!(
            out,
            "blockquote {{{} margin: {} {}; }}",
            self.letters(ParagraphRole::Quote, size),
            self.half_line(own),
            em(self.style.quote_indent, own)
        );
        // A quote in a quote is no smaller, and no space adds to its own.
        out.push_str("blockquote blockquote { font-size: 1em; }\n");
        let _ = writeln!(
            out,
            "blockquote p {{ {} {} }}",
            Self::alignment(quote.alignment),
            Self::hyphenation(quote.hyphenate)
        );
        let _ = writeln!(out, "blockquote p + p {{ text-indent: {}; }}", em(quote.first_line_indent, own));
        let (half, indent) = (self.half_line(size), em(self.style.list_indent, size));
        let _ = writeln!(out, "ul, ol {{ margin: {half} 0; padding: 0 0 0 {indent}; padding-inline: {indent} 0; }}");
        // An item that reads the other way has its marker at the other edge.
        let _ = writeln!(out, "li[dir] {{ margin-inline-start: {indent}; }}");
        let _ = writeln!(out, "li + li, li > p + p {{ margin-top: {half}; }}");
        out.push_str("li > p + p { text-indent: 0; }\n.tight > li + li, nav li + li { margin-top: 0; }\n");
        out.push_str(".tight > li > ul, .tight > li > ol { margin-top: 0; margin-bottom: 0; }\n");
        let code = self.style.paragraph(ParagraphRole::Code);
        let own = code.character.size;
        let _ = writeln!(
            out,
            "pre {{{} margin: {} 0 {} {}; }}",
            self.paragraph(ParagraphRole::Code, size, true),
            self.half_line(own),
            self.half_line(own),
            em(self.style.code_indent, own)
        );
        // What stands beside an item's marker needs no indent to be told from the text.
        out.push_str(
            "li > pre:first-child { margin-left: 0; }\nli > blockquote:first-child { margin-inline-start: 0; }\n",
        );
        let _ = writeln!(out, "figure {{ margin: {} 0; }}", em(self.style.page.baseline, size));
        let own = self.style.paragraph(ParagraphRole::Caption).character.size;
        let _ = writeln!(
            out,
            "figcaption {{{} margin-top: {}; text-align: center; }}",
            self.paragraph(ParagraphRole::Caption, size, false),
            self.half_line(own)
        );
        let _ = writeln!(out, "hr {{{} }}", self.paragraph(ParagraphRole::Break, size, false));
        let note = self.style.paragraph(ParagraphRole::Note);
        let own = note.character.size;
        let _ = writeln!(
            out,
            ".notes > aside, .endnotes > li {{{} margin: {} 0; }}",
            self.letters(ParagraphRole::Note, size),
            em(own / 4, own)
        );
        let _ = writeln!(
            out,
            ".notes > aside p, .endnotes > li p {{ {} {} }}",
            Self::alignment(note.alignment),
            Self::hyphenation(note.hyphenate)
        );
    }

    /// Blocks that stand apart from the text: boxes, verse, definitions, formulas, listings, lists of works and the index.
    fn apart(&self, out: &mut String) {
        let size = self.body.character.size;
        let (line, half) = (em(self.style.page.baseline, size), self.half_line(size));
        let (indent, quote) = (em(self.style.list_indent, size), em(self.style.quote_indent, size));
        let hanging = em(self.style.hanging_indent, size);
        let boxed = em(self.style.admonition_indent, size);
        let mut letters = |selector: &str, role: ParagraphRole, more: &str| {
            let _ = writeln!(out, "{selector} {{{} {more} }}", self.letters(role, size));
        };
        letters(".number", ParagraphRole::CaptionNumber, "font-size: 1em; font-style: normal;");
        letters("caption", ParagraphRole::Caption, &format!("text-align: start; padding-bottom: {half};"));
        let rule = format!("margin: {line} 0; padding-left: {boxed}; padding-inline: {boxed} 0;");
        letters(".admonition", ParagraphRole::Admonition, &rule);
        letters(".sidebar", ParagraphRole::Aside, &rule);
        letters(".box-title", ParagraphRole::BlockTitle, "font-size: 1em;");
        letters(".epigraph", ParagraphRole::Epigraph, &format!("margin: {line} 0 {line} 30%; margin-inline: 30% 0;"));
        letters(".dedication", ParagraphRole::Dedication, &format!("margin: {line} 0;"));
        letters("dt", ParagraphRole::Term, "");
        letters(".listing-title", ParagraphRole::CodeTitle, "");
        letters(".index", ParagraphRole::IndexLine, "");
        letters(".bibliography", ParagraphRole::Work, "");
        letters(".description", ParagraphRole::Note, "");
        letters("th[scope^=\"row\"]", ParagraphRole::TableStub, "font-variant-caps: normal; letter-spacing: 0;");
        let _ = writeln!(out, ".heading-1 .number, .heading-2 .number, .heading-3 .number {{ font: inherit; }}");
        let headings = (1..=6).map(|level| (format!(".heading-{level}"), ParagraphRole::heading(level)));
        let part = (".part > .heading-1".to_owned(), ParagraphRole::Part);
        for (selector, role) in headings.chain([part]) {
            if self.style.paragraph(role).number == NumberPlace::Above {
                let own = self.style.paragraph(role).character.size;
                let number = em(self.style.number_size(role), own);
                let _ = writeln!(out, "{selector} > .number {{ {NUMBER_ABOVE} font-size: {number}; }}");
            }
        }
        let code = em(self.style.code_indent, self.style.paragraph(ParagraphRole::Code).character.size);
        let _ = writeln!(out, "p.attribution {{ text-align: right; text-align: end; text-indent: 0; }}");
        for (selector, style) in [
            ("ol", "decimal"),
            ("ol[type=\"a\"]", "lower-alpha"),
            ("ol[type=\"A\"]", "upper-alpha"),
            ("ol[type=\"i\"]", "lower-roman"),
            ("ol[type=\"I\"]", "upper-roman"),
        ] {
            let number = format!("counter(list-item, {style})");
            let _ = writeln!(out, "{selector}.one-bracket > li::marker {{ content: {number} \") \"; }}");
            let _ = writeln!(out, "{selector}.two-brackets > li::marker {{ content: \"(\" {number} \") \"; }}");
        }
        let _ = writeln!(out, "details, div.formula {{ margin: {line} 0; }}\n.listing pre {{ margin: 0; }}");
        let _ = writeln!(out, ".listing {{ margin: {line} 0 {line} {code}; }}");
        let _ = writeln!(out, ".verse {{ margin: {line} {quote}; }}\n.stanza + .stanza {{ margin-top: {line}; }}");
        let hang = format!("padding-left: {hanging}; padding-inline: {hanging} 0; text-indent: -{hanging};");
        let _ = writeln!(out, ".stanza p {{ {hang} }}\ndl {{ margin: {half} 0; }}");
        let _ = writeln!(
            out,
            "dd {{ margin: 0 0 0 {indent}; margin-inline: {indent} 0; }}\ndd + dt {{ margin-top: {half}; }}"
        );
        let hang = format!("{hang} margin: 0;");
        let _ =
            writeln!(out, ".index li, .bibliography li {{ {hang} }}\n.bibliography li + li {{ margin-top: {half}; }}");
        let _ = writeln!(out, "kbd {{ {} }}", self.family(Family::Sans));
        let lines = i64::from(self.style.initial_lines.max(2));
        // Capitals are about two thirds of their size high; a reader's lines are about six fifths of theirs apart.
        let initial = ratio(size * 6 / 5 * (lines - 1) * 3 / 2 + size, size);
        let _ = writeln!(out, ".drop-cap {{ font-size: {initial}em; }}");
        let part = self.paragraph(ParagraphRole::Part, size, true);
        let _ = writeln!(out, ".part > .heading-1 {{{part} }}\n.part > .heading-1:first-child {{ margin-top: 25%; }}");
    }

    fn tables(&self, out: &mut String) {
        let size = self.body.character.size;
        let cell = self.style.paragraph(ParagraphRole::TableCell);
        let own = cell.character.size;
        let _ = writeln!(
            out,
            ".table {{ margin: {} 0; }}\ntable {{ margin: 0 auto; }}",
            em(self.style.page.baseline, size)
        );
        let _ = writeln!(
            out,
            "td {{{} padding: 0.2em {}; }}",
            self.paragraph(ParagraphRole::TableCell, size, false),
            em(self.style.table_padding / 2, own)
        );
        let _ = writeln!(
            out,
            "th {{ font-weight: normal;{} padding: 0.2em {} 0.3em; }}",
            self.paragraph(ParagraphRole::TableHead, size, false),
            em(self.style.table_padding / 2, own)
        );
        out.push_str(
            "tbody tr:first-child td { padding-top: 0.35em; }\ntbody tr:last-child td { padding-bottom: 0.35em; }\n",
        );
    }

    fn front(&self, out: &mut String) {
        let size = self.body.character.size;
        let title = [
            (".title", ParagraphRole::Title),
            (".subtitle", ParagraphRole::Subtitle),
            (".author", ParagraphRole::Author),
            (".imprint", ParagraphRole::Imprint),
            (".contents-heading", ParagraphRole::ContentsHeading),
        ];
        for (selector, role) in title {
            let _ = writeln!(out, "{selector} {{ text-indent: 0;{} }}", self.paragraph(role, size, true));
        }
        let half = self.paragraph(ParagraphRole::Title, size * 1000 / Style::HALF_TITLE, true);
        let _ = writeln!(out, ".half-title {{ text-indent: 0;{half} }}");
        let note = self.letters(ParagraphRole::Note, size);
        let _ = writeln!(out, ".copyright-page {{{note} }}");
        out.push_str(".subtitle + .author, .title + .author { margin-top: 3em; text-indent: 0; }\n");
        out.push_str(".author + .author, .author + .imprint { text-indent: 0; }\n.imprint { margin-top: 4em; }\n");
        let lines = [("nav li", ParagraphRole::ContentsEntry), ("nav li li", ParagraphRole::ContentsSubentry)];
        let mut around = size;
        for (selector, role) in lines {
            let _ = writeln!(out, "{selector} {{{} }}", self.letters(role, around));
            around = self.style.paragraph(role).character.size;
        }
        // Deeper entries are as large as the second level's.
        out.push_str("nav li li li { font-size: 1em; }\n");
    }

    /// What reads the other way than what is around it, as its `dir` says: its lines still begin where those around do, but
    /// for running text. And what is on the other side in a book from right to left, for readers that know the sides of a
    /// page only; for others, each rule above has its sides in the order of reading behind them.
    fn turned(&self, out: &mut String) {
        use ParagraphRole::{Author, Imprint, Subtitle, Title};
        let headings =
            (1..=6).map(|level| (format!(".heading-{level}:not(.opens-turned)"), ParagraphRole::heading(level)));
        let front = [(".title", Title), (".subtitle", Subtitle), (".author", Author), (".imprint", Imprint)];
        let front = front.map(|(selector, role)| (selector.to_owned(), role));
        let mut lines: Vec<String> =
            ["td", "th", "caption", ".box-title"].iter().map(|selector| format!("{selector}[dir]")).collect();
        let ragged = |role: ParagraphRole| self.style.paragraph(role).alignment == TextAlignment::Start;
        lines.extend(headings.chain(front).filter(|(_, role)| ragged(*role)).map(|(line, _)| format!("{line}[dir]")));
        let _ = writeln!(out, "{} {{ text-align: end; }}", lines.join(", "));
        out.push_str("th.center[dir], td.center[dir] { text-align: center; }\n");
        out.push_str("th.end[dir], td.end[dir] { text-align: start; }\n");
        // Letters that join are never spaced.
        let joined = ["ar", "ckb", "dv", "fa", "ps", "sd", "syr", "ug", "ur"].map(|tag| format!(":lang({tag})"));
        let _ = writeln!(out, "{} {{ letter-spacing: 0; }}", joined.join(", "));
        // Nor is what has no italics slanted, but where it is stressed.
        let upright = format!("{}, :lang(he), :lang(yi)", joined.join(", "));
        let _ = writeln!(out, "{upright} {{ font-synthesis: weight small-caps; font-synthesis-style: none; }}");
        out.push_str("em { font-synthesis: weight style small-caps; font-synthesis-style: auto; }\n");
        let indent = em(self.style.list_indent, self.body.character.size);
        out.push_str("@supports not (padding-inline: 1em 0) {\n");
        let _ = writeln!(out, "html[dir=\"rtl\"] ul, html[dir=\"rtl\"] ol {{ padding: 0 {indent} 0 0; }}");
        out.push_str("html[dir=\"rtl\"] .index ul, html[dir=\"rtl\"] .bibliography ul, html[dir=\"rtl\"] nav ol {\n");
        let _ = writeln!(out, "  padding: 0;\n}}\nhtml[dir=\"rtl\"] dd {{ margin: 0 {indent} 0 0; }}\n}}");
    }
}

fn figures(figures: Figures) -> &'static str {
    match figures {
        Figures::Normal => "font-variant-numeric: normal;",
        Figures::OldStyle => "font-variant-numeric: oldstyle-nums proportional-nums;",
        Figures::Lining => "font-variant-numeric: lining-nums proportional-nums;",
        Figures::Tabular => "font-variant-numeric: lining-nums tabular-nums;",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::themes;

    #[test]
    fn lengths_become_em_of_the_type_they_stand_in() {
        assert_eq!(em(Length::pt(14), Length::millipoints(10_500)), "1.333em");
        assert_eq!(em(Length::ZERO, Length::pt(10)), "0");
        assert_eq!(em(Length::pt(-5), Length::pt(10)), "-0.5em");
        assert_eq!(ratio(Length::pt(1), Length::ZERO), "0");
    }

    #[test]
    fn the_reader_s_colours_and_leading_of_text_stay_his() {
        for name in themes::NAMES {
            let css = stylesheet(&themes::by_name(name).unwrap(), &[], false);
            for line in css.lines().filter(|line| !line.starts_with("@media (prefers-color-scheme: dark) { img {")) {
                assert!(!line.contains("background"), "{line}");
                let colour = line.contains("color:") && !line.contains("color: inherit");
                let leading = line.contains("line-height") && (line.starts_with("p ") || line.starts_with("body "));
                assert!(!colour && !leading, "{line}");
            }
        }
    }

    #[test]
    fn a_side_of_the_page_has_the_side_in_the_order_of_reading_behind_it() {
        for name in themes::NAMES {
            let css = stylesheet(&themes::by_name(name).unwrap(), &[], false).replace(",\n", ", ").replace("\n  ", " ");
            let (rules, _) = css.split_once("@supports").unwrap();
            // Code reads from left to right in any book.
            let code = ["pre", "li > pre", ".listing"];
            for rule in rules.lines().filter(|rule| !code.iter().any(|selector| rule.starts_with(selector))) {
                let names_side =
                    |side: &str| rule.contains(&format!("-{side}: ")) || rule.contains(&format!("-{side}-"));
                let has_side = (names_side("left") || names_side("right") || rule.contains("float: "))
                    && !rule.contains("-right: 0")
                    && !rule.contains("emphasis");
                assert!(!has_side || rule.contains("inline"), "{rule}");
                assert!(!rule.contains("direction:") && !rule.contains("unicode-bidi"), "{rule}");
            }
        }
    }

    #[test]
    fn stress_is_marked_in_japanese_and_chinese_and_slanted_elsewhere() {
        let css = stylesheet(&themes::by_name("book").unwrap(), &[], false);
        let rule = |selector: &str, value: &str| {
            css.split('}').any(|rule| rule.trim_start().starts_with(selector) && rule.contains(value))
        };
        assert!(rule("em:lang(ja), em:lang(zh)", "font-style: normal"));
        assert!(rule("em:lang(ja) {", "text-emphasis-style: filled sesame"));
        assert!(rule("em:lang(zh) {", "text-emphasis-position: under right"));
        assert!(rule(":lang(ko)", "word-break: keep-all"));
        assert!(!css.lines().any(|line| line.starts_with("em {") && line.contains("font-style")));
    }

    #[test]
    fn an_indent_follows_a_paragraph_and_a_heading_stays_with_the_next() {
        let css = stylesheet(&themes::by_name("document").unwrap(), &[], false);
        assert!(css.contains("p + p { text-indent: 1.333em; }"));
        assert!(css.lines().any(|line| line.starts_with(".heading-2") && line.contains("break-after: avoid")));
    }
}
