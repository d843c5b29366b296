//! How much work a drawing asks for, told before any of it is done, and what of it will be lost.
//!
//! A few lines of SVG can stand for any number of shapes: they may use, fill and mask one another as often as they like.
//! Start at [`check`].

use std::collections::{BTreeMap, BTreeSet};

use svg2pdf::usvg::roxmltree::{Document, Node};

use super::super::{ImageFault, Loss};
use crate::font::{FontBook, is_ignorable};

/// How deep elements may lie within one another, and references lead on.
const DEEPEST: usize = 100;
/// How many elements and letters may be drawn, each as often as it is.
const MOST_WORK: u64 = 400_000;
/// How many points all paths may have, each as often as it is drawn.
const MOST_POINTS: u64 = 4_000_000;
/// How often rules of style may be compared with elements.
const MOST_COMPARISONS: usize = 30_000_000;

/// Sees that a text can be parsed within bounds: elements do not lie too deep, and entities are plain words. Linear in it.
///
/// # Errors
/// Says what there is too much of.
pub(super) fn check_text(text: &str) -> Result<(), ImageFault> {
    for rest in text.split("<!ENTITY").skip(1) {
        let quote = rest.find(['"', '\'']).and_then(|at| rest.get(at..));
        let value = quote.and_then(|rest| rest.get(1..)?.split(rest.get(..1)?).next()).unwrap_or_default();
        if value.contains(['<', '&']) {
            return Err(ImageFault::TooComplex("entities that hold more than words"));
        }
    }
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>")].iter().find(|(start, _)| rest.starts_with(start));
        if let Some((_, end)) = end {
            rest = rest.find(end).map_or("", |at| &rest[at..]);
        } else if rest.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !rest.starts_with('!') {
            let (after, closed) = after_tag(rest);
            rest = after;
            depth += usize::from(!closed);
        }
        if depth > DEEPEST {
            return Err(ImageFault::TooComplex("elements that lie too deep"));
        }
    }
    Ok(())
}

/// What follows the tag at whose name `text` starts, and whether the tag closes its element.
fn after_tag(text: &str) -> (&str, bool) {
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\'', '>']) {
        let (before, after) = rest.split_at(at);
        let after_mark = &after[1..];
        if after.starts_with('>') {
            return (after_mark, before.ends_with('/'));
        }
        let quote = if after.starts_with('"') { '"' } else { '\'' };
        rest = after_mark.find(quote).map_or("", |end| &after_mark[end + 1..]);
    }
    ("", false)
}

/// Sees that a drawing stays within bounds. Linear in its elements and references, and in elements times rules that refer
/// to others.
///
/// # Errors
/// Says what there is too much of.
pub(super) fn check(xml: &Document<'_>) -> Result<(), ImageFault> {
    let sheets = sheets(xml);
    let elements = xml.descendants().filter(Node::is_element).count();
    if sheets.matches('{').count().saturating_mul(elements) > MOST_COMPARISONS {
        return Err(ImageFault::TooComplex("too many rules of style"));
    }
    let mut ids = BTreeMap::new();
    for node in xml.descendants() {
        if let Some(id) = node.attribute("id") {
            ids.entry(id).or_insert(node);
        }
    }
    let rules = rules(&sheets);
    let mut scales = Scales { ids, rules, known: BTreeMap::new(), open: BTreeSet::new() };
    scales.weigh(xml.root_element(), 0).map(drop)
}

/// The text of all style sheets.
fn sheets(xml: &Document<'_>) -> String {
    let styles = xml.descendants().filter(|node| node.tag_name().name() == "style");
    styles.flat_map(|style| style.children().filter_map(|child| child.text())).collect()
}

/// The names that `url(#…)` gives in `text`.
fn references(text: &str) -> impl Iterator<Item = &str> {
    text.split("url(").skip(1).filter_map(|rest| {
        let name = rest.trim_start().trim_start_matches(['"', '\'']).strip_prefix('#')?;
        name.split([')', '"', '\'']).next().map(str::trim_end)
    })
}

/// A rule of style that refers to elements.
struct Rule<'a> {
    /// The words of its selector: an element with one of them as class, name or tag may be meant.
    words: BTreeSet<&'a str>,
    /// Whether any element may be meant.
    any: bool,
    declarations: &'a str,
}

fn rules(sheets: &str) -> Vec<Rule<'_>> {
    let refers = |rule: &&str| rule.contains("url(");
    let rules = sheets.split('}').filter(refers).filter_map(|rule| rule.split_once('{'));
    rules
        .map(|(selector, declarations)| Rule {
            words: selector.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).collect(),
            any: selector.contains('*'),
            declarations,
        })
        .collect()
}

/// What an element comes to, with everything in it and everything it refers to.
#[derive(Clone, Copy, Default)]
struct Weight {
    /// Elements and letters to draw.
    work: u64,
    /// Elements that a fill may be for.
    shapes: u64,
    /// Points of paths.
    points: u64,
    /// How deep elements lie within it, references followed.
    depth: usize,
}

impl Weight {
    fn add(&mut self, other: Self) {
        self.work = self.work.saturating_add(other.work);
        self.shapes = self.shapes.saturating_add(other.shapes);
        self.points = self.points.saturating_add(other.points);
        self.depth = self.depth.max(other.depth + 1);
    }
}

struct Scales<'a, 'i> {
    ids: BTreeMap<&'a str, Node<'a, 'i>>,
    rules: Vec<Rule<'a>>,
    known: BTreeMap<u32, Weight>,
    /// The elements being weighed: what refers to one of them leads in a circle, and is not drawn.
    open: BTreeSet<u32>,
}

impl<'a, 'i> Scales<'a, 'i> {
    fn weigh(&mut self, node: Node<'a, 'i>, depth: usize) -> Result<Weight, ImageFault> {
        if let Some(weight) = self.known.get(&node.id().get()) {
            return Ok(*weight);
        }
        if depth > DEEPEST {
            return Err(ImageFault::TooComplex("elements that lie too deep"));
        }
        if !self.open.insert(node.id().get()) {
            return Ok(Weight::default());
        }
        let points = ["d", "points"].iter().filter_map(|name| node.attribute(*name)).map(str::len).sum::<usize>() / 2;
        let points = u64::try_from(points).unwrap_or(u64::MAX);
        let mut weight = Weight { work: 1, shapes: 1, points, depth: 0 };
        for child in node.children() {
            if child.is_element() {
                weight.add(self.weigh(child, depth + 1)?);
            } else if let Some(text) = child.text() {
                weight.work += text.chars().filter(|c| !c.is_whitespace()).count() as u64;
            }
        }
        if let Some(target) = self.target(node) {
            weight.add(self.weigh(target, depth + 1)?);
        }
        self.references(node, depth, &mut weight)?;
        if weight.depth > DEEPEST {
            return Err(ImageFault::TooComplex("elements that lie too deep"));
        }
        if weight.work > MOST_WORK {
            return Err(ImageFault::TooComplex("too many shapes, or shapes that repeat others too often"));
        }
        if weight.points > MOST_POINTS {
            return Err(ImageFault::TooComplex("paths with too many points"));
        }
        self.open.remove(&node.id().get());
        self.known.insert(node.id().get(), weight);
        Ok(weight)
    }

    /// The element that a link of `node` names.
    fn target(&self, node: Node<'a, 'i>) -> Option<Node<'a, 'i>> {
        let link = node.attributes().find(|attribute| attribute.name() == "href")?;
        self.ids.get(link.value().trim().strip_prefix('#')?).copied()
    }

    /// Adds what `node` is filled, masked, cut out or marked with: once, for each shape, or at each point.
    fn references(&mut self, node: Node<'a, 'i>, depth: usize, weight: &mut Weight) -> Result<(), ImageFault> {
        let mut found: Vec<(&'a str, bool)> = Vec::new();
        for attribute in node.attributes().filter(|attribute| attribute.value().contains("url(")) {
            let everywhere = attribute.name() == "marker-mid" || marks_points(attribute.value());
            // An attribute's value lives as long as the document.
            let value = node.attribute((attribute.namespace().unwrap_or_default(), attribute.name()));
            let value = value.or_else(|| node.attribute(attribute.name())).unwrap_or_default();
            found.extend(references(value).map(|name| (name, everywhere)));
        }
        let tag = node.tag_name().name();
        for rule in &self.rules {
            let classes = node.attribute("class").unwrap_or_default().split_ascii_whitespace();
            let mut words = classes.chain(node.attribute("id")).chain([tag]);
            if rule.any || words.any(|word| rule.words.contains(word)) {
                let everywhere = marks_points(rule.declarations);
                found.extend(references(rule.declarations).map(|name| (name, everywhere)));
            }
        }
        for (name, everywhere) in found {
            let Some(target) = self.ids.get(name).copied() else { continue };
            let times = match target.tag_name().name() {
                "marker" if everywhere => weight.points.saturating_add(weight.shapes.saturating_mul(2)),
                "marker" => weight.shapes.saturating_mul(2),
                "pattern" | "linearGradient" | "radialGradient" => weight.shapes,
                _ => 1,
            };
            let other = self.weigh(target, depth + 1)?;
            weight.depth = weight.depth.max(other.depth + 1);
            weight.work = weight.work.saturating_add(other.work.saturating_mul(times));
            weight.points = weight.points.saturating_add(other.points.saturating_mul(times));
        }
        Ok(())
    }
}

/// Whether declarations put a marker at each point of a path.
fn marks_points(declarations: &str) -> bool {
    declarations.contains("marker-mid") || declarations.contains("marker:") || declarations.contains("marker :")
}

/// What a drawing has that is not shown. Linear in its text.
pub(super) fn losses(xml: &Document<'_>) -> Vec<Loss> {
    let mut found = [false; 4];
    let [animation, scripts, foreign, external] = &mut found;
    let mut letters = BTreeSet::new();
    let sheets = sheets(xml);
    *external |= sheets.contains("@import") || leads_out(&sheets);
    for node in xml.descendants().filter(Node::is_element) {
        match node.tag_name().name() {
            "script" => *scripts = true,
            "animate" | "animateMotion" | "animateTransform" | "animateColor" | "set" => *animation = true,
            // The other branches of a switch are made to stand in for it.
            "foreignObject" if !in_switch(node) => *foreign = true,
            "text" => {
                let words = node.descendants().filter(Node::is_text).filter_map(|text| text.text());
                letters.extend(words.flat_map(str::chars).filter(|c| !c.is_whitespace() && !c.is_control()));
            }
            "a" => continue,
            _ => {}
        }
        for attribute in node.attributes() {
            let value = attribute.value().trim_start();
            match attribute.name() {
                "href" => {
                    *external |= !value.starts_with('#') && !starts_with(value, "data:") && !value.is_empty();
                }
                name if name.len() > 2 && starts_with(name, "on") => *scripts = true,
                _ => *external |= leads_out(value),
            }
        }
    }
    let fonts = FontBook::bundled();
    letters.retain(|letter| !is_ignorable(*letter) && !fonts.has(*letter));
    let kinds = [Loss::Animation, Loss::Scripts, Loss::ForeignObjects, Loss::References];
    let mut losses: Vec<Loss> =
        found.into_iter().zip(kinds).filter(|(found, _)| *found).map(|(_, loss)| loss).collect();
    if !letters.is_empty() {
        losses.push(Loss::Letters(letters.into_iter().take(20).collect()));
    }
    losses
}

fn in_switch(node: Node<'_, '_>) -> bool {
    node.ancestors().any(|ancestor| ancestor.tag_name().name() == "switch")
}

/// Whether a value refers to something outside the file.
fn leads_out(value: &str) -> bool {
    value.split("url(").skip(1).any(|rest| {
        let address = rest.trim_start().trim_start_matches(['"', '\'']);
        !address.starts_with('#') && !starts_with(address, "data:")
    })
}

/// Whether `text` begins with `start`, whatever the case.
fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}
