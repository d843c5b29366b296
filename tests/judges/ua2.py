"""Checks files for readers in PDF 2.0: ua2.py [--break] BOOK.pdf …

No free program that Debian or PyPI has knows PDF/UA-2 (ISO 14289-2:2024) and PDF/A-4 (ISO 19005-4:2020). What they ask of
such a file beyond PDF/UA-1 and PDF/A-2 is read off it here, clause by clause, with which types may hold which from
ISO/TS 32005, table 5. All else is left to page-validation, but for the rules in which the standards differ.

With --break, a copy with a fault made on purpose must fail. Exits with 1 otherwise.
"""

import re
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
from pikepdf import Array, Dictionary, Name, String

# What the older standards have otherwise: header, identification, metadata that describe their schemas, namespaces in the
# place of the role map, references that are links, files that are not PDF/A.
DIFFERENT = re.compile(
    r"-(HEADER|ID-\w+|XMP-(EXTENSION-PROPERTY|PREDEFINED|PROPERTY)-[A-Z-]+|STRUCT-TREE-ROLE-MAP|LINK-LINK-TAG|"
    r"EMBEDDED-FILE-PDFA)-\d+$"
)

NAMESPACE = "http://iso.org/pdf2/ssn"

INLINES = "Lbl Code Figure Formula Reference FENote Link Span Em Strong content"
BLOCKS = "Part Sect Div Aside P BlockQuote L Lbl Code Table Figure Formula Caption"
ANYTHING = "Document Title Hn LI LBody TR TH TD Index TOC TOCI " + BLOCKS + " " + INLINES

# Which types may hold which: those that books are made of.
MAY_HOLD = {
    "Document": "Document Part Sect Div Aside Title Hn P BlockQuote L Code Table Figure Formula Index TOC FENote Link",
    "Part": ANYTHING,
    "Div": ANYTHING,
    "Sect": "Title Hn Index TOC FENote Link " + BLOCKS,
    "Aside": BLOCKS.replace("Aside ", "") + " Hn Index TOC Reference FENote Link content",
    "Title": "Part Div Aside P L Table Caption " + INLINES,
    "Hn": "Sect " + INLINES,
    "P": "L Table " + INLINES,
    "BlockQuote": BLOCKS.replace("Aside ", "") + " Document Hn TOC Reference FENote Link content",
    "L": "L LI Caption",
    "LI": "Div Lbl LBody content",
    "Lbl": INLINES.replace("Lbl ", ""),
    "LBody": BLOCKS.replace("Lbl ", "") + " Hn Index Reference FENote Link Span Em Strong content",
    "Code": BLOCKS + " Index Reference FENote Link Span Em Strong content",
    "Table": "TR Caption",
    "TR": "TH TD",
    "TH": "Sect Div Hn P L Table Index " + INLINES,
    "TD": "Sect Div Hn P L Table Index " + INLINES,
    "Figure": BLOCKS + " Hn Index " + INLINES,
    "Formula": BLOCKS.replace("Sect ", "") + " Hn Index " + INLINES,
    "Caption": BLOCKS.replace(" Caption", "") + " Hn Index " + INLINES,
    "Index": "Part Sect Div Hn P L Table Figure Formula Caption Reference FENote",
    "TOC": "Part Caption TOC TOCI",
    "TOCI": "Div P Lbl TOC Reference",
    "Reference": BLOCKS + " Title Hn Reference FENote Span Em Strong content",
    "FENote": BLOCKS + " Index " + INLINES,
    "Link": BLOCKS + " Title Hn Reference FENote Span Em Strong content",
    "Span": INLINES,
    "Em": INLINES,
    "Strong": INLINES,
}

# The types that PDF 2.0's own namespace lacks (ISO 32000-2, annex L).
OLD = {"BlockQuote", "Code", "Index", "TOC", "TOCI", "Reference"}


def general(kind):
    return re.sub(r"^H[1-6]$", "Hn", kind)


class Tree:
    """The structure elements, each with its type and parent."""

    def __init__(self, pdf):
        self.pdf = pdf
        self.kinds, self.parents, self.kids, self.nodes = {}, {}, {}, []
        root = pdf.Root.StructTreeRoot
        tops = root.K if isinstance(root.K, Array) else [root.K]
        self.tops = [str(top.S)[1:] for top in tops]
        stack = [(top, None) for top in tops]
        while stack:
            node, parent = stack.pop()
            self.nodes.append(node)
            self.kinds[node.objgen] = str(node.S)[1:]
            self.parents[node.objgen] = parent
            self.kids[node.objgen] = kids = []
            below = node.get("/K", Array([]))
            for kid in below if isinstance(below, Array) else [below]:
                if isinstance(kid, Dictionary) and "/S" in kid:
                    kids.append(str(kid.S)[1:])
                    stack.append((kid, node))
                else:
                    kids.append("OBJR" if isinstance(kid, Dictionary) and "/Obj" in kid else "content")

    def attribute(self, node, key):
        attributes = node.get("/A", Array([]))
        for entries in attributes if isinstance(attributes, Array) else [attributes]:
            if key in entries:
                return str(entries[key])
        return None


def identification(pdf, _):
    """5; ISO 19005-4, 6.1.2, 6.1.3 and 6.7.3: version, no information dictionary, what the metadata say."""
    if pdf.pdf_version != "2.0":
        yield f"PDF {pdf.pdf_version}"
    if "/Info" in pdf.trailer:
        yield "an information dictionary"
    packet = pdf.Root.Metadata.read_bytes().decode("utf-8")
    files = "/EmbeddedFiles" in pdf.Root.get("/Names", {})
    wanted = {"pdfuaid:part": "2", "pdfuaid:rev": "2024", "pdfaid:part": "4", "pdfaid:rev": "2020"}
    for key, value in (wanted | ({"pdfaid:conformance": "F"} if files else {})).items():
        if f"<{key}>{value}</{key}>" not in packet:
            yield f"{key} is not {value}"
    if not files and "pdfaid:conformance" in packet:
        yield "a level of conformance without files"
    if "dc:title" not in packet or "pdfaExtension" in packet:
        yield "no title, or a description of schemas that PDF/A-4 does not have"


def types(pdf, tree):
    """8.2.4 and 8.2.5: known types, in their namespaces, each where it may be."""
    if tree.tops != ["Document"]:
        yield f"{tree.tops} below the root"
    for node in tree.nodes:
        kind = tree.kinds[node.objgen]
        namespace = str(node.NS.NS) if "/NS" in node else None
        if general(kind) not in MAY_HOLD:
            yield f"{kind} is no type of these books"
            continue
        if (namespace is None) != (kind in OLD) or namespace not in (None, NAMESPACE):
            yield f"{kind} in the namespace {namespace}"
        may = MAY_HOLD[general(kind)].split()
        kids = tree.kids[node.objgen]
        for kid in kids:
            if kid != "OBJR" and general(kid) not in may:
                yield f"{kind} holds {kid}"
        if "Caption" in kids[1:-1] or kids.count("Caption") > 1:
            yield f"{kind} has a caption among other things"
        if kind == "Figure" and "/Alt" not in node:
            yield "a figure without alternative text"
        if kind == "L" and tree.attribute(node, "/ListNumbering") in (None, "/None"):
            items = [kid for kid in (node.K if isinstance(node.K, Array) else [node.K]) if isinstance(kid, Dictionary)]
            if any("Lbl" in tree.kids.get(item.objgen, []) for item in items):
                yield "a list with labels and without numbering"
        if "/Lang" in node and not re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", str(node.Lang)):
            yield f"the language {node.Lang}"
        for key in ("/Alt", "/ActualText", "/E"):
            if re.search("[\ue000-\uf8ff]", str(node.get(key, ""))):
                yield f"a private character in {key}"


def references(_, tree):
    """8.2.5.8 and 8.2.5.14: entries of contents refer, notes and what refers to them know each other."""
    refers = {node.objgen: {to.objgen for to in node.get("/Ref", [])} for node in tree.nodes}
    for node in tree.nodes:
        kind = tree.kinds[node.objgen]
        if kind == "TOCI":
            below = [kid for kid in (node.K if isinstance(node.K, Array) else [node.K]) if isinstance(kid, Dictionary)]
            if not any(refers.get(kid.objgen) for kid in [node, *below]):
                yield "an entry of a list that refers to nothing"
        if kind == "FENote":
            if tree.attribute(node, "/NoteType") not in ("/Footnote", "/Endnote", "/None"):
                yield "a note of no type"
            back = {other for other, to in refers.items() if node.objgen in to and tree.kinds[other] != "TOCI"}
            if not back or back != refers[node.objgen]:
                yield "a note that does not know what refers to it"
        for to in refers[node.objgen]:
            if to not in tree.kinds:
                yield f"{kind} refers to what is not in the tree"


def destinations(pdf, tree):
    """8.8 and 8.2.5.20: what leads within the file leads to an element, and links are in links."""
    pages = {page.objgen: index for index, page in enumerate(pdf.pages)}

    def check(what, entries):
        if "/Dest" in entries:
            yield f"{what} without an element"
            return
        entries = entries.get("/A", entries)
        if str(entries.get("/S", "/GoTo")) != "/GoTo" or "/D" not in entries:
            return
        element = entries.get("/SD", Array([None]))[0]
        if not isinstance(element, Dictionary) or element.objgen not in tree.kinds:
            yield f"{what} without an element"
            return
        while "/Pg" not in element and "/K" in element:
            below = [kid for kid in (element.K if isinstance(element.K, Array) else [element.K]) if "/S" in kid]
            if not below:
                break
            element = below[0]
        if "/Pg" in element and abs(pages[element.Pg.objgen] - pages[entries.D[0].objgen]) > 1:
            yield f"{what} to page {pages[entries.D[0].objgen] + 1} and to an element on {pages[element.Pg.objgen] + 1}"

    parents = dict(pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree).items())
    for page in pdf.pages:
        for annotation in page.obj.get("/Annots", []):
            yield from check("a link", annotation)
            element = parents.get(int(annotation.get("/StructParent", -1)))
            if element is None or tree.kinds.get(element.objgen) not in ("Link", "Reference"):
                yield "a link in no link"
            if str(annotation.get("/H", "/I")) == "/N":
                yield "a link whose focus does not show"
    stack = [pdf.Root.Outlines.First] if "/Outlines" in pdf.Root else []
    while stack:
        entry = stack.pop()
        yield from check("an entry of the outline", entry)
        stack += [entry[key] for key in ("/First", "/Next") if key in entry]
    if "/Dests" in pdf.Root.get("/Names", {}):
        for name, named in pikepdf.NameTree(pdf.Root.Names.Dests).items():
            yield from check(f"the name {name}", named if isinstance(named, Dictionary) else Dictionary(D=named))


def files(pdf, tree):
    """8.14; ISO 19005-4, 6.9: files are described, listed, and belong to formulas; formulas have them."""
    listed = set()
    if "/EmbeddedFiles" in pdf.Root.get("/Names", {}):
        listed = {file.objgen for _, file in pikepdf.NameTree(pdf.Root.Names.EmbeddedFiles).items()}
    used = set()
    for node in tree.nodes:
        if tree.kinds[node.objgen] == "Formula" and "/AF" not in node:
            yield f"the formula “{node.get('/Alt')}” without MathML"
        for file in node.get("/AF", []):
            used.add(file.objgen)
            if any(key not in file for key in ("/F", "/UF", "/Desc", "/AFRelationship", "/EF")):
                yield "a file that is not described"
            content = file.EF.UF
            if str(content.get("/Subtype")) != "/application/mathml+xml" or "/ModDate" not in content.get("/Params", {}):
                yield "a file of no type, or of no date"
            if not ElementTree.fromstring(content.read_bytes()).tag.endswith("}math"):
                yield "a formula's file that is not MathML"
    if used != listed:
        yield f"{len(used)} files with formulas, {len(listed)} listed"


RULES = [identification, types, references, destinations, files]


def complaints(path):
    import page  # The package page-validation.

    found = []
    with pikepdf.open(path) as pdf:
        tree = Tree(pdf)
        for rule in RULES:
            found += [f"{rule.__name__}: {complaint}" for complaint in rule(pdf, tree)]
    for profile in ("ua1", "2a"):
        failures = page.validate_pdf(path, profile=profile).failures
        found += [f"{one.rule_id}: {one.message}" for one in failures if not DIFFERENT.search(one.rule_id)]
    return found


def without(kind, key):
    """Elements of one type lose an entry."""

    def edit(pdf):
        nodes = [node for node in Tree(pdf).nodes if str(node.S) == kind and key in node]
        for node in nodes:
            del node[key]
        return bool(nodes)

    return edit


def nested(pdf):
    """Each heading becomes a table's row."""
    nodes = [node for node in Tree(pdf).nodes if str(node.S) == "/H1"]
    for node in nodes:
        node.S = Name.TR
    return bool(nodes)


def old_links(pdf):
    """Links lead to pages alone."""
    links = [link for page in pdf.pages for link in page.obj.get("/Annots", []) if "/SD" in link.get("/A", {})]
    for link in links:
        del link.A["/SD"]
    return bool(links)


def informed(pdf):
    pdf.trailer.Info = pdf.make_indirect(Dictionary(Title=String("A title")))
    return True


FAULTS = [
    ("an information dictionary", informed),
    ("headings that are rows", nested),
    ("elements in no namespace", without("/P", "/NS")),
    ("contents that refer to nothing", without("/Reference", "/Ref")),
    ("notes that refer to nothing", without("/FENote", "/Ref")),
    ("links to pages alone", old_links),
    ("formulas without MathML", without("/Formula", "/AF")),
    ("figures without alternative text", without("/Figure", "/Alt")),
]


def main(arguments):
    with_faults = arguments[:1] == ["--break"]
    passed = True
    for path in map(Path, arguments[with_faults:]):
        found = complaints(path)
        print(f"  {'FAIL' if found else 'ok  '}  {path.name} is PDF/UA-2 and PDF/A-4, as far as is known here", flush=True)
        for complaint in found[:12]:
            print(f"          {complaint}")
        passed = passed and not found
        for number, (fault, edit) in enumerate(FAULTS if with_faults else []):
            with tempfile.TemporaryDirectory() as folder, pikepdf.open(path) as copy:
                if not edit(copy):
                    print(f"  left out: {fault}: not in this book")
                    continue
                broken = Path(folder) / f"{number}.pdf"
                copy.save(broken)
                seen = complaints(broken)
            print(f"  {'ok  ' if seen else 'FAIL'}  {'rejects' if seen else 'ACCEPTS'} {fault}: {seen[:1]}", flush=True)
            passed = passed and bool(seen)
    return 0 if passed and arguments[with_faults:] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
