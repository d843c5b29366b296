//! The images that the manuscript shows: found, read through the project's folder, taken in.
//!
//! Knows nothing of what is in an image file. Start at [`load`].

use std::collections::{BTreeMap, BTreeSet};

use super::files::{Folder, LARGEST_BINARY, ReadFault, normalize};
use crate::diagnostics::{Diagnostic, Span};
use crate::document::{Block, BlockKind, Division, Image, Inline, InlineKind, Node, NodeId, walk};
use crate::graphic::{GraphicId, Graphics, ImageFault, Loss, diagram};

/// Reads every image once, however often it is shown, and names the image of each node that shows one. An image in the
/// project that is missing or damaged is an error; one that lies elsewhere or is of another kind is a warning, and its
/// alternative text stands in for it. What of an image is not shown is warned of where it is first seen.
pub(super) fn load(
    folder: &Folder,
    divisions: &[Division],
) -> (Graphics, BTreeMap<NodeId, GraphicId>, Vec<Diagnostic>) {
    let mut loader =
        Loader { folder, graphics: Graphics::default(), known: BTreeMap::new(), diagrams: BTreeMap::new() };
    let (mut images, mut diagnostics) = (BTreeMap::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for division in divisions {
        for_each(division, &mut |id, span, image| match loader.image(&division.path, image) {
            Ok(graphic) => {
                images.insert(id, graphic);
                if seen.insert(graphic) {
                    let losses = loader.graphics.get(graphic).map(|graphic| graphic.losses.as_slice());
                    diagnostics.extend(losses.unwrap_or_default().iter().map(|loss| lost(loss, image).at(span)));
                }
            }
            Err(fault) => diagnostics.push(fault.at(span)),
        });
    }
    (loader.graphics, images, diagnostics)
}

/// What to say of something in an image that is not shown.
fn lost(loss: &Loss, image: &Image) -> Diagnostic {
    use crate::diagnostics::Place::Project;
    let name = if image.diagram.is_some() { "the diagram".to_owned() } else { format!("`{}`", shown(&image.address)) };
    let message = format!("{name}: {loss}");
    match loss {
        Loss::Animation => Diagnostic::warning("animated-image", Project, message)
            .help("choose the picture to print, and save it as an image of its own"),
        Loss::Scripts | Loss::ForeignObjects | Loss::References => {
            Diagnostic::warning("reduced-image", Project, message)
                .help("save the drawing with shapes, text and embedded images alone")
        }
        Loss::Letters(_) => Diagnostic::warning("reduced-image", Project, message)
            .help("convert the drawing's text to paths where you drew it"),
    }
}

/// Calls `visit` for each image of a division, in reading order.
pub(super) fn for_each<'a>(division: &'a Division, visit: &mut dyn FnMut(NodeId, Span, &'a Image)) {
    walk(division.all_blocks(), &mut |node| match node {
        Node::Block(Block { id, span, kind: BlockKind::Figure { image, .. }, .. })
        | Node::Inline(Inline { id, span, kind: InlineKind::Image(image), .. }) => visit(*id, *span, image),
        Node::Block(_) | Node::Inline(_) => {}
    });
}

/// Where an address leads.
enum Destination {
    /// Somewhere on the net.
    Remote,
    /// Into the address itself (`data:`).
    Embedded,
    /// A file of the machine, but not of the project.
    Outside,
    /// Perhaps one of these files of the project: as written, then decoded.
    Project(Vec<String>),
}

/// Sorts an address as written in the file `base`.
fn destination(base: &str, address: &str) -> Destination {
    let scheme = address.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    });
    match scheme {
        // A drive letter.
        Some(scheme) if scheme.len() == 1 => return Destination::Outside,
        Some(scheme) if scheme.eq_ignore_ascii_case("file") => return Destination::Outside,
        Some(scheme) if scheme.eq_ignore_ascii_case("data") => return Destination::Embedded,
        Some(_) => return Destination::Remote,
        None if address.starts_with("//") => return Destination::Remote,
        None => {}
    }
    let plain = address.split(['?', '#']).next().filter(|plain| !plain.is_empty()).unwrap_or(address);
    let ways = [address.to_owned(), decode(address), decode(plain)];
    let Some(mut candidates) = ways.iter().map(|way| normalize(base, way)).collect::<Option<Vec<String>>>() else {
        return Destination::Outside;
    };
    candidates.dedup();
    Destination::Project(candidates)
}

/// Takes percent-encoding back (RFC 3986, 2.1), where that gives text.
fn decode(address: &str) -> String {
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (first, after) {
            (b'%', [high, low, beyond @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                bytes.push(hex(*high).unwrap_or_default() << 4 | hex(*low).unwrap_or_default());
                rest = beyond;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| address.to_owned())
}

/// An address as a message shows it: not beyond eighty characters.
fn shown(address: &str) -> String {
    let mut start: String = address.chars().take(80).collect();
    if start.len() < address.len() {
        start.push('…');
    }
    start
}

struct Loader<'a> {
    folder: &'a Folder,
    graphics: Graphics,
    /// What came of each address, by the folder of the file that it was written in.
    known: BTreeMap<(String, String), Result<GraphicId, Diagnostic>>,
    /// What came of each diagram, by its source.
    diagrams: BTreeMap<String, Result<GraphicId, Diagnostic>>,
}

impl Loader<'_> {
    fn image(&mut self, base: &str, image: &Image) -> Result<GraphicId, Diagnostic> {
        let Image { address, diagram, .. } = image;
        if let Some(source) = diagram {
            if !self.diagrams.contains_key(source) {
                let result = self.diagram(source);
                self.diagrams.insert(source.clone(), result);
            }
            return self.diagrams[source].clone();
        }
        let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
        let key = (folder.to_owned(), address.clone());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let result = self.load(base, address);
        self.known.insert(key, result.clone());
        result
    }

    /// Draws a diagram. Findings have no place yet.
    fn diagram(&mut self, source: &str) -> Result<GraphicId, Diagnostic> {
        use crate::diagnostics::Place::Project;
        let drawn = diagram::render(source).and_then(|file| self.graphics.add(file).map_err(|fault| fault.to_string()));
        drawn.map_err(|reason| {
            let message = format!("the diagram can't be drawn: {reason}; its source is shown instead");
            Diagnostic::warning("invalid-diagram", Project, message)
                .help("try it in a Mermaid editor, or draw it elsewhere and save it as SVG")
        })
    }

    /// Reads the image at `address`. Findings have no place yet.
    fn load(&mut self, base: &str, address: &str) -> Result<GraphicId, Diagnostic> {
        use crate::diagnostics::Place::Project;
        const ALT: &str = "its alternative text is shown instead";
        let name = shown(address);
        let outside = || {
            Diagnostic::warning("outside-project", Project, format!("`{name}` lies outside the project: {ALT}"))
                .help("copy the image into the project, and name it by its path from this file")
        };
        let candidates = match destination(base, address) {
            Destination::Project(candidates) => candidates,
            Destination::Outside if address.is_empty() => {
                return Err(Diagnostic::error("missing-image", Project, "the image has no address")
                    .help("name the image file between the parentheses"));
            }
            Destination::Outside => return Err(outside()),
            Destination::Remote => {
                let message = format!("`{name}` is not in the project, and nothing is fetched from the net: {ALT}");
                return Err(Diagnostic::warning("remote-image", Project, message)
                    .help("save the image in the project, and name it by its path"));
            }
            Destination::Embedded => {
                return Err(Diagnostic::warning(
                    "unsupported-image",
                    Project,
                    format!("an image inside its address is not read: {ALT}"),
                )
                .help("save the image in the project, and name it by its path"));
            }
        };
        let mut result = Err(ReadFault::Missing);
        let mut path = "";
        for candidate in &candidates {
            path = candidate;
            result = self.folder.read(candidate, LARGEST_BINARY);
            if !matches!(result, Err(ReadFault::Missing)) {
                break;
            }
        }
        let data = result.map_err(|fault| match fault {
            ReadFault::Missing => Diagnostic::error("missing-image", Project, format!("there is no image `{name}`"))
                .help(self.folder.help_to_find(path)),
            ReadFault::Outside => outside(),
            ReadFault::NotAFile => Diagnostic::error("missing-image", Project, format!("`{name}` is not a file"))
                .help("name the image file itself"),
            ReadFault::TooLarge(largest) => Diagnostic::warning(
                "unsupported-image",
                Project,
                format!("`{name}` has more than {} MB: {ALT}", largest >> 20),
            )
            .help("save the image with fewer pixels"),
            ReadFault::Refused(error) => {
                Diagnostic::error("unreadable-file", Project, format!("`{name}` can't be read: {error}"))
                    .help("see that you may read the file")
            }
        })?;
        let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let promised = extension
            .is_some_and(|extension| ["png", "jpg", "jpeg", "gif", "webp", "svg"].contains(&extension.as_str()));
        self.graphics.add(data).map_err(|fault| match fault {
            // A file that promises an image and is none at all was broken on its way.
            ImageFault::Unsupported(kind) if !promised || kind.contains('/') => {
                Diagnostic::warning("unsupported-image", Project, format!("`{name}` is {kind}: {ALT}"))
                    .help("save the image as PNG, JPEG, GIF, WebP or SVG")
            }
            ImageFault::TooComplex(_) => {
                Diagnostic::warning("unsupported-image", Project, format!("`{name}` has {fault}: {ALT}"))
                    .help("save the drawing with fewer shapes and effects, or as PNG")
            }
            ImageFault::TooLarge(_) => {
                Diagnostic::warning("unsupported-image", Project, format!("`{name}` has {fault}: {ALT}"))
                    .help("save the image with fewer pixels")
            }
            ImageFault::Unsupported(_) | ImageFault::Damaged(_) => {
                Diagnostic::error("damaged-image", Project, format!("`{name}` is damaged: {fault}"))
                    .help("save or copy the image anew")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::diagnostics::SourceFiles;
    use crate::document::Matter;
    use crate::manuscript::{self, ManuscriptFile};

    /// One grey pixel.
    const PNG: &[u8] = b"\x89PNG\x0D\x0A\x1A\x0A\x00\x00\x00\x0DIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9BU\x00\x00\x00\x0AIDATx\xDAc`\x00\x00\x00\x02\x00\x01\xE5'\xDE\xFC\x00\x00\x00\x00IEND\xAEB`\x82";

    /// The codes and the help that `markdown`, in the file `text/a.md`, gives.
    fn findings(files: &[(&str, &[u8])], markdown: &str) -> (usize, Vec<(&'static str, String)>) {
        let folder = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let mut sources = SourceFiles::default();
        let source = sources.add("text/a.md".to_owned(), markdown.into());
        let file = ManuscriptFile::new(source, "text/a.md".to_owned(), Matter::Body);
        let (divisions, _) =
            manuscript::read(&[file], &manuscript::Settings::default(), &mut sources, &mut |address, _, span, _| {
                Err(Diagnostic::error("missing-include", span, address))
            });
        let (_, images, findings) = load(&Folder::open(folder.path()).unwrap(), &divisions);
        (images.len(), findings.into_iter().map(|f| (f.code, f.help.unwrap_or_default())).collect())
    }

    #[test]
    fn an_image_is_found_from_its_file_as_written_or_decoded() {
        let files = [("text/a.png", PNG), ("text/b c.png", PNG), ("text/d%20e.png", PNG), ("f.png", PNG)];
        let markdown = "![x](a.png)\n\n![x](b%20c.png)\n\n![x](d%20e.png)\n\nin a line ![x](../f.png?v=1#top)\n\n> - ![x](./a.png)\n";
        assert_eq!(findings(&files, markdown), (5, vec![]));
    }

    #[test]
    fn a_missing_image_is_an_error_that_names_the_nearest() {
        let (placed, findings) = findings(&[("text/lamp.png", PNG)], "![x](lmap.png)\n\n![x](pictures/y.png)");
        assert_eq!(placed, 0);
        assert_eq!(findings[0], ("missing-image", "the nearest file is `text/lamp.png`".to_owned()));
        assert_eq!(findings[1].0, "missing-image");
        assert!(findings[1].1.contains("text/pictures/y.png"), "{}", findings[1].1);
    }

    #[test]
    fn what_of_an_image_is_not_shown_is_told_once() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script/><rect width='9' height='9'/></svg>";
        let (placed, findings) = findings(&[("text/a.svg", svg)], "![x](a.svg)\n\n![x](./a.svg)");
        assert_eq!(placed, 2);
        assert_eq!(findings.iter().map(|finding| finding.0).collect::<Vec<_>>(), ["reduced-image"]);
    }

    #[test]
    fn what_can_not_be_placed_is_told_from_what_is_broken() {
        let files: [(&str, &[u8]); 4] =
            [("text/a.bmp", b"BM<svg/>"), ("text/b.png", b"GIF89a"), ("text/c.png", &PNG[..60]), ("text/d.jpg", b"?")];
        let codes = |address: &str| findings(&files, &format!("![x]({address})")).1[0].0;
        assert_eq!(codes("a.bmp"), "unsupported-image");
        assert_eq!(codes("b.png"), "damaged-image");
        assert_eq!(codes("c.png"), "damaged-image");
        assert_eq!(codes("d.jpg"), "damaged-image");
        assert_eq!(codes("data:image/png;base64,AAAA"), "unsupported-image");
        assert_eq!(codes("https://example.org/a.png"), "remote-image");
        assert_eq!(codes("//example.org/a.png"), "remote-image");
        assert_eq!(codes("../../a.png"), "outside-project");
        assert_eq!(codes("%2e%2e/%2e%2e/a.png"), "outside-project");
        assert_eq!(codes("/etc/passwd"), "outside-project");
        assert_eq!(codes("file:///etc/passwd"), "outside-project");
        assert_eq!(codes("C:/a.png"), "outside-project");
    }
}
