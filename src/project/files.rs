//! The project's folder: the only place where its files are read, and nothing outside of it.
//!
//! Addresses are relative to the project, with `/` between folders. A symbolic link that leaves the folder is refused
//! like an address that does. Knows nothing of what files are for. Start at [`Folder`].

#![expect(clippy::wildcard_enum_match_arm, reason = "another crate's enum has many more variants than matter here")]

use std::cmp::Ordering;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostics::{Diagnostic, Place, SourceFiles, SourceId, Span, nearest};

/// The largest text that is read, in bytes.
const LARGEST_TEXT: u64 = 64 << 20;

/// The largest image or font that is read, in bytes.
pub(super) const LARGEST_BINARY: u64 = 256 << 20;

/// A folder whose files may be read.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    /// Absolute, without symbolic links.
    root: PathBuf,
    /// The way to it from where the program was started.
    shown: PathBuf,
}

/// What a text is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A manifest, or a file of the manuscript.
    Chapter,
    /// A part of such a file.
    Include,
    /// What the metadata names.
    Metadata,
}

/// Why a file was not read.
#[derive(Debug)]
pub(super) enum ReadFault {
    /// There is none.
    Missing,
    /// It is not in the folder.
    Outside,
    /// It is a folder or a device.
    NotAFile,
    /// It has more bytes than allowed: how many are.
    TooLarge(u64),
    /// The system refused.
    Refused(io::Error),
}

impl Folder {
    /// The folder at `path`.
    ///
    /// # Errors
    /// The system's, where there is none.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let shown = path.components().filter(|component| *component != std::path::Component::CurDir).collect();
        Ok(Self { root: path.canonicalize()?, shown })
    }

    /// Absolute, without symbolic links.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder that this one is in.
    pub(super) fn parent(&self) -> Option<Self> {
        let root = self.root.parent()?.to_owned();
        // Only a plain name can be taken off the way here, and only where it is no symbolic link.
        let above = self.shown.file_name().and_then(|_| self.shown.parent()).filter(|above| {
            let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
            above.canonicalize().is_ok_and(|above| above == root)
        });
        let shown = above.map_or_else(|| self.shown.join(".."), Path::to_owned);
        Some(Self { root, shown })
    }

    /// The way to a file from where the program was started.
    pub(super) fn shown(&self, relative: &str) -> PathBuf {
        self.shown.join(relative)
    }

    /// The same in text, with `/` between folders.
    pub(super) fn shown_text(&self, relative: &str) -> String {
        self.shown(relative).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
    }

    /// Whether there is a file.
    pub(super) fn has(&self, relative: &str) -> bool {
        self.root.join(relative).is_file()
    }

    /// Reads the file at `relative`, a [normal](normalize) address, of `largest` bytes at most.
    ///
    /// # Errors
    /// Why it was not read.
    pub(super) fn read(&self, relative: &str, largest: u64) -> Result<Vec<u8>, ReadFault> {
        let refused = |error: io::Error| match error.kind() {
            io::ErrorKind::PermissionDenied => ReadFault::Refused(error),
            // Among others, names that can't be: too long, through a file, with a NUL.
            _ => ReadFault::Missing,
        };
        let path = self.root.join(relative).canonicalize().map_err(refused)?;
        if !path.starts_with(&self.root) {
            return Err(ReadFault::Outside);
        }
        // Asked before it is opened: opening a named pipe would wait for its other end.
        let metadata = fs::metadata(&path).map_err(ReadFault::Refused)?;
        if !metadata.is_file() {
            return Err(ReadFault::NotAFile);
        }
        let mut data = Vec::new();
        let file = fs::File::open(&path).map_err(ReadFault::Refused)?;
        file.take(largest.saturating_add(1)).read_to_end(&mut data).map_err(ReadFault::Refused)?;
        if data.len() as u64 > largest { Err(ReadFault::TooLarge(largest)) } else { Ok(data) }
    }

    /// Reads a text in UTF-8 and drops its byte order mark. `named` is where it is named, if it is.
    ///
    /// # Errors
    /// The finding: `not-utf8` at the byte, or what [`Folder::read`] says.
    pub(super) fn read_text(
        &self,
        relative: &str,
        purpose: Purpose,
        named: Option<Span>,
        sources: &mut SourceFiles,
    ) -> Result<SourceId, Diagnostic> {
        let shown = self.shown_text(relative);
        let data = self.read(relative, LARGEST_TEXT).map_err(|fault| {
            let place = named.map_or_else(|| Place::File(self.shown(relative)), Place::Span);
            self.finding(&fault, relative, purpose, &shown, place)
        })?;
        let content = data.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&data);
        let mark = data.len() - content.len();
        match std::str::from_utf8(content) {
            Ok(text) => Ok(sources.add(shown, text.into())),
            Err(error) => {
                let start = error.valid_up_to();
                let line = 1 + content[..start].iter().filter(|byte| **byte == b'\n').count();
                let byte = content.get(start).copied().unwrap_or_default();
                let message = format!("`{shown}` is not UTF-8: line {line}, byte {} (0x{byte:02X})", mark + start + 1);
                let help = if content.starts_with(b"\xFF\xFE") || content.starts_with(b"\xFE\xFF") {
                    "the file seems to be UTF-16: save it as UTF-8".to_owned()
                } else {
                    format!(
                        "save the file as UTF-8; in Latin-1 this byte would be `{}`",
                        char::from(byte).escape_debug()
                    )
                };
                // What could be read is kept, so that the line can be shown.
                let text: Arc<str> = String::from_utf8_lossy(content).into();
                let source = sources.add(shown, text);
                let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
                let span = Span { source, start: offset(start), end: offset(start + '\u{FFFD}'.len_utf8()) };
                Err(Diagnostic::error("not-utf8", span, message).help(help))
            }
        }
    }

    /// The finding for a text that was not read.
    fn finding(&self, fault: &ReadFault, relative: &str, purpose: Purpose, shown: &str, place: Place) -> Diagnostic {
        match fault {
            ReadFault::Missing => {
                let message = format!("there is no file `{shown}`");
                let finding = match purpose {
                    Purpose::Chapter => Diagnostic::error("missing-chapter", place, message),
                    Purpose::Include => Diagnostic::error("missing-include", place, message),
                    Purpose::Metadata => Diagnostic::error("missing-file", place, message),
                };
                finding.help(self.help_to_find(relative))
            }
            ReadFault::Outside => outside(place, shown),
            ReadFault::NotAFile => {
                let help = match purpose {
                    Purpose::Chapter => "name a text file in Markdown",
                    Purpose::Include | Purpose::Metadata => "name a text file",
                };
                Diagnostic::error("unreadable-file", place, format!("`{shown}` is not a file")).help(help)
            }
            ReadFault::TooLarge(largest) => {
                Diagnostic::error("oversized-file", place, format!("`{shown}` has more than {} MB", largest >> 20))
                    .help("divide it into smaller files")
            }
            ReadFault::Refused(error) => {
                Diagnostic::error("unreadable-file", place, format!("`{shown}` can't be read: {error}"))
                    .help("see that you may read the file")
            }
        }
    }

    /// What to do about a file that is not there: names the nearest in the folder where it should be.
    pub(super) fn help_to_find(&self, relative: &str) -> String {
        let (folder, name) = relative.rsplit_once('/').map_or(("", relative), |(folder, name)| (folder, name));
        let names: Vec<String> = self.list(folder).into_iter().map(|(name, _)| name).collect();
        match nearest(name, names.iter().map(String::as_str)) {
            Some(nearest) if folder.is_empty() => format!("the nearest file is `{nearest}`"),
            Some(nearest) => format!("the nearest file is `{folder}/{nearest}`"),
            None => format!("put the file at `{}`, or correct the address", self.shown(relative).display()),
        }
    }

    /// The names in a folder of the project in [natural order](natural), and whether each is a folder; none where the
    /// folder can't be read or lies outside. Names that are not Unicode or begin with a dot are left out.
    pub(super) fn list(&self, relative: &str) -> Vec<(String, bool)> {
        let folder = self.root.join(relative).canonicalize().ok().filter(|folder| folder.starts_with(&self.root));
        let entries = folder.and_then(|folder| fs::read_dir(folder).ok());
        let mut names: Vec<(String, bool)> = entries
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let name = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'))?;
                Some((name, entry.path().is_dir()))
            })
            .collect();
        names.sort_by(|(one, _), (other, _)| natural(one, other));
        names
    }
}

/// The error for a file outside the project's folder, by the address or the path to show.
pub(super) fn outside(place: impl Into<Place>, shown: &str) -> Diagnostic {
    Diagnostic::error("outside-project", place, format!("`{shown}` lies outside the project's folder, and is not read"))
        .help("copy the file into the project")
}

/// Resolves `address` as written in the file `base`, both relative to the project: without `.` and `..`. `None` where it
/// is absolute, empty, or leads out of the project.
pub(super) fn normalize(base: &str, address: &str) -> Option<String> {
    if address.starts_with('/') || address.is_empty() {
        return None;
    }
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in address.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            _ => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The order in which people expect names: numbers by value, letters without regard to case, ties by code point.
pub(super) fn natural(one: &str, other: &str) -> Ordering {
    fn split(text: &str) -> (&str, &str) {
        text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
    }
    let (mut left, mut right) = (one, other);
    loop {
        let ((left_digits, after_left), (right_digits, after_right)) = (split(left), split(right));
        let order = if left_digits.is_empty() || right_digits.is_empty() {
            let mut left_chars = left.chars();
            let mut right_chars = right.chars();
            let (Some(a), Some(b)) = (left_chars.next(), right_chars.next()) else {
                return left.len().cmp(&right.len()).then_with(|| one.cmp(other));
            };
            (left, right) = (left_chars.as_str(), right_chars.as_str());
            a.to_lowercase().cmp(b.to_lowercase())
        } else {
            (left, right) = (after_left, after_right);
            let (a, b) = (left_digits.trim_start_matches('0'), right_digits.trim_start_matches('0'));
            a.len().cmp(&b.len()).then_with(|| a.cmp(b))
        };
        if order.is_ne() {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_by_value() {
        let mut names = ["10.md", "9b.md", "chapter 2.md", "Chapter 10.md", "1.md", "09a.md", "b.md", "A.md", "01.md"];
        names.sort_by(|one, other| natural(one, other));
        assert_eq!(
            names,
            ["01.md", "1.md", "09a.md", "9b.md", "10.md", "A.md", "b.md", "chapter 2.md", "Chapter 10.md"]
        );
        assert_eq!(natural(&"9".repeat(5000), &"8".repeat(5000)), Ordering::Greater);
    }

    #[test]
    fn addresses_are_relative_to_their_file_and_stay_inside() {
        assert_eq!(normalize("a/b.md", "../c.png").as_deref(), Some("c.png"));
        assert_eq!(normalize("a/b.md", "./i//c.png").as_deref(), Some("a/i/c.png"));
        assert_eq!(normalize("b.md", "../c.png"), None);
        assert_eq!(normalize("a/b.md", "../../a/c.png"), None);
        assert_eq!(normalize("b.md", "/etc/passwd"), None);
        assert_eq!(normalize("b.md", ""), None);
        assert_eq!(normalize("a/b.md", ".."), None);
    }

    #[test]
    fn a_byte_order_mark_is_dropped_and_a_wrong_byte_is_found() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.md"), b"\xEF\xBB\xBFone\r\ntwo").unwrap();
        std::fs::write(folder.path().join("b.md"), b"\xEF\xBB\xBFone\r\ncaf\xE9 x").unwrap();
        let project = Folder::open(folder.path()).unwrap();
        let mut sources = SourceFiles::default();
        let text = project.read_text("a.md", Purpose::Chapter, None, &mut sources).unwrap();
        assert_eq!(&*sources.get(text).unwrap().text, "one\r\ntwo");
        let fault = project.read_text("b.md", Purpose::Chapter, None, &mut sources).unwrap_err();
        assert!(fault.message.ends_with("line 2, byte 12 (0xE9)"), "{}", fault.message);
        assert!(fault.help.unwrap().contains('é'));
        assert_eq!(fault.place, Place::Span(Span { source: SourceId(1), start: 8, end: 11 }));
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_out_of_the_folder_is_not_followed() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(outside.path().join("secret"), "x").unwrap();
        std::fs::write(folder.path().join("own"), "x").unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).unwrap();
        std::os::unix::fs::symlink("own", folder.path().join("in")).unwrap();
        let project = Folder::open(folder.path()).unwrap();
        assert!(matches!(project.read("out/secret", 9), Err(ReadFault::Outside)));
        assert!(project.list("out").is_empty());
        assert_eq!(project.read("in", 9).unwrap(), b"x");
        assert!(matches!(project.read("in", 0), Err(ReadFault::TooLarge(0))));
        assert!(matches!(project.read("", 9), Err(ReadFault::NotAFile)));
        assert!(matches!(project.read("a\0b", 9), Err(ReadFault::Missing)));
    }
}
