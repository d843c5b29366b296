//! An mdBook's `book.toml` → what a manifest says, as far as it concerns a book on paper.
//!
//! mdBook asks programs to change the text (its preprocessors); none is run, and each is warned of. What concerns the
//! website alone is passed over. Start at [`read`].

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::manifest::{self, Faults, Manifest};
use super::values::is_site;
use crate::diagnostics::{Diagnostic, Place, SourceId};

/// The name of the file.
pub(super) const FILE_NAME: &str = "book.toml";

/// The contents, in the folder of the chapters.
pub(super) const SUMMARY: &str = "SUMMARY.md";

/// The preprocessors whose work is done here: includes, and a `README.md` as the first page of its folder.
const BUILT_IN: [&str; 2] = ["links", "index"];

/// What a `book.toml` says.
#[derive(Debug, Default)]
pub(super) struct MdBook {
    /// Without the files.
    pub(super) manifest: Manifest,
    /// The folder of the chapters, as written.
    pub(super) folder: String,
}

/// Reads a `book.toml`.
///
/// Findings: the errors `invalid-manifest` and `wrong-type`; the warnings `preprocessor-not-run` and `invalid-language`.
/// Keys that are not known are mdBook's to judge.
pub(super) fn read(text: &str, source: SourceId, diagnostics: &mut Vec<Diagnostic>) -> MdBook {
    let mut faults = Faults { source, diagnostics };
    let mut book = MdBook { folder: "src".to_owned(), ..MdBook::default() };
    let settings = &mut book.manifest.book.settings;
    settings.mdbook = true;
    // mdBook has no key to ask for them.
    book.manifest.system_fonts = true;
    let Some(document) = manifest::parse(text, &mut faults) else { return book };
    let document = document.get_ref();
    if let Some(table) = table(document, "book") {
        read_book(table, &mut book, &mut faults);
    }
    if let Some(html) = table(document, "output").and_then(|output| table(output, "html")) {
        read_html(html, &mut book.manifest, &mut faults);
    }
    for name in table(document, "preprocessor").into_iter().flat_map(DeTable::keys) {
        let text: &str = name.get_ref();
        if !BUILT_IN.contains(&text) {
            let message = format!("the preprocessor `{text}` is not run: the chapters are read as they are");
            let warning = Diagnostic::warning("preprocessor-not-run", Place::Project, message);
            faults.add(&name.span(), warning.help("look at what it would have changed"));
        }
    }
    book
}

/// The table below a key.
fn table<'a, 'text>(table: &'a DeTable<'text>, key: &str) -> Option<&'a DeTable<'text>> {
    table.get(key)?.get_ref().as_table()
}

fn read_book(table: &DeTable<'_>, book: &mut MdBook, faults: &mut Faults<'_>) {
    for (name, value) in table {
        let key: &str = name.get_ref();
        let values = match key {
            "title" | "description" | "language" | "text-direction" => faults.text(key, value).map(|text| vec![text]),
            "authors" => faults.list(key, value).map(|list| list.into_iter().map(|entry| entry.name).collect()),
            "src" => {
                book.folder = faults.text(key, value).unwrap_or_else(|| std::mem::take(&mut book.folder));
                None
            }
            _ => None,
        };
        let key = if key == "text-direction" { "direction" } else { key };
        if let Some(fault) = values.and_then(|values| book.manifest.book.set(key, &values).err()) {
            faults.add(&value.span(), fault);
        }
    }
}

fn read_html(html: &DeTable<'_>, manifest: &mut Manifest, faults: &mut Faults<'_>) {
    let settings = &mut manifest.book.settings;
    // Before mdBook 0.5 the key had another name as well.
    for key in ["curly-quotes", "smart-punctuation"] {
        if let Some(value) = html.get(key) {
            match value.get_ref().as_bool() {
                Some(flag) => settings.smart_punctuation = flag,
                None => faults.wrong_type(key, "yes or no", value, "write `true` or `false`"),
            }
        }
    }
    // mdBook writes the path on the server here, and the host's name apart.
    let text = |key: &str| html.get(key).map(Spanned::get_ref).and_then(DeValue::as_str).unwrap_or_default().trim();
    let (path, host) = (text("site-url"), text("cname"));
    let site = if is_site(path) { path.to_owned() } else { format!("https://{host}/{}", path.trim_start_matches('/')) };
    if is_site(&site) {
        settings.site_url = if site.ends_with('/') { site } else { site + "/" };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> (MdBook, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let book = read(text, SourceId(0), &mut diagnostics);
        crate::diagnostics::order(&mut diagnostics);
        (book, diagnostics)
    }

    #[test]
    fn what_concerns_the_book_is_read_and_the_rest_passed_over() {
        let (book, diagnostics) = read_all(
            "[book]\ntitle = 'T'\nauthors = ['A', 'B']\nlanguage = 'de'\ntext-direction = 'rtl'\ndescription = 'D'\nsrc = 'text'\n\
             [rust]\nedition = '2024'\n[output.html]\nsmart-punctuation = false\nsite-url = 'https://e.org/b'\n\
             git-repository-url = 'https://e.org/r'\n[output.linkcheck]\n[preprocessor.index]\n",
        );
        assert_eq!(diagnostics, []);
        let metadata = &book.manifest.book.metadata;
        assert_eq!((metadata.title.as_str(), metadata.language.as_str()), ("T", "de"));
        assert!(metadata.reads().is_right_to_left());
        assert_eq!((metadata.description.as_str(), book.folder.as_str()), ("D", "text"));
        assert_eq!(metadata.authors, ["A", "B"]);
        let settings = &book.manifest.book.settings;
        assert!(settings.mdbook && !settings.smart_punctuation);
        assert_eq!(settings.site_url, "https://e.org/b/");
    }

    #[test]
    fn an_empty_book_has_mdbooks_defaults() {
        let (book, diagnostics) = read_all("");
        assert_eq!(diagnostics, []);
        assert_eq!(book.folder, "src");
        assert!(book.manifest.book.settings.smart_punctuation);
    }

    #[test]
    fn a_site_is_a_host_and_a_path() {
        let site = |html: &str| read_all(&format!("[output.html]\n{html}")).0.manifest.book.settings.site_url;
        assert_eq!(site("site-url = '/book/'"), "");
        assert_eq!(site("site-url = '/book/'\ncname = 'e.org'"), "https://e.org/book/");
        assert_eq!(site("cname = 'e.org'"), "https://e.org/");
    }

    #[test]
    fn each_preprocessor_is_warned_of_once() {
        let text = "[preprocessor.links]\n[preprocessor.toc]\ncommand = 'rm'\n[preprocessor.a.b]\n";
        let (_, diagnostics) = read_all(text);
        let found: Vec<_> = diagnostics.iter().map(|finding| (finding.code, finding.message.as_str())).collect();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].1.contains("`toc`") && found[1].1.contains("`a`"), "{found:?}");
    }

    #[test]
    fn a_value_of_another_type_is_a_fault() {
        let (_, diagnostics) = read_all("[book]\ntitle = 7\nauthors = 'A'\nsrc = []\nlanguage = 'english'\n");
        let codes: Vec<_> = diagnostics.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, ["wrong-type", "wrong-type", "wrong-type", "invalid-language"]);
        assert_eq!(read_all("[book").1[0].code, "invalid-manifest");
    }
}
