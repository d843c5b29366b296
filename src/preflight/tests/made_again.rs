//! A file that lies where a build put it, looked over with the manuscript that it was made from.

use std::fs;

use super::{CHAPTER, MANIFEST};
use crate::diagnostics::SourceFiles;
use crate::{BuildRequest, PreflightRequest, build, project, release, remake};

#[test]
fn a_file_is_known_by_its_release_manifest_and_its_book_by_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("one.md", CHAPTER);
    write("pressmark.toml", &format!("{MANIFEST}name = \"a-b\"\n[build]\ntargets = [\"screen\", \"offset-coated\"]\n"));
    image::RgbImage::new(300, 300).save(folder.path().join("square.png")).unwrap();
    let written = build(&BuildRequest { path: folder.path().to_owned(), ..BuildRequest::default() }).written;
    for (path, target) in [(&written[0], "screen"), (&written[1], "offset-coated")] {
        let content = fs::read(path).unwrap();
        let known = release::entry_of(path, &content).unwrap().target.unwrap();
        assert_eq!(known, target, "{}", path.display());
        assert_eq!(release::entry_of(path, &content[1..]), None);
        let home = project::around(path);
        assert_eq!(home.canonicalize().unwrap(), folder.path().canonicalize().unwrap());
        let mut sources = SourceFiles::default();
        let targets = project::targets(&home, &[known], &mut sources, &mut Vec::new());
        let again = |content: &[u8]| {
            remake(&home, &targets[0], content, &PreflightRequest::default(), &mut SourceFiles::default())
        };
        assert_eq!(again(&content).unwrap().document.metadata.title, "Book");
        assert!(again(b"%PDF-1.7").is_none());
    }
    // The manuscript has changed since.
    write("one.md", "# Two\n");
    let content = fs::read(&written[0]).unwrap();
    let targets = project::targets(folder.path(), &["screen".to_owned()], &mut SourceFiles::default(), &mut Vec::new());
    let request = PreflightRequest::default();
    assert!(remake(folder.path(), &targets[0], &content, &request, &mut SourceFiles::default()).is_none());
}
