#!/usr/bin/env python3
"""Prints the data of Unicode Normalization Form C, taken from Python's own unicodedata module:

    tests/reference/unicode/nfc.py > src/Models/Tokenizers/Normalizers/nfc.txt

Lines "c FIRST LAST CLASS" (canonical combining classes other than 0) and "d CODE FIRST [SECOND] [x]" (canonical
decompositions; x: never composed again). Code points in hexadecimal, gaps not listed. Hangul is computed, not listed.
"""
import sys
import unicodedata as u

print(f"# Unicode {u.unidata_version}, written by tests/reference/unicode/nfc.py")
run = None
for code in range(0x110001):
    value = u.combining(chr(code)) if code < 0x110000 else -1
    if run and run[2] != value:
        if run[2] > 0:
            print(f"c {run[0]:x} {run[1]:x} {run[2]}")
        run = None
    run = (run[0], code, value) if run else (code, code, value)
for code in range(0x110000):
    mapping = u.decomposition(chr(code))
    if mapping and not mapping.startswith("<") and not 0xAC00 <= code <= 0xD7A3:
        parts = [f"{int(part, 16):x}" for part in mapping.split()]
        excluded = u.normalize("NFC", chr(code)) != chr(code)
        print(" ".join(["d", f"{code:x}", *parts] + (["x"] if excluded else [])))
sys.stdout.flush()
