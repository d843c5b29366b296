"""Judges the world's scripts, by language: what other programs make of the same text.

    scripts.py shaping GLYPHS.json        HarfBuzz shapes each run as the book shows it, and rejects broken copies of it
    scripts.py words FOLDER BOOK.pdf BOOK.epub
                                          poppler and an XML parser read every word of the manuscript

GLYPHS.json is written by tests/suite/scripts.rs, with the fonts beside it. Exits with 1 where something is wrong.
"""

import copy
import json
import re
import sys
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from judges import lines_of, run

SHOWN_COMPLAINTS = 12

# Lengths on the page are exact to a 65,536th of a point, and rounded once or twice.
TOLERANCE_PT = 0.01


def report(complaints, what):
    print(f"  {'FAIL' if complaints else 'ok  '}  {what}", flush=True)
    for complaint in complaints[:SHOWN_COMPLAINTS]:
        print(f"          {complaint}", flush=True)
    if len(complaints) > SHOWN_COMPLAINTS:
        print(f"          and {len(complaints) - SHOWN_COMPLAINTS} more", flush=True)
    return not complaints


# Shaping.


class Shaper:
    """HarfBuzz with the fonts of a dump."""

    def __init__(self, dump, folder):
        import uharfbuzz

        self.hb = uharfbuzz
        self.fonts = {}
        for name, face in dump["faces"].items():
            blob = uharfbuzz.Blob.from_file_path(str(folder / face["file"]))
            self.fonts[name] = uharfbuzz.Font(uharfbuzz.Face(blob, face["index"]))

    def shape(self, item, right_to_left, before, after):
        """The glyphs of a run as (index, cluster, advance, dx, dy) in font units, clusters in bytes of its text."""
        hb, text = self.hb, item["text"]
        buffer = hb.Buffer()
        buffer.add_str(before + text + after, len(before), len(text))
        buffer.direction = "rtl" if right_to_left else "ltr"
        buffer.script = item["script"]
        buffer.language = item["language"]
        buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.flags = hb.BufferFlags.REMOVE_DEFAULT_IGNORABLES
        features = {name: int(value) for name, value in (feature.split("=") for feature in item["features"])}
        hb.shape(self.fonts[item["face"]], buffer, features)
        byte = [0]
        for character in text:
            byte.append(byte[-1] + len(character.encode()))
        infos = zip(buffer.glyph_infos, buffer.glyph_positions)
        return [
            (info.codepoint, byte[info.cluster - len(before)], at.x_advance, at.x_offset, at.y_offset)
            for info, at in infos
        ]


def is_space(character):
    return character in "\t\n\r\u00a0" or unicodedata.category(character) in ("Zs", "Cc")


def is_wide(character):
    """Whether this is an ideograph or a sign as wide as one, which may be set closer or wider and without its blank half."""
    return bool(character) and (unicodedata.east_asian_width(character) in "WF" or character in "“”‘’…—·")


def may_be_followed_by_room(character):
    """Whether a line's justification may add room after this character: in scripts that are written without spaces, words
    are parted by it."""
    return is_wide(character) or unicodedata.name(character, "").startswith(("THAI", "LAO", "KHMER", "MYANMAR"))


def compare(item, expected, units, right):
    """What differs between a run of the book and the same run as HarfBuzz shapes it; None where nothing does. `right` is the
    text of the next run on its line."""
    glyphs, data = item["glyphs"], item["text"].encode()
    at = lambda cluster: data[cluster:].decode("utf-8", "replace")[:1]
    indices = [(index, cluster) for index, cluster, *_ in glyphs]
    wanted = [(index, cluster) for index, cluster, *_ in expected]
    # A space may be painted by another glyph of no ink.
    bare = lambda pairs: [(None if is_space(at(cluster)) else index, cluster) for index, cluster in pairs]
    if bare(indices) != bare(wanted):
        return f"glyphs {indices[:12]}, not {wanted[:12]}"
    scale = item["size"] / units
    tracking = None
    for number, (glyph, shaped) in enumerate(zip(glyphs, expected)):
        _, cluster, advance, dx, dy = glyph
        character = at(cluster)
        width, *offset = (length * scale * item["expansion"] for length in shaped[2:4])
        height = shaped[4] * scale
        last_of_cluster = number + 1 == len(glyphs) or glyphs[number + 1][1] != cluster
        if is_space(character) or is_wide(character):
            continue
        if abs(dx - offset[0]) > TOLERANCE_PT or abs(dy - height) > TOLERANCE_PT:
            return f"“{character}” is painted at {dx:.3f}, {dy:.3f} and not {offset[0]:.3f}, {height:.3f}"
        extra = advance - width
        if not last_of_cluster:
            if abs(extra) > TOLERANCE_PT:
                return f"“{character}” advances {advance:.3f} and not {width:.3f} within its cluster"
            continue
        # Between letters and ideographs there is room as well.
        beside_wide = number + 1 == len(glyphs) and is_wide(right[:1])
        if beside_wide or may_be_followed_by_room(character):
            continue
        # Tracked letters all have the same room after them.
        tracking = extra if tracking is None else tracking
        if abs(extra - tracking) > TOLERANCE_PT:
            return f"“{character}” advances {advance:.3f} and not {width + tracking:.3f}"
    if tracking is not None and abs(tracking) > TOLERANCE_PT and "liga=0" not in item["features"]:
        return f"letters have {tracking:.3f} pt between them that no tracking asks for"
    return None


def judge_shaping(dump, shaper):
    """The complaints about a dump, and how many runs of each script were compared."""
    complaints, counts = [], Counter()
    for line in dump["lines"]:
        for number, item in enumerate(line):
            if not item["text"] or not item["glyphs"]:
                continue
            left = line[number - 1]["text"] if number else ""
            right = line[number + 1]["text"] if number + 1 < len(line) else ""
            units = dump["faces"][item["face"]]["unitsPerEm"]
            fault = None
            # One glyph tells no direction.
            for right_to_left in (False, True) if item["rightToLeft"] is None else (item["rightToLeft"],):
                before, after = (right, left) if right_to_left else (left, right)
                # At a line's end a word may have been shaped with what the next line goes on with.
                for context in ((before, after), (before, ""), ("", after), ("", "")):
                    found = compare(item, shaper.shape(item, right_to_left, *context), units, right)
                    if found is None:
                        break
                    fault = fault or found
                if found is None:
                    fault = None
                    break
            counts[item["script"]] += 1
            if fault:
                face = dump["faces"][item["face"]]["name"]
                complaints.append(f"{item['language']} {item['script']} {face} “{item['text']}”: {fault}")
    return complaints, counts


def longest(dump, wanted):
    """The longest run for which `wanted` is true."""
    items = [item for line in dump["lines"] for item in line if wanted(item)]
    return max(items, key=lambda item: len(item["glyphs"]))


def other_glyph(item):
    item["glyphs"][len(item["glyphs"]) // 2][0] += 1


def moved(item):
    letters = [glyph for glyph in item["glyphs"] if not is_space(item["text"].encode()[glyph[1] :].decode()[:1])]
    letters[len(letters) // 2][4] += 1


def wider(item):
    moved_glyphs = [glyph for glyph in item["glyphs"] if item["text"].encode()[glyph[1] :].decode()[:1].isalpha()]
    moved_glyphs[len(moved_glyphs) // 2][2] += 0.2


def unordered(item):
    item["glyphs"].reverse()


def lost_cluster(item):
    item["glyphs"][-1][1] += 1


def other_direction(item):
    item["rightToLeft"] = not item["rightToLeft"]


def without_features(item):
    item["features"] = []


def is_latin(item):
    return item["script"] == "Latn" and "onum=1" in item["features"]


# Each fault with the run that gets it.
BREAKAGES = [
    ("another glyph", other_glyph, is_latin),
    ("a letter above its place", moved, is_latin),
    ("a letter with too much room", wider, is_latin),
    ("letters in reverse", unordered, is_latin),
    ("a letter that stands for other text", lost_cluster, is_latin),
    ("letters shaped for the other direction", other_direction, lambda item: item["script"] in ("Arab", "Hebr")),
    ("old-style figures that nobody asked for", without_features, lambda item: is_latin(item) and "1948" in item["text"]),
]


def shaping(path):
    dump = json.loads(path.read_text(encoding="utf-8"))
    shaper = Shaper(dump, path.parent)
    complaints, counts = judge_shaping(dump, shaper)
    total = sum(counts.values())
    scripts = ", ".join(f"{script} {count}" for script, count in counts.most_common())
    passed = report(complaints, f"HarfBuzz {shaper.hb.version_string()} shapes {total} runs as the book shows them ({scripts})")
    for fault, make, wanted in BREAKAGES:
        broken = copy.deepcopy(dump)
        try:
            make(longest(broken, wanted))
        except ValueError:
            print(f"  LEFT OUT  “{fault}”: no run of that script, for want of fonts")
            continue
        found = len(judge_shaping(broken, shaper)[0]) > len(complaints)
        passed = report([] if found else ["accepted"], f"a copy with the fault “{fault}” is rejected") and passed
    return passed


# Words.


def texts_of(folder):
    """The text of each language of a manuscript, read without pressmark: the divs that have one."""
    texts = {}
    for path in sorted(Path(folder).glob("*.md")):
        source = path.read_text(encoding="utf-8")
        for language, text in re.findall(r"^::: \{lang=([\w-]+)\}\n(.*?)^:::$", source, re.MULTILINE | re.DOTALL):
            text = re.sub(r"\[([^\]]*)\]\{[^}]*\}", r"\1", text).replace("**", "")
            texts[language] = texts.get(language, "") + text
    return texts


# They are part of words in Persian and Hindi.
JOINERS = "\u200c\u200d"

# Written without spaces: their words are not told apart on the page.
UNSPACED = ("zh", "ja", "th", "km")

# Read from right to left. Poppler puts the letters of a line into order by their places, and takes vowel signs, which stand
# over others, for letters beside them: words with such signs are left to the reader by structure, in tests/suite/scripts.rs.
# It marks every change of direction, in place of the space that is there. With -raw it takes the order of painting, and turns
# round what is in order.
RIGHT_TO_LEFT = ("ar", "fa", "he")


def folded(text):
    """Text without what a reader of a PDF may drop or exchange: joiners, marks of direction, composed forms."""
    text = unicodedata.normalize("NFC", text)
    return re.sub("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufe0e\ufe0f]", "", text)


def words_of(text, language):
    """The words of a text: letters, marks and figures; of a script without spaces, no Latin ones, which stand apart."""
    unspaced = language.startswith(UNSPACED)
    def kept(character):
        return character in JOINERS or (
            unicodedata.category(character)[0] in "LMN" and not (unspaced and character.isascii())
        )
    return "".join(c if kept(c) else " " for c in folded(text)).split()


def has_vowel_signs(word):
    return any(unicodedata.category(character) == "Mn" for character in unicodedata.normalize("NFC", word))


def missing_words(language, text, read, by_places=False):
    """The words of a language that `read`, the text of a book, lacks. `by_places` is for what reads as poppler does."""
    wanted = Counter(words_of(text, language))
    if by_places and language.startswith(RIGHT_TO_LEFT):
        wanted = Counter({word: count for word, count in wanted.items() if not has_vowel_signs(word)})
        read = re.sub("[\u202a-\u202e]", " ", read)
    if language.startswith(UNSPACED):
        together = re.sub(r"\s+", "", folded(read))
        return [word for word, count in wanted.items() if together.count(word) < count]
    return list((wanted - Counter(words_of(read, language))).elements())


def text_of_epub(path):
    texts = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".xhtml") and "nav" not in name.rpartition("/")[2]:
                body = ElementTree.fromstring(archive.read(name)).find("{http://www.w3.org/1999/xhtml}body")
                texts.append("".join(body.itertext()))
    return "\n".join(texts)


def words(folder, pdf, epub):
    passed = True
    readings = {epub.name: text_of_epub(epub)}
    for name, options in (("pdftotext", ()), ("pdftotext -raw", ("-raw",))):
        status, out, err = run("pdftotext", "-enc", "UTF-8", *options, pdf, "-")
        if status != 0:
            passed = report(lines_of(err) or [f"exit status {status}"], f"{name} reads {pdf.name}") and passed
        readings[name] = out
    for name, read in readings.items():
        by_places = name == "pdftotext"
        for language, text in texts_of(folder).items():
            if name == "pdftotext -raw" and language.startswith(RIGHT_TO_LEFT):
                print(f"  left out: {name} in `{language}`", flush=True)
                continue
            complaints = [f"“{word}” is missing" for word in missing_words(language, text, read, by_places)]
            count = len(words_of(text, language))
            passed = report(complaints, f"{name} has the {count} words in `{language}`") and passed
            signed = Counter(word for word in words_of(text, language) if has_vowel_signs(word))
            if by_places and language.startswith(RIGHT_TO_LEFT) and signed:
                lost = (signed - Counter(words_of(re.sub("[\u202a-\u202e]", " ", read), language))).total()
                count = signed.total()
                print(f"  left out: {count} words with vowel signs in `{language}`; {lost} don't come back", flush=True)
            # A judge that finds words which are not there is none.
            lost = max((word for word in words_of(text, language) if not has_vowel_signs(word)), key=len)
            other = re.sub(r"\s+", "", folded(read)) if language.startswith(UNSPACED) else folded(read)
            if not complaints and not missing_words(language, text, other.replace(lost, ""), by_places):
                passed = report(["accepted"], f"{name} without “{lost}” is rejected") and passed
    return passed


def main(arguments):
    match arguments:
        case ["shaping", dump]:
            passed = shaping(Path(dump))
        case ["words", folder, pdf, epub]:
            passed = words(folder, Path(pdf), Path(epub))
        case _:
            sys.exit(__doc__)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
