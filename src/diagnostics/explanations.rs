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
        code: "bleed-box",
        why: "A page is never cut exactly where it ends. Where colour reaches the edge and does not go on beyond it, \
              a white line is left; so a printer asks for a bleed, on every page or on all pages of a book in which \
              one bleeds.",
        remedy: "Export with the bleed that the target asks for, and let pictures at the edge go on into it.",
        source: "ISO 32000-1, 14.11.2; the target's `bleed`",
    },
    Explanation {
        code: "broken-tags",
        why: "A reading system follows the tags to what is painted, and from what is painted back to the tags. Where \
              the two ways differ it leaves words out, reads them twice, or stops.",
        remedy: "Export the file anew; a program that joined or cut PDFs has mostly lost the parent tree.",
        source: "ISO 32000-1, 14.7.4.4; ISO 14289-1, 7.1",
    },
    Explanation {
        code: "coarse-image",
        why: "An image with few pixels for its size shows them in print, or is blurred.",
        remedy: "Give a file with more pixels, or place it smaller.",
        source: "the target's `image-resolution`",
    },
    Explanation {
        code: "conformance-claim",
        why: "A printer or an archive takes a file by the standard that it claims, before looking at it. A file \
              without the claim is sent back even where nothing else is wrong.",
        remedy: "Choose the standard of the target at the export. A claim can't be added later by hand: the program \
                 must keep the standard too.",
        source: "ISO 15930-1, 6.7; ISO 15930-7, annex A; ISO 19005-2, 6.6.4; ISO 14289-1, 5",
    },
    Explanation {
        code: "damaged-file",
        why: "The file names a part of itself that is not there, so a page is blank or lacks something. It was cut \
              short, or a program wrote it wrongly.",
        remedy: "Export the file anew, and compare it page by page with what it was made from.",
        source: "ISO 32000-1, 7.7.3",
    },
    Explanation {
        code: "differing-metadata",
        why: "Title, authors and dates stand in two places, the information dictionary and the XMP packet. Where \
              they differ, each program shows another book, and the standards reject the file.",
        remedy: "Set the metadata in the program that exports, not in the finished file.",
        source: "ISO 15930-7, on metadata; ISO 19005-1, 6.7.3",
    },
    Explanation {
        code: "embedded-file",
        why: "Attachments, films and sounds are not printed, and an archive can't vouch that anybody will be able to \
              show them.",
        remedy: "Take attachments out, and put a picture where a film was.",
        source: "ISO 19005-1, 6.1.11; ISO 19005-2, 6.3.1; ISO 15930-1",
    },
    Explanation {
        code: "encrypted",
        why: "A printer must open the file, take it apart and put its pages on sheets. Even a file that opens \
              without a password may forbid that, and every standard for print and archives forbids it.",
        remedy: "Export without a password and without restrictions.",
        source: "ISO 15930-1 and ISO 15930-7, on encryption; ISO 19005-2, 6.1.3; \
                 <https://kdp.amazon.com/help/topic/GYEKAVKMSE23PFTM>",
    },
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
        code: "external-content",
        why: "Images with alternates, OPI comments, PostScript and pages of other files let a press print something \
              else than one sees, or nothing.",
        remedy: "Place the pictures themselves, and export without OPI and without PostScript.",
        source: "ISO 15930-1 and ISO 15930-7, on OPI and alternate images; ISO 19005-2, 6.2.8 and 6.2.9",
    },
    Explanation {
        code: "file-size",
        why: "The shop refuses to take a file that is larger, or fails while it converts it.",
        remedy: "Give images no more pixels than print shows, or let `reduce-images` do so.",
        source: "The target's `file-size`",
    },
    Explanation {
        code: "font-not-embedded",
        why: "What stands in for a font that the file lacks has other letters, or letters of other widths.",
        remedy: "Embed all fonts, those that every viewer has too.",
        source: "ISO 15930-7, 6.3.5; ISO 19005-2, 6.2.11.4; ISO 14289-1, 7.21.4.1",
    },
    Explanation {
        code: "forbidden-action",
        why: "Paper does nothing, and what runs by itself may harm: scripts, programs that are started, forms that \
              are sent.",
        remedy: "Export for print, or take scripts and actions out.",
        source: "ISO 15930-1 and ISO 15930-7, on actions; ISO 19005-2, 6.5",
    },
    Explanation {
        code: "forbidden-annotation",
        why: "Comments, links and fields lie over the page. Some programs print them and some do not, so a press \
              wants them outside what is printed, and some printers want none at all.",
        remedy: "Export for print, without links and comments.",
        source: "ISO 15930-1 and ISO 15930-7, on annotations; ISO 19005-2, 6.3; \
                 <https://kdp.amazon.com/en_US/help/topic/G201857950>",
    },
    Explanation {
        code: "forbidden-bookmarks",
        why: "The printer asks for files without bookmarks: it has no use for them, and its machines stumble over \
              them.",
        remedy: "Export without bookmarks; the edition for the screen keeps them.",
        source: "<https://kdp.amazon.com/en_US/help/topic/G201857950>",
    },
    Explanation {
        code: "forbidden-metadata",
        why: "The printer takes title and authors from its own form, and asks for files that say neither.",
        remedy: "Take title, authors, keywords and the XMP packet out, or export for the target.",
        source: "<https://kdp.amazon.com/en_US/help/topic/G201857950>",
    },
    Explanation {
        code: "foreign-color",
        why: "Colours in a space that a standard does not take are converted by whoever prints them, and nobody knows how.",
        remedy: "Convert the colours to the target's, or name the profile that they are meant in.",
        source: "ISO 15930-1, 6.8; ISO 15930-7, 6.2.4; ISO 19005-2, 6.2.4.3",
    },
    Explanation {
        code: "form-field",
        why: "Fields are for screens: what is in them may not be printed, and forms in XFA are blank in most \
              programs.",
        remedy: "Flatten the form, so that its fields become text and lines.",
        source: "ISO 19005-2, 6.4; ISO 14289-1, 7.15; ISO 15930-7, on forms",
    },
    Explanation {
        code: "hairline",
        why: "A line that is too thin breaks in print, or is not printed at all.",
        remedy: "Draw it thicker. The book's own rules grow to what the target asks for; drawings of yours are as they are.",
        source: "ISO 32000-2, 8.4.3.2; the target's `least-rule`",
    },
    Explanation {
        code: "heading-order",
        why: "Who can't see the page goes from heading to heading. A level that is skipped looks as if a part of the \
              book were missing.",
        remedy: "Give each heading the level one below the heading that it belongs to.",
        source: "ISO 14289-1, 7.4.2; Matterhorn Protocol 14-002, 14-003 and 14-007",
    },
    Explanation {
        code: "ink-limit",
        why: "Paper that takes too much ink dries slowly, and sets off on the next sheet.",
        remedy: "Convert the image or the colour with the target's profile, or replace gray in it by black.",
        source: "the target's `total-ink`",
    },
    Explanation {
        code: "misplaced-tag",
        why: "Rows belong in tables, cells in rows, items in lists. Elsewhere a reading system can't count them, and \
              reads a table as loose words.",
        remedy: "Correct the tags in the program that exports, or tag the table or the list anew.",
        source: "ISO 32000-1, 14.8.4; Matterhorn Protocol 09-004 to 09-006",
    },
    Explanation {
        code: "missing-alternative",
        why: "Who can't see a picture or a formula hears its alternative text. Without, there is a hole in the book.",
        remedy: "Write what the picture shows, in brackets before its address; or mark it as decorative.",
        source: "ISO 14289-1, 7.3 and 7.7; Matterhorn Protocol 13-004 and 17-002",
    },
    Explanation {
        code: "missing-language",
        why: "A voice that takes a book for another language can't be understood, so the file says its language, by \
              a tag that programs know.",
        remedy: "Set `language` in the manifest, or the language of the document in the program that exports.",
        source: "ISO 14289-1, 7.2; RFC 5646, 2.1",
    },
    Explanation {
        code: "missing-metadata",
        why: "The standards ask for a title, for dates, for whether the file is trapped and for an identifier, so \
              that a press knows which version it prints.",
        remedy: "Export anew with a title and with the standard chosen; what can't be set by hand the program sets.",
        source: "ISO 15930-1, 6.7; ISO 15930-7, on metadata; ISO 19005-2, 6.1.3 and 6.6.2.1",
    },
    Explanation {
        code: "missing-outline",
        why: "In a book of more than twenty pages on a screen, the outline is the way to a chapter.",
        remedy: "Export with bookmarks made of the headings.",
        source: "WCAG 2.2, 2.4.5, technique PDF2",
    },
    Explanation {
        code: "missing-page-labels",
        why: "Without page labels a viewer counts from the first sheet, and “page 12” of the index is another one on \
              the screen.",
        remedy: "Export with page labels, so that the viewer's numbers are the printed ones.",
        source: "WCAG 2.2, 2.4.8, technique PDF17",
    },
    Explanation {
        code: "missing-title",
        why: "The title is the first thing that a reading system says of a file. Without one it spells the file's \
              name.",
        remedy: "Set the title, and have the viewer show it in place of the file's name.",
        source: "ISO 14289-1, 7.1; Matterhorn Protocol 06-003, 07-001 and 07-002",
    },
    Explanation {
        code: "note-id",
        why: "A reader goes from a reference to its note and back by the note's name, so each has one, and no two \
              have the same.",
        remedy: "Give each Note element an ID of its own; most programs do where notes are real notes.",
        source: "ISO 14289-1, 7.9; Matterhorn Protocol 19-003 and 19-004",
    },
    Explanation {
        code: "optional-content",
        why: "What is on a layer may be printed or not, as each program chooses. Presses before PDF/X-4 know no \
              layers.",
        remedy: "Flatten layers: show what is to be seen, and export only that.",
        source: "ISO 15930-1; ISO 19005-2, 6.9; ISO 14289-1, 7.10",
    },
    Explanation {
        code: "output-intent",
        why: "Numbers of ink mean a colour only on a known paper and press. The output intent says which, and \
              carries the profile; without it a press prints by guess.",
        remedy: "Choose the printing condition at the export, such as FOGRA39 or FOGRA51, and embed its profile.",
        source: "ISO 15930-1, ISO 15930-3 and ISO 15930-7, on output intents; ISO 19005-2, 6.2.3",
    },
    Explanation {
        code: "outside-page",
        why: "Text off the sheet, or where it is cut off as a whole, is never read.",
        remedy: "Move it onto the page, or take it out of the file.",
        source: "ISO 32000-2, 14.11.2",
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
        code: "page-count",
        why: "A binding holds so many pages and no more, and a sheet has two sides: a printer takes books within a \
              range, and some in pairs of pages only.",
        remedy: "Choose another page, another type size or another target; a blank page at the end makes a pair.",
        source: "The target's `pages` and `even-pages`",
    },
    Explanation {
        code: "page-size",
        why: "A book is cut in one block, so all its pages have one size, and stand upright: a page that is only \
              shown turned may be printed as it lies.",
        remedy: "Export single pages of one size, and turn what is on a page rather than the page.",
        source: "<https://kdp.amazon.com/en_US/help/topic/GVBQ3CMEQW3W2VL6>; \
                 <https://www.bod.de/verlage/coverberechnung>",
    },
    Explanation {
        code: "pdf-version",
        why: "A press that takes an old standard may not understand what later versions of PDF have brought, and \
              prints it wrongly or not at all.",
        remedy: "Export as the version that the standard names.",
        source: "ISO 15930-1 and ISO 15930-3 (1.3); ISO 15930-4 and ISO 15930-6 (1.4); ISO 15930-7 (1.6); ISO \
                 19005-1 (1.4); ISO 14289-1 (1.7)",
    },
    Explanation {
        code: "printer-marks",
        why: "Marks that a printer does not want are printed with the book, and marks in the bleed show where a cut is a little off.",
        remedy: "Leave marks out, or keep them beyond the bleed.",
        source: "ISO 15930-7, 6.9; the target's `crop-marks` and `registration-marks`",
    },
    Explanation {
        code: "rich-black-text",
        why: "Small text in several inks is blurred where plates don't meet.",
        remedy: "Paint it in black ink alone: `DeviceGray`, or K of CMYK.",
        source: "<https://saxoprint.de/blog/druckvorlagen/schriften-und-linien>",
    },
    Explanation {
        code: "safe-area",
        why: "No cut is exact: what stands near the edge may be cut off, or stand unevenly. And the more pages a book has, the \
              more of each goes into the binding.",
        remedy: "Move it inwards, or let it run beyond the edge into the bleed.",
        source: "the target's `margin`, `margin-bleeding` and `inside`",
    },
    Explanation {
        code: "short-bleed",
        why: "Where something ends at the edge of the page, a cut that is a little off leaves a strip of paper.",
        remedy: "Let it run to the end of the bleed, or end before the edge.",
        source: "ISO 32000-2, 14.11.2; the target's `bleed`",
    },
    Explanation {
        code: "small-type",
        why: "Small type fills with ink, or is not read.",
        remedy: "Set it larger, or give what it stands in more room.",
        source: "the target's `least-type`",
    },
    Explanation {
        code: "store-cover",
        why: "The cover is what sells the book, and stores ask for a size, a shape and a kind of file. A cover that is too small is not shown, or shown blurred.",
        remedy: "Give a JPEG of 1600 by 2560 pixels, which every store takes.",
        source: "what stores take: docs/stores.md",
    },
    Explanation {
        code: "tab-order",
        why: "Who uses the keyboard goes from link to link. The order is to be that of the text, not that in which \
              links were made.",
        remedy: "Set the tab order of every page to that of the structure.",
        source: "ISO 14289-1, 7.18.3; Matterhorn Protocol 28-008",
    },
    Explanation {
        code: "table-headers",
        why: "A voice says with each cell what column and row it is in. It needs to know which cells are heads, and \
              what they are heads of.",
        remedy: "Give the table a header row, or tag the cells that head rows and columns and set their scope.",
        source: "ISO 14289-1, 7.5; Matterhorn Protocol 15-003",
    },
    Explanation {
        code: "transparency",
        why: "What flattens transparency at the printer's may print it otherwise, or not at all.",
        remedy: "Flatten it before, or choose a target that takes it.",
        source: "ISO 15930-1, 6.14; ISO 15930-3, 6.14; ISO 19005-1, 6.4",
    },
    Explanation {
        code: "trim-size",
        why: "The printer has machines for pages from one size to another, and takes no others.",
        remedy: "Choose a page within the range, or another target.",
        source: "The target's `trim-width` and `trim-height`",
    },
    Explanation {
        code: "unknown-tag",
        why: "A role of a program's own means nothing to others unless it says which standard role it stands for.",
        remedy: "Map each own role to a standard one in the role map, and leave standard roles as they are.",
        source: "ISO 14289-1, 7.1; Matterhorn Protocol 02-001, 02-003 and 02-004",
    },
    Explanation {
        code: "unread-content",
        why: "A part of a page could not be followed, so that nothing is known of it.",
        remedy: "Look at the page by other means, and make the file anew if it is damaged.",
        source: "ISO 32000-2, 7.4 and 7.8",
    },
    Explanation {
        code: "untagged",
        why: "Without tags a PDF is ink in places: a reading system guesses where a column ends, what is a heading, \
              and in what order things follow.",
        remedy: "Export with tags, as PDF/UA or as tagged PDF.",
        source: "ISO 14289-1, 7.1; Matterhorn Protocol 06-001 and 01-005",
    },
    Explanation {
        code: "untagged-content",
        why: "What is painted and stands under no element is not read aloud and is lost when text is set anew. What \
              means nothing, such as a running head, is marked as an artifact, so that it is passed over.",
        remedy: "Tag the content, or mark it as an artifact.",
        source: "ISO 14289-1, 7.1; Matterhorn Protocol 01-003 to 01-005",
    },
    Explanation {
        code: "untagged-link",
        why: "A link that is in no element can't be reached where a book is read aloud, and one without words is \
              read as an address, letter by letter.",
        remedy: "Tag each link with its words, and give it a description.",
        source: "ISO 14289-1, 7.18.1 and 7.18.5; Matterhorn Protocol 28-002, 28-011 and 28-012",
    },
];
