//! Drawings: SVG, read without trust, simplified, and turned to PDF.
//!
//! A drawing is read once, into usvg's tree, and written out from there. What comes out is shapes, gradients and embedded
//! pixels alone: references are resolved, letters are outlines in the bundled faces, and neither scripts nor links nor
//! style sheets are left. Both editions show this same file. Start at [`measure`].

mod bounds;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use image::metadata::Orientation;
use svg2pdf::usvg::fontdb::{Database, Family, Query, Source, Stretch, Style, Weight};
use svg2pdf::usvg::roxmltree::{self, Document, ParsingOptions};
use svg2pdf::usvg::{
    self, FontFamily, FontResolver, FontStyle, Group, ImageHrefResolver, ImageKind, Indent, Node, Options, Tree,
    WriteOptions, filter,
};
use svg2pdf::{ConversionOptions, PageOptions};

use super::{Graphic, ImageFault, ImageFormat, MOST_PIXELS, raster};
use crate::font;
use crate::geometry::{Length, Size};

/// The largest file, in bytes.
const LARGEST: usize = 16 << 20;
/// The most nodes of a file.
const MOST_NODES: u32 = 500_000;
/// The largest width or height, in units.
const LARGEST_SIDE: f32 = 100_000.0;
/// Pixels to the unit where an effect can't be had without them: 288 to the inch.
const EFFECT_SCALE: f32 = 3.0;
/// Pixels to the unit where a whole drawing can't be had without them: 600 to the inch.
const PIXEL_SCALE: f32 = 6.25;
/// The most pixels that effects may take.
const MOST_EFFECT_PIXELS: f64 = 30_000_000.0;
/// How often a drawing may lie within a drawing.
const DEEPEST_EMBEDDING: u8 = 3;

/// Markers within markers could multiply without end.
const STYLE: &str =
    "marker * { marker-start: none !important; marker-mid: none !important; marker-end: none !important }";

/// Whether a file seems to be SVG.
pub(super) fn is_svg(data: &[u8]) -> bool {
    let text = without_mark(data).trim_ascii_start();
    let head = text.get(..1 << 16).unwrap_or(text);
    head.starts_with(b"<") && head.windows(4).any(|window| window == b"<svg" || window == b":svg")
}

/// The data without a byte order mark.
fn without_mark(data: &[u8]) -> &[u8] {
    data.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(data)
}

/// Reads, checks, measures and simplifies a drawing.
///
/// # Errors
/// Says why it can't be placed.
pub(super) fn measure(data: &[u8]) -> Result<Graphic, ImageFault> {
    let (tree, losses) = parse(data, 0)?;
    let size = tree.size();
    let simple = simplify(&tree, 1.0).into_bytes();
    // What can't be printed is told now, where the author's words are known.
    to_pdf(&simple).map_err(|_| ImageFault::TooComplex("effects or groups that print has no counterpart for"))?;
    let points = |units: f32| Length::from_pt(f64::from(units) * 0.75);
    Ok(Graphic {
        format: ImageFormat::Svg,
        data: simple.into(),
        pixels: None,
        size: Size::new(points(size.width()), points(size.height())),
        orientation: Orientation::NoTransforms,
        losses,
    })
}

/// A drawing as [`measure`] keeps it, at so many times its size.
///
/// # Errors
/// Says why it can't be placed.
pub(super) fn simplified(data: &[u8], scale: f32) -> Result<String, ImageFault> {
    parse(data, 0).map(|(tree, _)| simplify(&tree, scale))
}

/// Reads a drawing within bounds; `depth` is how many others it lies within.
fn parse(data: &[u8], depth: u8) -> Result<(Tree, Vec<super::Loss>), ImageFault> {
    if data.len() > LARGEST {
        return Err(ImageFault::TooComplex("more than 16 MB"));
    }
    let text = str::from_utf8(without_mark(data)).map_err(|_| ImageFault::Damaged("it is not in UTF-8".to_owned()))?;
    bounds::check_text(text)?;
    let limits = ParsingOptions { allow_dtd: true, nodes_limit: MOST_NODES };
    let xml = Document::parse_with_options(text, limits).map_err(|error| parsing_fault(&error))?;
    if xml.root_element().tag_name().name() != "svg" {
        return Err(ImageFault::Unsupported("not an image"));
    }
    bounds::check(&xml)?;
    let tree = Tree::from_xmltree(&xml, &options(depth)).map_err(|error| match error {
        usvg::Error::ElementsLimitReached => ImageFault::TooComplex("too many elements"),
        usvg::Error::ParsingFailed(error) => parsing_fault(&error),
        usvg::Error::NotAnUtf8Str | usvg::Error::MalformedGZip | usvg::Error::InvalidSize => {
            ImageFault::Damaged(error.to_string())
        }
    })?;
    if tree.size().width() > LARGEST_SIDE || tree.size().height() > LARGEST_SIDE {
        return Err(ImageFault::TooComplex("more than 100,000 units in width or height"));
    }
    let mut costs = Costs::default();
    costs.group(tree.root())?;
    Ok((tree, bounds::losses(&xml)))
}

fn parsing_fault(error: &roxmltree::Error) -> ImageFault {
    if matches!(error, roxmltree::Error::NodesLimitReached) {
        ImageFault::TooComplex("too many elements")
    } else {
        ImageFault::Damaged(error.to_string())
    }
}

/// How a drawing is read: with the bundled faces, and with nothing from outside the file.
fn options(depth: u8) -> Options<'static> {
    Options {
        font_family: "Source Sans 3".to_owned(),
        fontdb: Arc::clone(&BUNDLED.database),
        font_resolver: FontResolver {
            select_font: Box::new(|font, faces| select(font, faces)),
            select_fallback: Box::new(|letter, tried, _| {
                let has = |(id, face): &&(usvg::fontdb::ID, font::Face)| !tried.contains(id) && face.covers(letter);
                BUNDLED.faces.iter().find(has).map(|(id, _)| *id)
            }),
        },
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(move |_, data, _| embedded(&data, depth)),
            resolve_string: Box::new(|_, _| None),
        },
        style_sheet: Some(STYLE.to_owned()),
        ..Options::default()
    }
}

/// The bundled faces, as usvg reads them and as the program does.
struct Bundled {
    database: Arc<Database>,
    faces: Vec<(usvg::fontdb::ID, font::Face)>,
}

static BUNDLED: LazyLock<Bundled> = LazyLock::new(|| {
    let mut database = Database::new();
    let mut faces = Vec::new();
    for file in font::bundled_files() {
        let ids = database.load_font_source(Source::Binary(Arc::new(*file)));
        let face = font::Face::parse(font::Blob::Static(file), 0, font::Origin::Bundled);
        faces.extend(ids.first().copied().zip(face));
    }
    Bundled { database: Arc::new(database), faces }
});

/// The bundled face that comes nearest to what a drawing asks for.
fn select(font: &usvg::Font, faces: &Database) -> Option<usvg::fontdb::ID> {
    let families: Vec<Family<'_>> = font
        .families()
        .iter()
        .flat_map(|family| match family {
            FontFamily::Named(name) => vec![Family::Name(name), Family::Name(kindred(name))],
            FontFamily::Serif => vec![Family::Name(SERIF)],
            FontFamily::Monospace => vec![Family::Name(MONO)],
            FontFamily::SansSerif | FontFamily::Cursive | FontFamily::Fantasy => vec![Family::Name(SANS)],
        })
        .chain([Family::Name(SANS)])
        .collect();
    let style = match font.style() {
        FontStyle::Normal => Style::Normal,
        FontStyle::Italic | FontStyle::Oblique => Style::Italic,
    };
    let weight = Weight(font.weight());
    faces.query(&Query { families: &families, weight, stretch: Stretch::Normal, style })
}

const SERIF: &str = "Libertinus Serif";
const SANS: &str = "Source Sans 3";
const MONO: &str = "Source Code Pro";

/// The bundled family that stands in for one of this name.
fn kindred(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    let any = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if any(&["mono", "courier", "consol", "menlo", "code", "typewriter"]) {
        MONO
    } else if any(&["times", "roman", "georgia", "garamond", "palatino", "cambria", "century", "baskerville", "bodoni"])
        || (name.contains("serif") && !name.contains("sans"))
    {
        SERIF
    } else {
        SANS
    }
}

/// An image that a drawing holds within itself.
fn embedded(data: &[u8], depth: u8) -> Option<ImageKind> {
    if is_svg(data) {
        let within = depth + 1 < DEEPEST_EMBEDDING;
        return within.then(|| parse(data, depth + 1).ok()).flatten().map(|(tree, _)| ImageKind::SVG(tree));
    }
    let (format, data) = raster::embeddable(data.to_vec())?;
    let data = Arc::new(data);
    match format {
        ImageFormat::Jpeg => Some(ImageKind::JPEG(data)),
        ImageFormat::Gif => Some(ImageKind::GIF(data)),
        ImageFormat::Png => Some(ImageKind::PNG(data)),
        ImageFormat::WebP | ImageFormat::Svg => None,
    }
}

/// What converting a tree takes: pixels of images and of effects.
#[derive(Default)]
struct Costs {
    pixels: u64,
    effects: f64,
}

impl Costs {
    fn group(&mut self, group: &Group) -> Result<(), ImageFault> {
        if !group.filters().is_empty() {
            self.filters(group)?;
        }
        for child in group.children() {
            if let Node::Image(image) = child {
                self.image(image)?;
            }
            if let Node::Group(inner) = child {
                self.group(inner)?;
            } else {
                let mut result = Ok(());
                child.subroots(|root| {
                    if result.is_ok() {
                        result = self.group(root);
                    }
                });
                result?;
            }
        }
        let mut clip = group.clip_path();
        while let Some(path) = clip {
            self.group(path.root())?;
            clip = path.clip_path();
        }
        let mut mask = group.mask();
        while let Some(inner) = mask {
            self.group(inner.root())?;
            mask = inner.mask();
        }
        Ok(())
    }

    fn image(&mut self, image: &usvg::Image) -> Result<(), ImageFault> {
        let size = match image.kind() {
            ImageKind::SVG(tree) => return self.group(tree.root()),
            ImageKind::JPEG(_) | ImageKind::PNG(_) | ImageKind::GIF(_) | ImageKind::WEBP(_) => image.size(),
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
        let pixels = (f64::from(size.width()) * f64::from(size.height())) as u64;
        self.pixels = self.pixels.saturating_add(pixels);
        if self.pixels > MOST_PIXELS { Err(ImageFault::TooLarge(self.pixels)) } else { Ok(()) }
    }

    /// Effects are painted as pixels: so many, and with so much work each.
    fn filters(&mut self, group: &Group) -> Result<(), ImageFault> {
        let area = group.layer_bounding_box();
        let scale = f64::from(EFFECT_SCALE);
        let pixels = f64::from(area.width()) * scale * f64::from(area.height()) * scale;
        let mut work = 1.0;
        for primitive in group.filters().iter().flat_map(|filter| filter.primitives()) {
            work += match primitive.kind() {
                filter::Kind::Turbulence(turbulence) => f64::from(turbulence.num_octaves()),
                filter::Kind::Morphology(morphology) => {
                    let reach = f64::from(morphology.radius_x().get() + morphology.radius_y().get()) * scale;
                    1.0 + reach * reach
                }
                filter::Kind::ConvolveMatrix(convolution) => {
                    f64::from(convolution.matrix().columns()) * f64::from(convolution.matrix().rows())
                }
                filter::Kind::Image(image) => {
                    self.group(image.root())?;
                    1.0
                }
                filter::Kind::Blend(_)
                | filter::Kind::ColorMatrix(_)
                | filter::Kind::ComponentTransfer(_)
                | filter::Kind::Composite(_)
                | filter::Kind::DiffuseLighting(_)
                | filter::Kind::DisplacementMap(_)
                | filter::Kind::DropShadow(_)
                | filter::Kind::Flood(_)
                | filter::Kind::GaussianBlur(_)
                | filter::Kind::Merge(_)
                | filter::Kind::Offset(_)
                | filter::Kind::SpecularLighting(_)
                | filter::Kind::Tile(_) => 1.0,
            };
        }
        self.effects += pixels * (1.0 + work / 10.0);
        if self.effects > MOST_EFFECT_PIXELS {
            return Err(ImageFault::TooComplex("effects that take too many pixels"));
        }
        Ok(())
    }
}

/// The tree as SVG, `scale` times as large as it says and free to be scaled. Names are numbers, and only what is referred to has one.
fn simplify(tree: &Tree, scale: f32) -> String {
    let options = WriteOptions {
        preserve_text: false,
        coordinates_precision: 4,
        transforms_precision: 6,
        indent: Indent::None,
        ..WriteOptions::default()
    };
    let text = tree.to_string(&options);
    let (width, height) = (tree.size().width(), tree.size().height());
    let own = format!("<svg width=\"{width}\" height=\"{height}\"");
    let (wide, high) = (width * scale, height * scale);
    let free = format!("<svg viewBox=\"0 0 {width} {height}\" width=\"{wide}\" height=\"{high}\"");
    renamed(&text.replacen(&own, &free, 1))
}

/// What comes before a name that an element has.
const NAME: &str = " id=\"";
/// What comes before a name that refers to another element.
const REFERENCES: [&str; 2] = ["url(#", " xlink:href=\"#"];

/// Gives each element that is referred to a name of its own, and takes the others' away: the author's names need not be
/// names in XML, nor differ. Linear in `text`.
fn renamed(text: &str) -> String {
    let name_at = |at: usize| text.get(at..).and_then(|rest| rest.split([')', '"']).next()).unwrap_or_default();
    let mut places: Vec<(usize, &str)> = REFERENCES.iter().flat_map(|prefix| text.match_indices(prefix)).collect();
    places.sort_unstable();
    let mut names: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
    for (at, prefix) in &places {
        let number = names.len();
        names.entry(name_at(at + prefix.len())).or_insert((number, false));
    }
    places.extend(text.match_indices(NAME));
    places.sort_unstable();
    let mut out = String::with_capacity(text.len());
    let mut written = 0;
    for (at, prefix) in places {
        let start = at + prefix.len();
        let name = if prefix == NAME {
            text.get(start..).and_then(|rest| rest.split('"').next()).unwrap_or_default()
        } else {
            name_at(start)
        };
        out.push_str(text.get(written..at).unwrap_or_default());
        written = start + name.len();
        match names.get_mut(name) {
            Some((number, taken)) if prefix != NAME || !*taken => {
                *taken |= prefix == NAME;
                out.push_str(prefix);
                out.push('n');
                out.push_str(&number.to_string());
            }
            // The attribute goes, its closing quotation mark too.
            _ => written += 1,
        }
    }
    out.push_str(text.get(written..).unwrap_or_default());
    out
}

/// A simplified drawing as a PDF file of one page.
///
/// # Errors
/// Says why it can't be converted.
pub(super) fn to_pdf(data: &[u8]) -> Result<Vec<u8>, String> {
    let failed = |reason: String| format!("a drawing can't be converted: {reason}");
    let text = str::from_utf8(data).map_err(|error| failed(error.to_string()))?;
    let tree = Tree::from_str(text, &options(0)).map_err(|error| failed(error.to_string()))?;
    let conversion = ConversionOptions { compress: false, raster_scale: EFFECT_SCALE, embed_text: false, pdfa: false };
    svg2pdf::to_pdf(&tree, conversion, PageOptions { dpi: 96.0 }).map_err(|error| failed(error.to_string()))
}

/// The drawing as pixels: width, height, and red, green, blue and alpha of each.
///
/// # Errors
/// Says why it can't be converted.
pub(super) fn to_pixels(data: &[u8]) -> Result<(u32, u32, Vec<u8>), String> {
    let failed = |reason: &str| format!("a drawing can't be converted: {reason}");
    let text = str::from_utf8(data).map_err(|error| failed(&error.to_string()))?;
    let tree = Tree::from_str(text, &options(0)).map_err(|error| failed(&error.to_string()))?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let area = f64::from(width) * f64::from(height);
    #[expect(clippy::cast_possible_truncation, reason = "a scale is small")]
    let most = (MOST_EFFECT_PIXELS / area).sqrt() as f32;
    let scale = PIXEL_SCALE.min(most);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded by the scale")]
    let [columns, rows] = [width, height].map(|side| ((side * scale).ceil() as u32).max(1));
    let mut pixels = resvg::tiny_skia::Pixmap::new(columns, rows).ok_or_else(|| failed("it has no size"))?;
    #[expect(clippy::cast_precision_loss, reason = "pixels along a side fit an f32")]
    let (across, down) = (columns as f32 / width, rows as f32 / height);
    resvg::render(&tree, resvg::tiny_skia::Transform::from_scale(across, down), &mut pixels.as_mut());
    let samples = pixels.pixels().iter().flat_map(|pixel| {
        let color = pixel.demultiply();
        [color.red(), color.green(), color.blue(), color.alpha()]
    });
    Ok((columns, rows, samples.collect()))
}

#[cfg(test)]
mod tests {
    use super::super::Loss;
    use super::*;

    const OPEN: &str =
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='40' height='20'>";

    /// What becomes of a drawing with this content: the simplified file and what is lost.
    fn drawn(content: &str) -> (String, Vec<Loss>) {
        let graphic = measure(format!("{OPEN}{content}</svg>").as_bytes()).unwrap();
        (String::from_utf8(graphic.data.to_vec()).unwrap(), graphic.losses)
    }

    fn fault(content: &str) -> ImageFault {
        measure(format!("{OPEN}{content}</svg>").as_bytes()).unwrap_err()
    }

    fn check_lost(content: &str, expected: &[Loss]) {
        let (text, losses) = drawn(content);
        assert_eq!(losses, expected, "{content}");
        for word in ["script", "onclick", "foreignObject", "http://example", "file:", "ENTITY", "animate", "style=\"@"]
        {
            assert!(!text.contains(word), "{word} in {text}");
        }
        assert!(Document::parse(&text).is_ok());
    }

    #[test]
    fn a_drawing_is_as_large_as_it_says() {
        let size = |attributes: &str| {
            let svg =
                format!("<svg xmlns='http://www.w3.org/2000/svg' {attributes}><rect width='9' height='9'/></svg>");
            let graphic = measure(svg.as_bytes()).unwrap();
            assert!(graphic.resolution(graphic.size).is_none());
            (graphic.size.width.to_pt(), graphic.size.height.to_pt())
        };
        assert_eq!(size("width='96' height='48'"), (72.0, 36.0));
        assert_eq!(size("width='1in' height='25.4mm'"), (72.0, 72.0));
        assert_eq!(size("viewBox='0 0 192 96'"), (144.0, 72.0));
        assert_eq!(size("width='100%' viewBox='0 0 192 96'"), (144.0, 72.0));
    }

    #[test]
    fn the_simplified_file_can_be_scaled_and_has_names_of_its_own() {
        let (text, _) = drawn(
            "<defs><linearGradient id='1a'><stop stop-color='red'/><stop offset='1' stop-color='blue'/></linearGradient></defs>\
             <rect id='7' fill='url(#1a)' width='9' height='9'/><g id='7' opacity='.5'><path d='M0 0L9 9V0'/></g>",
        );
        assert!(text.starts_with("<svg viewBox=\"0 0 40 20\" width=\"40\" height=\"20\""), "{text}");
        assert!(text.contains("<linearGradient id=\"n0\"") && text.contains("url(#n0)"), "{text}");
        assert_eq!(text.matches(" id=").count(), 1, "{text}");
        assert_eq!(parse(text.as_bytes(), 0).map(|(_, losses)| losses), Ok(vec![]));
    }

    #[test]
    fn what_is_not_shapes_is_left_out_and_told() {
        let rect = "<rect width='9' height='9'/>";
        check_lost(rect, &[]);
        check_lost(&format!("<a href='http://example.org/'>{rect}</a>"), &[]);
        check_lost(&format!("<script>alert(1)</script>{rect}"), &[Loss::Scripts]);
        check_lost("<rect onclick='x()' width='9' height='9'/>", &[Loss::Scripts]);
        check_lost(
            "<rect width='9' height='9'><animate attributeName='x' to='9' dur='1s'/></rect>",
            &[Loss::Animation],
        );
        check_lost(&format!("<foreignObject><p>words</p></foreignObject>{rect}"), &[Loss::ForeignObjects]);
        check_lost(&format!("<image href='/etc/passwd' width='9' height='9'/>{rect}"), &[Loss::References]);
        check_lost(
            &format!("<image xlink:href='file:///etc/passwd' width='9' height='9'/>{rect}"),
            &[Loss::References],
        );
        check_lost(&format!("<style>@import 'http://example.org/a.css';</style>{rect}"), &[Loss::References]);
        check_lost(&format!("<use href='http://example.org/a.svg#b'/>{rect}"), &[Loss::References]);
        check_lost("<rect fill='url(http://example.org/a.svg#b) red' width='9' height='9'/>", &[Loss::References]);
        check_lost("<text y='9'>a\u{1F600}</text>", &[Loss::Letters("\u{1F600}".to_owned())]);
    }

    #[test]
    fn letters_become_outlines_in_the_bundled_faces() {
        let text = |family: &str| drawn(&format!("<text y='9' font-family=\"{family}\">Rag</text>")).0;
        let sans = text("Arial");
        assert!(!sans.contains("<text") && sans.contains("<path"), "{sans}");
        assert_eq!(sans, text("Source Sans 3"));
        assert_eq!(text("'Times New Roman', serif"), text("Libertinus Serif"));
        assert_eq!(text("Consolas"), text("monospace"));
        assert_ne!(sans, text("serif"));
    }

    #[test]
    fn a_drawing_that_multiplies_is_refused() {
        let many = |prefix: &str, element: &dyn Fn(usize) -> String| {
            (1..12)
                .map(|n| {
                    format!("<{prefix} id='e{n}'>{}</{}>", element(n - 1).repeat(10), prefix.split(' ').next().unwrap())
                })
                .collect::<String>()
        };
        let rect = "<rect width='9' height='9'/>";
        let complex = |content: String| {
            let fault = fault(&content);
            assert!(matches!(fault, ImageFault::TooComplex(_)), "{fault:?} of {}", &content[..200.min(content.len())]);
        };
        complex(format!("<g id='e0'>{rect}</g>{}", many("g", &|n| format!("<use href='#e{n}'/>"))));
        let filled = |n: usize| format!("<rect width='9' height='9' fill='url(#e{n})'/>");
        complex(format!(
            "<pattern id='e0'>{rect}</pattern>{}{}",
            many("pattern width='9' height='9'", &filled),
            filled(11)
        ));
        complex(format!(
            "<style>rect{{fill:url(#e0)}}</style><pattern id='e0'>{rect}</pattern>{}",
            rect.repeat(500_000)
        ));
        let masked = |n: usize| format!("<g mask='url(#e{n})'>{rect}</g>");
        complex(format!("<mask id='e0'>{rect}</mask>{}{}", many("mask", &masked), masked(11)));
        let marked = format!("<path marker-mid='url(#m)' d='M0 0{}'/>", "h1".repeat(100_000));
        complex(format!("<marker id='m'>{}</marker>{marked}", rect.repeat(50)));
        complex(format!("{}{}", "<g>".repeat(5_000), "</g>".repeat(5_000)));
        complex(format!("{}{}", "<g a='/>'>".repeat(5_000), "</g>".repeat(5_000)));
        complex((1..500).map(|n| format!("<g id='e{n}'><use href='#e{}'/></g>", n - 1)).collect());
        complex("<filter id='f' x='-999' y='-999' width='9999' height='9999'><feGaussianBlur stdDeviation='9'/></filter><rect filter='url(#f)' width='9' height='9'/>".to_owned());
        complex("<filter id='f'><feTurbulence baseFrequency='1' numOctaves='1000000000'/></filter><rect filter='url(#f)' width='9' height='9'/>".to_owned());
    }

    #[test]
    fn a_drawing_as_deep_as_may_be_is_read() {
        let (open, close) = ("<g>".repeat(20), "</g>".repeat(20));
        drawn(&format!("{open}<rect width='9' height='9'/>{close}"));
        let (open, close) = ("<g transform='scale(.9)'>".repeat(90), "</g>".repeat(90));
        assert!(matches!(fault(&format!("{open}<rect width='9' height='9'/>{close}")), ImageFault::TooComplex(_)));
    }

    #[test]
    fn references_in_circles_end() {
        drawn("<g id='a'><use href='#a'/></g><use href='#b' id='b'/><rect width='9' height='9'/>");
        drawn(
            "<pattern id='p' width='9' height='9'><rect width='9' height='9' fill='url(#p)'/></pattern><rect fill='url(#p)' width='9' height='9'/>",
        );
        drawn(
            "<mask id='m' mask='url(#m)'><rect width='9' height='9'/></mask><rect mask='url(#m)' width='9' height='9'/>",
        );
    }

    #[test]
    fn entities_are_read_unless_they_multiply() {
        let svg = |entities: &str, content: &str| {
            measure(format!("<!DOCTYPE svg [{entities}]>{OPEN}{content}</svg>").as_bytes())
        };
        let graphic = svg("<!ENTITY red '#ff0000'>", "<rect fill='&red;' width='9' height='9'/>").unwrap();
        assert!(str::from_utf8(&graphic.data).unwrap().contains("#ff0000"));
        let laughs: String =
            (1..30).map(|n| format!("<!ENTITY l{n} '{}'>", format!("&l{};", n - 1).repeat(10))).collect();
        let fault = svg(&format!("<!ENTITY l0 'ha'>{laughs}"), "<text>&l29;</text>").unwrap_err();
        assert!(matches!(fault, ImageFault::TooComplex(_)), "{fault:?}");
        let outside = svg("<!ENTITY x SYSTEM 'file:///etc/passwd'>", "<text>&x;</text>");
        assert!(outside.is_err() || !str::from_utf8(&outside.unwrap().data).unwrap().contains("root"));
    }

    #[test]
    fn what_is_no_drawing_is_damaged() {
        for data in ["<svg", "<svg xmlns='http://www.w3.org/2000/svg' width='0' height='9'/>", "<svg></g></svg>"] {
            assert!(matches!(measure(data.as_bytes()), Err(ImageFault::Damaged(_))), "{data}");
        }
        assert!(matches!(measure(b"<svg>\xFF</svg>"), Err(ImageFault::Damaged(_))));
        assert!(matches!(measure(b"<html><svg/></html>"), Err(ImageFault::Unsupported(_))));
        assert!(is_svg(b"\xEF\xBB\xBF <?xml version='1.0'?><svg/>") && !is_svg(b"text <svg"));
    }

    #[test]
    fn images_within_are_kept_and_bounded() {
        let mut png = Vec::new();
        image::GrayImage::new(2, 2).write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
        // Base64 by hand is not worth a dependency: percent-encoding says the same.
        let encoded: String = png.iter().map(|byte| format!("%{byte:02X}")).collect();
        let (text, losses) = drawn(&format!("<image href='data:image/png,{encoded}' width='9' height='9'/>"));
        assert!(text.contains("data:image/png;base64,"), "{text}");
        assert_eq!(losses, []);
        let (text, _) =
            drawn("<image href='data:image/png,nonsense' width='9' height='9'/><rect width='9' height='9'/>");
        assert!(!text.contains("data:"), "{text}");
    }
}
