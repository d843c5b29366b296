//! Puts the parts of the e-book together with epub-builder.
//!
//! That crate makes the frame: the container, the package document with every file in it, the archive. The files themselves
//! it gets empty, since it would compress them for nothing; the next step puts them in, and mends what the crate can't say, or
//! says wrongly. Start at [`assemble`].

use std::borrow::Cow;
use std::fmt::Write as _;

use epub_builder::{EpubBuilder, EpubContent, EpubVersion, ReferenceType, ZipLibrary};
use uuid::Uuid;

use super::content::Content;
use super::fonts::WebFont;
use super::xml::{self, attribute, escaped};
use crate::document::{Direction, Matter};
use crate::graphic::{ImageFormat, cover};
use crate::layout::book::Book;
use crate::terms::{self, Term};

/// The name of the cover's image file.
const COVER_IMAGE: &str = "images/cover.jpg";

/// The name of the file with the half-title.
const HALF_TITLE: &str = "half-title.xhtml";

/// The name of the file with the copyright page.
pub(super) const COPYRIGHT: &str = "copyright.xhtml";

/// A file of the package.
pub(super) struct PackedFile<'b> {
    /// Its name below the package document's folder.
    pub(super) name: String,
    pub(super) data: Cow<'b, [u8]>,
}

/// The frame of an e-book, and the files that go into it.
pub(super) struct Assembly<'b> {
    /// The archive that epub-builder wrote, with all of its files empty but those that it makes itself.
    pub(super) frame: Vec<u8>,
    /// The files, in reading order where they have one.
    pub(super) files: Vec<PackedFile<'b>>,
}

/// Builds the frame, and lists every file of the book. `cover` is a JPEG.
///
/// # Errors
/// Says in words what epub-builder would not take.
pub(super) fn assemble<'b>(
    book: &'b Book,
    content: &'b Content,
    css: String,
    fonts: Vec<WebFont>,
    cover: Vec<u8>,
) -> Result<Assembly<'b>, String> {
    let metadata = &book.document.metadata;
    let failed = |error: epub_builder::Error| format!("the e-book could not be put together: {error}");
    let nothing: &[u8] = b"";
    let mut files = Vec::new();
    let mut builder = EpubBuilder::new(ZipLibrary::new().map_err(failed)?).map_err(failed)?;
    builder.epub_version(EpubVersion::V33);
    // Titles of the author's would not be escaped everywhere; the finishing pass writes them.
    builder.set_toc_name("Contents");
    builder.set_uuid(Uuid::new_v5(&Uuid::NAMESPACE_URL, metadata.identifier.as_bytes()));
    // Without a date of its own the builder would ask the clock; the right one is written by the finishing pass.
    builder.set_modified_date("1980-01-01T00:00:00Z".parse().map_err(|_| "no date could be written".to_owned())?);
    // Where lines run from top to bottom, the next page is at the left.
    let pages = if metadata.vertical && !content.fixed { Direction::RightToLeft } else { super::direction(book) };
    builder.metadata("direction", pages.name()).map_err(failed)?;
    builder.stylesheet(nothing).map_err(failed)?;
    files.push(PackedFile { name: "stylesheet.css".to_owned(), data: css.into_bytes().into() });
    builder.add_cover_image(COVER_IMAGE, nothing, "image/jpeg").map_err(failed)?;
    files.push(PackedFile { name: COVER_IMAGE.to_owned(), data: cover.into() });
    for WebFont { name, data, .. } in fonts {
        builder.add_resource(&name, nothing, "font/woff2").map_err(failed)?;
        files.push(PackedFile { name, data: data.into() });
    }
    for (id, graphic) in book.graphics.iter() {
        let Some(name) = content.images.get(&id) else { continue };
        builder.add_resource(name, nothing, media_type(graphic.portable_format())).map_err(failed)?;
        files.push(PackedFile { name: name.clone(), data: graphic.portable()? });
    }
    let term = |term| terms::term(term, &metadata.language);
    // Half-title, title and copyright page stand as in print.
    let front = [
        ("cover.xhtml", Some(cover_page(book, content.fixed)), Some((term(Term::CoverPage), ReferenceType::Cover))),
        (HALF_TITLE, book.style.matter.half_title.then(|| half_title_page(book)), None),
        ("title.xhtml", Some(title_page(book)), Some((term(Term::TitlePage), ReferenceType::TitlePage))),
        (COPYRIGHT, Some(copyright_page(book)).filter(|_| !book.copyright.is_empty()), None),
    ];
    // The pages of print have their own.
    for (name, xhtml, kind) in front.into_iter().take(if content.fixed { 1 } else { 4 }) {
        let Some(xhtml) = xhtml else { continue };
        let mut file = EpubContent::new(name, nothing);
        if let Some((title, kind)) = kind {
            file = file.title(title).reftype(kind);
        }
        builder.add_content(file).map_err(failed)?;
        files.push(PackedFile { name: name.to_owned(), data: xhtml.into_bytes().into() });
    }
    let first = content.files.iter().position(|file| file.matter != Some(Matter::Front));
    for (index, file) in content.files.iter().enumerate() {
        let mut part = EpubContent::new(file.name.as_str(), nothing);
        if first == Some(index) {
            part = part.title("Text").reftype(ReferenceType::Text);
        }
        builder.add_content(part).map_err(failed)?;
        files.push(PackedFile { name: file.name.clone(), data: file.xhtml.as_bytes().into() });
    }
    let mut frame = Vec::new();
    builder.generate(&mut frame).map_err(failed)?;
    Ok(Assembly { frame, files })
}

/// What a package calls a kind of image.
pub(super) fn media_type(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "image/png",
        ImageFormat::Jpeg => "image/jpeg",
        ImageFormat::Gif => "image/gif",
        ImageFormat::WebP => "image/webp",
        ImageFormat::Svg => "image/svg+xml",
    }
}

/// The page that shows the cover, and nothing else; as large as the cover where it is `fixed`.
fn cover_page(book: &Book, fixed: bool) -> String {
    let metadata = &book.document.metadata;
    let mut alt = super::title(book).to_owned();
    for part in std::iter::once(&metadata.subtitle).chain(&metadata.authors).filter(|part| !part.trim().is_empty()) {
        let _ = write!(alt, ". {}", part.trim());
    }
    let mut body = String::from("<section epub:type=\"cover\">\n<img role=\"doc-cover\"");
    attribute("src", COVER_IMAGE, &mut body);
    attribute("alt", &alt, &mut body);
    body.push_str("/>\n</section>\n");
    let size = fixed.then_some((cover::WIDTH.into(), cover::HEIGHT.into()));
    let (language, direction) = (super::language(book), super::direction(book));
    xml::page_of_size(language, direction, super::title(book), " class=\"cover\"", &body, size)
}

/// The title page, from the metadata.
fn title_page(book: &Book) -> String {
    let metadata = &book.document.metadata;
    let mut body = String::from("<section epub:type=\"titlepage\" class=\"title-page\">\n");
    let mut line = |tag: &str, attributes: &str, text: &str| {
        let _ = writeln!(body, "<{tag}{attributes}{}>{}</{tag}>", super::turned(book, text), escaped(text));
    };
    line("h1", " class=\"title\"", super::title(book));
    if !metadata.subtitle.trim().is_empty() {
        line("p", " class=\"subtitle\" role=\"doc-subtitle\"", &metadata.subtitle);
    }
    for author in metadata.authors.iter().filter(|author| !author.trim().is_empty()) {
        line("p", " class=\"author\"", author);
    }
    let year = metadata.date.get(..4).unwrap_or_default();
    let imprint: Vec<&str> = [metadata.publisher.trim(), year].into_iter().filter(|part| !part.is_empty()).collect();
    if !imprint.is_empty() {
        line("p", " class=\"imprint\"", &imprint.join(" · "));
    }
    body.push_str("</section>\n");
    xml::page(super::language(book), super::direction(book), super::title(book), " epub:type=\"frontmatter\"", &body)
}

/// The short title alone, which print has on a page before the title page.
fn half_title_page(book: &Book) -> String {
    let title = book.document.metadata.brief_title();
    let title = if title.trim().is_empty() { super::title(book) } else { title };
    let mut body = String::from("<section epub:type=\"halftitlepage\" class=\"half-title-page\">\n");
    let _ = writeln!(body, "<p class=\"half-title\"{}>{}</p>\n</section>", super::turned(book, title), escaped(title));
    xml::page(super::language(book), super::direction(book), title, " epub:type=\"frontmatter\"", &body)
}

/// The copyright page: a paragraph for each of print's, and in it a line for each.
fn copyright_page(book: &Book) -> String {
    let title = terms::term(Term::CopyrightPage, &book.document.metadata.language);
    let mut body = String::from("<section epub:type=\"copyright-page\" class=\"copyright-page\"");
    attribute("aria-label", title, &mut body);
    body.push_str(">\n");
    for paragraph in &book.copyright {
        let lines: Vec<String> = paragraph.iter().map(|line| escaped(line)).collect();
        let turned = super::turned(book, &paragraph.concat());
        let _ = writeln!(body, "<p{turned}>{}</p>", lines.join("<br/>\n"));
    }
    body.push_str("</section>\n");
    xml::page(super::language(book), super::direction(book), title, " epub:type=\"frontmatter\"", &body)
}
