//! What preflight's findings mean to who gets them: more than the one line in [`CODES`](super::codes::CODES).
//!
//! `pressmark explain` shows them, and docs/preflight.md lists them. Start at [`EXPLANATIONS`].

/// More of a code.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    /// The code.
    pub code: &'static str,
    /// Why a printer, a store or a reader minds, in sentences.
    pub why: &'static str,
    /// What to do about it, in sentences.
    pub remedy: &'static str,
    /// Where the rule is from: the clause of a specification, or a printer's page; without a full stop.
    pub source: &'static str,
}

/// What there is to say of the codes of preflight, in their alphabetical order: one for each check.
pub const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        code: "epub-accessibility",
        why: "Shops show how a book can be read, and in the European Union they must. They take it from the metadata: what is missing is shown as unknown, and what is not so misleads those who depend on it.",
        remedy: "Give `schema:accessMode`, `schema:accessibilityFeature` and `schema:accessibilityHazard`, and claim only what every part of the book keeps to.",
        source: "EPUB Accessibility 1.1, 2.2",
    },
    Explanation {
        code: "epub-alt",
        why: "Who does not see an image hears its alternative text. An image without one is read aloud as the name of its file.",
        remedy: "Say in words what the image shows; give an empty text to one that only adorns the page.",
        source: "HTML, 4.8.3; WCAG 2.2, 1.1.1",
    },
    Explanation {
        code: "epub-budget",
        why: "Stores charge for each download by size, readers wait for it, and old devices have little room. The project says how large the e-book may become, so that one large photograph is noticed on the day that it comes in.",
        remedy: "Save the largest images smaller, or raise `ebook-budget` in the manifest.",
        source: "the project's own `ebook-budget`",
    },
    Explanation {
        code: "epub-container",
        why: "A reading system knows an e-book by its first file, `mimetype`, stored as it is, and finds the book through `META-INF/container.xml`. An archive that was packed by other programs often has neither in order.",
        remedy: "Let a program that makes e-books pack the files anew.",
        source: "EPUB 3.3, 4.2.6 and 4.3",
    },
    Explanation {
        code: "epub-cover",
        why: "The library of every reading system shows books by their covers, and stores take the one that is marked in the file where they get no other.",
        remedy: "Mark one image, a JPEG or a PNG, as the cover in the manifest of the package.",
        source: "EPUB 3.3, D.5; https://support.google.com/books/partner/answer/3424254",
    },
    Explanation {
        code: "epub-embedded-size",
        why: "A device shows a file of text with all its images at once. Where these take more memory than it has, pages come late or stay empty.",
        remedy: "Save the images smaller, or divide the chapter so that its parts become files of their own.",
        source: "what stores take: docs/stores.md",
    },
    Explanation {
        code: "epub-image-format",
        why: "A store that converts e-books knows some kinds of image only, and leaves out the others or sends the book back.",
        remedy: "Save the image as JPEG or as PNG, which every store takes.",
        source: "what stores take: docs/stores.md",
    },
    Explanation {
        code: "epub-image-size",
        why: "Stores send back e-books with images of too many bytes or pixels, since devices run out of memory on them.",
        remedy: "Save the image with fewer pixels: what fills the largest tablet has about four million.",
        source: "what stores take: docs/stores.md",
    },
    Explanation {
        code: "epub-isbn",
        why: "A store that gets e-books and their descriptions apart joins them by the ISBN: in the identifier, else in the file's name.",
        remedy: "Give the book its `isbn`, or let the file's name be the ISBN when you hand it in.",
        source: "https://github.com/kobolabs/epub-spec",
    },
    Explanation {
        code: "epub-language",
        why: "Reading aloud, hyphenation and dictionaries need to know the language of a text. Where it is not said they take that of the device.",
        remedy: "Write `xml:lang` and `lang` at the `html` element of each file of text.",
        source: "WCAG 2.2, 3.1.1; EPUB 3.3, 6.1",
    },
    Explanation {
        code: "epub-link",
        why: "A link that leads nowhere, or an image that is not in the archive, is an error for every store that checks files, and a dead end for readers.",
        remedy: "Add the file or the identifier that is asked for, or take out what asks for it.",
        source: "EPUB 3.3, 3.5 and 5.6",
    },
    Explanation {
        code: "epub-markup",
        why: "A reading system that meets a file which is not well formed shows an error in the place of the chapter, or nothing at all.",
        remedy: "Mend the file at the line that is named, and pack the e-book anew.",
        source: "EPUB 3.3, 3.9 and 6.1",
    },
    Explanation {
        code: "epub-navigation",
        why: "The contents are how readers find their way, and a landmark says at which page the book opens for the first time. Stores ask for both.",
        remedy: "Add `nav` elements of the types `toc` and `landmarks` to the navigation document, the latter with an entry `bodymatter`.",
        source: "EPUB 3.3, 7.4",
    },
    Explanation {
        code: "epub-package",
        why: "By its package document an e-book is known, listed and updated. Without identifier, title, language and time of the last change it is not valid, and stores don't take it.",
        remedy: "Say what is missing in the metadata of the package document.",
        source: "EPUB 3.3, 5.5",
    },
    Explanation {
        code: "epub-page-list",
        why: "Those who read the e-book with others who have it in print go to a page by its number. Where the list and the marks in the text differ, they come to another page.",
        remedy: "Let the page list have one entry for each page break, in reading order and with its label.",
        source: "EPUB 3.3, 7.4.3; EPUB Accessibility 1.1, 3.1",
    },
    Explanation {
        code: "epub-page-source",
        why: "Page numbers mean nothing unless it is known of which edition they are: a paperback has others than a hardcover.",
        remedy: "Name the edition by its ISBN: `print-isbn` in the manifest, or `pageBreakSource` in the metadata.",
        source: "EPUB Accessibility 1.1, 3.1.4",
    },
    Explanation {
        code: "epub-remote",
        why: "Books are read where there is no net, and most reading systems never ask it for images, style sheets or programs.",
        remedy: "Put the file into the e-book, and list it in the manifest of the package.",
        source: "EPUB 3.3, 3.6",
    },
    Explanation {
        code: "epub-script",
        why: "Devices with electronic ink run no programs, and stores look at books that have some with care, or not at all.",
        remedy: "Say without programs what they say, and let them only add to it.",
        source: "EPUB 3.3, 6.4; https://github.com/kobolabs/epub-spec",
    },
    Explanation {
        code: "epub-size",
        why: "A store does not take e-books beyond its limit, and a large one costs its author a fee for each download.",
        remedy: "Save the images smaller, or publish the book in volumes.",
        source: "what stores take: docs/stores.md",
    },
    Explanation {
        code: "epub-text-size",
        why: "Old reading systems open a file of text as a whole, and show none above 300 kB; newer ones turn pages slowly in it.",
        remedy: "Divide the chapter by headings, so that it can be put into several files.",
        source: "http://electricbookworks.com/kb/creating-epub-from-indesign/working-in-indesign/file-sizes/",
    },
    Explanation {
        code: "page-boxes",
        why: "A press prints on a sheet larger than the page and cuts it. The TrimBox says where it is cut, the BleedBox around it \
          how far colour goes on so that no white edge is left, the MediaBox around both how large the sheet is. Where one is \
          missing or they cross, the printer has to guess, and mostly sends the file back.",
        remedy: "Give each page a TrimBox, within a BleedBox, within the MediaBox: most programs do where bleed is asked for and \
             PDF/X is chosen at the export.",
        source: "ISO 32000-2, 14.11.2; ISO 15930-7, 6.9",
    },
    Explanation {
        code: "store-cover",
        why: "The cover is what sells the book, and stores ask for a size, a shape and a kind of file. A cover that is too small is not shown, or shown blurred.",
        remedy: "Give a JPEG of 1600 by 2560 pixels, which every store takes.",
        source: "what stores take: docs/stores.md",
    },
];
