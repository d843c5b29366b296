#!/usr/bin/env bash
# Draws the README's pictures from the Declaration as it is built now: docs/spread.png, two facing pages, and docs/cover.png.
# Needs pdftoppm, and Python with Pillow.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo run --locked --release -- build -q
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pdftoppm -r 100 -f 6 -l 7 -gray -png build/declaration.pdf "$work/page"
python3 - "$work" <<'PYTHON'
import io, pathlib, sys, zipfile
from PIL import Image

left, right = (Image.open(page) for page in sorted(pathlib.Path(sys.argv[1]).glob("page-*.png")))
edge, gap = 14, 1
spread = Image.new("L", (left.width + right.width + gap + 2 * edge, left.height + 2 * edge), 200)
spread.paste(left, (edge, edge))
spread.paste(right, (edge + left.width + gap, edge))
spread.quantize(16).save("docs/spread.png", optimize=True)

with zipfile.ZipFile("build/declaration.epub") as book:
    name = next(name for name in book.namelist() if name.endswith("cover.jpg"))
    cover = Image.open(io.BytesIO(book.read(name)))
cover.resize((400, 600), Image.Resampling.LANCZOS).quantize(128).save("docs/cover.png", optimize=True)
PYTHON
