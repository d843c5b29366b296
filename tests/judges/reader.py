"""Holds what preflight reads against other readers: reader.py PRESSMARK X4.pdf FOREIGN.pdf

Files are made here, each with a number that both must find, or neither: fonts that are embedded or not (poppler's pdffonts),
the resolution of images where they are placed (pdfimages), the most ink of a colour and of an image, however that is
compressed (Ghostscript, which paints the four plates), and the plates that a page of black words needs. The two files that
are given, one of this program for a press and one of another without, are read by the same judges. Exits with 1 where one
disagrees.
"""

import json
import re
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

TARGET = "offset-coated"
# What this target asks for: docs/targets.md.
INK, PIXELS = 320, 300


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False).stdout


def preflight(program, path):
    """The messages of what preflight finds, by code."""
    found = {}
    lines = run(program, "preflight", path, "--target", TARGET, "--message-format", "json").splitlines()
    for finding in map(json.loads, lines):
        found.setdefault(finding["code"], []).append(finding["message"])
    return found


def numbers(found, code, pattern):
    """The numbers in the messages with a code, in order."""
    matches = [re.search(pattern, message) for message in found.get(code, [])]
    return sorted(int(match[1]) for match in matches if match)


def bare_fonts(path):
    """The fonts that are not embedded, as pdffonts lists them."""
    rows = [line for line in run("pdffonts", path).splitlines()[2:]]
    return sorted({row.split()[0] for row in rows if re.search(r"\s(yes|no)\s+(yes|no)\s+(yes|no)\s", row)[1] == "no"})


def coarse_images(path):
    """Pixels to the inch of images that have too few, as pdfimages counts them."""
    rows = [line.split() for line in run("pdfimages", "-list", path).splitlines()[2:]]
    images = [(int(row[3]), int(row[7]), min(int(row[12]), int(row[13]))) for row in rows if row[2] == "image"]
    # Those of one bit need twice as many.
    return sorted(ppi for width, bits, ppi in images if width > 1 and ppi < PIXELS * (2 if bits == 1 else 1) * 0.99)


def most_ink(path):
    """The most ink of any place in per cent, as Ghostscript paints it."""
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "page%d.tif"
        run("gs", "-q", "-dNOPAUSE", "-dBATCH", "-r72", "-sDEVICE=tiff32nc", "-sCompression=none", "-o", image, path)
        return max(plates(page.read_bytes()) for page in Path(folder).iterdir())


def plates(tiff):
    """The most ink of a pixel of a TIFF file of four bytes a pixel, not compressed (TIFF 6.0, 2 and 5)."""
    number = lambda at, size: int.from_bytes(tiff[at : at + size], "little")
    start = number(4, 4)
    tags = {}
    for at in range(start + 2, start + 2 + 12 * number(start, 2), 12):
        size = {3: 2, 4: 4}.get(number(at + 2, 2), 0)
        count = number(at + 4, 4)
        place = at + 8 if size * count <= 4 else number(at + 8, 4)
        tags[number(at, 2)] = [number(place + size * index, size) for index in range(count if size else 0)]
    assert tiff[:2] == b"II" and tags[259] == [1] and tags[277] == [4], "not the TIFF that is read here"
    samples = b"".join(tiff[at : at + size] for at, size in zip(tags[273], tags[279]))
    return max(map(sum, zip(*[samples[part::4] for part in range(4)]))) / 2.55


def colored_pages(path):
    """The pages that take more than black ink, as Ghostscript counts."""
    lines = [line.split() for line in run("gs", "-q", "-o", "-", "-sDEVICE=inkcov", path).splitlines()]
    pages = [[float(word) for word in line[:4]] for line in lines if line[-1:] == ["OK"]]
    return [number for number, page in enumerate(pages, 1) if sum(page[:3]) > 0]


def pdf(content, image=b"", entries="", font="Courier"):
    """A file of one page, 200 by 200 points, with a font F and an image I."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /TrimBox [0 0 200 200] /Contents 4 0 R /Resources "
        b"<< %s /XObject << /I 6 0 R >> >> >>" % (b"/Font << /F 5 0 R >>" if "Tf" in content else b""),
        b"<< /Length %d >> stream\n%s\nendstream" % (len(content), content.encode()),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /%s >>" % font.encode(),
        b"<< /Type /XObject /Subtype /Image /BitsPerComponent 8 %s /Length %d >> stream\n%s\nendstream"
        % (entries.encode(), len(image), image),
    ]
    out = b"%PDF-1.6\n"
    places = []
    for index, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (index, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def predicted(rows, pixel, kind):
    """Rows of bytes as one of PNG's filters leaves them (PNG, 9.2)."""
    out = b""
    above = bytes(len(rows[0]))
    for row in rows:
        left, corner = bytes(pixel) + row, bytes(pixel) + above
        line = bytearray([kind])
        for at, byte in enumerate(row):
            one, two, three = left[at], above[at], corner[at]
            estimate = one + two - three
            nearest = min((one, two, three), key=lambda sample: abs(estimate - sample))
            line.append((byte - [0, one, two, (one + two) // 2, nearest][kind]) % 256)
        out += line
        above = row
    return out


def files():
    """What is made here: what it shows, and the file."""
    yield "words in a font that is not embedded", pdf("BT /F 12 Tf 50 100 Td (Words) Tj ET", font="Helvetica")
    yield "no words", pdf("50 50 9 9 re f")
    gray = "/Width 100 /Height 50 /ColorSpace /DeviceGray"
    for side in (24, 48, 96):
        content = f"q {side} 0 0 {side / 2} 50 50 cm /I Do Q"
        yield f"an image {side} points wide", pdf(content, bytes(range(100)) * 50, gray)
    yield "an image that is turned", pdf("q 0 48 -24 0 100 50 cm /I Do Q", bytes(range(100)) * 50, gray)
    for inks in ("0.9 0.8 0.7 0.6", "1 1 1 0.3", "1 0.9 0.7 0.6"):
        yield f"an area in {inks}", pdf(f"{inks} k 50 50 100 100 re f")
    # A point for each pixel.
    small = "q 16 0 0 16 50 50 cm /I Do Q"
    for darkest in (60, 150):
        pixel = lambda x, y: bytes([255 - (x * y) % 97, 240 - x, 200 - y, darkest + (x + y) % 7])
        rows = [b"".join(pixel(x, y) for x in range(16)) for y in range(16)]
        cmyk = "/Width 16 /Height 16 /ColorSpace /DeviceCMYK /Filter /FlateDecode"
        for kind in range(5):
            entries = f"{cmyk} /DecodeParms << /Predictor 15 /Colors 4 /Columns 16 >>"
            image = zlib.compress(predicted(rows, 4, kind))
            yield f"an image with {darkest} of black behind filter {kind}", pdf(small, image, entries)
        entries = f"{cmyk} /DecodeParms << /Predictor 2 /Colors 4 /Columns 16 >>"
        image = b"".join(row[:4] + bytes((row[at] - row[at - 4]) % 256 for at in range(4, 64)) for row in rows)
        yield f"an image with {darkest} of black behind TIFF's filter", pdf(small, zlib.compress(image), entries)
    for color in ("0 g", "0 0 0 1 k", "0.6 0.4 0.4 1 k"):
        yield f"words in {color}", pdf(f"BT {color} /F 12 Tf 50 100 Td (Words) Tj ET")


def main():
    program, own, foreign = sys.argv[1:]
    failed = False
    seen = {}

    def tell(what, judge, ours, theirs, agree):
        nonlocal failed
        failed = failed or not agree
        seen.setdefault(judge, set()).add(bool(theirs))
        print("  ok   " if agree else "  FAIL ", f"{what}, {judge}:", ours, theirs)

    def compare(what, path, made):
        found = preflight(program, path)
        assert "unreadable-file" not in found, found
        bare = bare_fonts(path)
        fonts = sorted(re.search("`(.*?)`", message)[1] for message in found.get("font-not-embedded", []))
        # Preflight leaves out the mark of a part of a font.
        tell(what, "fonts", fonts, bare, fonts == [re.sub(r"^[A-Z]{6}\+", "", name) for name in bare])
        coarse, theirs = numbers(found, "coarse-image", r"has (\d+) to the inch"), coarse_images(path)
        near = len(coarse) == len(theirs) and all(abs(one - other) <= 1 for one, other in zip(coarse, theirs))
        tell(what, "pixels", coarse, theirs, near)
        if made:
            inks, theirs = numbers(found, "ink-limit", r"takes (\d+) %"), round(most_ink(path))
            theirs = [theirs] if theirs > INK else []
            near = len(inks) == len(theirs) and all(abs(one - other) <= 2 for one, other in zip(inks, theirs))
            tell(what, "ink", inks, theirs, near)
        if what.startswith("words in ") and "embedded" not in what:
            rich = found.get("rich-black-text", [])
            tell(what, "plates", rich, colored_pages(path), bool(rich) == bool(colored_pages(path)))

    with tempfile.TemporaryDirectory() as folder:
        for index, (what, content) in enumerate(files()):
            path = Path(folder) / f"{index}.pdf"
            path.write_bytes(content)
            compare(what, path, made=True)
    compare("a file of this program", own, made=False)
    compare("a file of another", foreign, made=False)
    for judge, outcomes in seen.items():
        if outcomes != {True, False}:
            failed = True
            print("  FAIL ", f"{judge}: the judge says the same of all files")
    sys.exit(failed)


if __name__ == "__main__":
    main()
