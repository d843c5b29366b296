//! A path → the kind and the content of a file to look over.
//!
//! What a file is, its first bytes say; its name is looked at only to tell who means a PDF and has none. Start at [`open`].

use std::fs;
use std::io::Read as _;
use std::path::Path;

use crate::diagnostics::Diagnostic;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 30;

/// In how many bytes from the start a PDF says that it is one, as programs read it (ISO 32000-2, 7.5.2, asks for the first).
const HEAD: u64 = 1024;

/// What can be looked over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A PDF.
    Pdf,
    /// An e-book in EPUB.
    Epub,
}

impl FileKind {
    /// The kind of a file that begins so: an e-book is a ZIP file, whose first file says that it is one (EPUB 3.3, 4.3).
    fn of(head: &[u8], extension: &str) -> Option<Self> {
        let says = head.get(30..).is_some_and(|rest| rest.starts_with(b"mimetypeapplication/epub+zip"));
        if head.windows(5).any(|bytes| bytes == b"%PDF-") {
            Some(Self::Pdf)
        } else if head.starts_with(b"PK\x03\x04") && (says || extension == "epub") {
            Some(Self::Epub)
        } else {
            None
        }
    }
}

/// Reads a file to look over. `None` where the path leads to a manuscript: to a folder, a text, or nothing.
///
/// # Errors
/// `unknown-file` where it is of another kind, `oversized-file` beyond 1 GB, `unreadable-file` where the system refuses.
pub fn open(path: &Path) -> Result<Option<(FileKind, Vec<u8>)>, Diagnostic> {
    // Asked before it is opened: opening a named pipe would wait for its other end.
    if !fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return Ok(None);
    }
    let refused = |error: std::io::Error| {
        Diagnostic::error("unreadable-file", path.to_owned(), format!("`{}` can't be read: {error}", path.display()))
            .help("see that you may read the file")
    };
    let mut file = fs::File::open(path).map_err(refused)?;
    let mut content = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut content).map_err(refused)?;
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
    let Some(kind) = FileKind::of(&content, &extension) else {
        let marked = content.starts_with(b"\xFF\xFE") || content.starts_with(b"\xFE\xFF");
        if matches!(extension.as_str(), "pdf" | "epub") || (content.contains(&0) && !marked) {
            let message = format!("`{}` is neither a PDF nor an e-book, whatever its name is", path.display());
            let help = "give a PDF (which begins with `%PDF-`), an e-book in EPUB, or a manuscript as for a build";
            return Err(Diagnostic::error("unknown-file", path.to_owned(), message).help(help));
        }
        return Ok(None);
    };
    file.take(LARGEST + 1 - content.len() as u64).read_to_end(&mut content).map_err(refused)?;
    if content.len() as u64 > LARGEST {
        let message = format!("`{}` has more than {} MB", path.display(), LARGEST >> 20);
        return Err(
            Diagnostic::error("oversized-file", path.to_owned(), message).help("divide it, or reduce its images")
        );
    }
    Ok(Some((kind, content)))
}
