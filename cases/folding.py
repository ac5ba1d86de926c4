"""Folding of Indonesian personal names: spellings of one name become one key.

Used by search and by the duplicate check at intake. Muhammad, Mohamad, Moh. and M. fold alike, as do
Abdul Rahman and Abdurrahman, Chusnul and Husnul, Soeharto and Suharto.
"""

from __future__ import annotations

import re
import unicodedata

_TITLES = {
    "h", "hj", "haji", "hajjah", "ust", "ustad", "ustadz", "ustaz", "kh", "kyai", "kiai", "drs", "dra", "ir", "dr",
}  # fmt: skip
_WHOLE = {
    **dict.fromkeys(
        ["m", "md", "moh", "moch", "mohd", "muh", "mhd", "muhamad", "muhammad", "mohamad", "mohammad"], "muhamad"
    ),
    **dict.fromkeys(["mochamad", "mochammad", "muchamad", "muchammad", "muhammed", "mohamed", "mohammed"], "muhamad"),
    **dict.fromkeys(["ahmad", "achmad", "akhmad", "ahmed", "akmad", "ah", "ach"], "ahmad"),
    **dict.fromkeys(["abd", "abdul", "abdoel", "abdal", "abdel"], "abdul"),
    **dict.fromkeys(["siti", "sitti", "st"], "siti"),
    **dict.fromkeys(["nur", "noor", "noer", "nor", "nurul"], "nur"),
}
# Old (Van Ophuijsen) and Arabic spellings to today's; longest first, applied in order.
_SOUNDS = [
    ("oe", "u"), ("dj", "j"), ("tj", "c"), ("sj", "s"), ("sy", "s"), ("sh", "s"), ("kh", "h"), ("ch", "h"),
    ("dh", "d"), ("dz", "z"), ("ts", "s"), ("th", "t"), ("ph", "f"), ("gh", "g"), ("ck", "k"), ("ou", "u"),
    ("oo", "u"), ("ee", "i"), ("ie", "i"), ("iy", "i"), ("uw", "u"), ("v", "f"), ("q", "k"), ("x", "ks"),
    ("y", "i"), ("z", "j"), ("'", ""),
]  # fmt: skip
# What may follow Abdul in one word: Abdurrahman, Abdusalam. Rachman and Rakhman are softened to Rahman before.
_AFTER_ABDUL = (
    "rahman|rahim|salam|samad|syukur|sukur|nasir|jabar|aziz|majid|karim|malik|kadir|qadir|hamid|hadi|wahid|"
    "wahab|gani|ghani|latif|lathif|halim|haris|mutalib|basit|fatah|rozak|razak|rasid|rosid"
)
_ABDUL = re.compile(rf"^abd[uiaoe]?(?:l|rr?|sh?|sy|[nzdt])?(?=(?:{_AFTER_ABDUL}))")


def _fold_word(word: str) -> list[str]:
    if word in _TITLES:
        return []
    if word in _WHOLE:
        return [_WHOLE[word]]
    softened = word.replace("kh", "h").replace("ch", "h")
    if match := _ABDUL.match(softened):
        return ["abdul", *_fold_word(softened[match.end() :])]
    for old, new in _SOUNDS:
        word = word.replace(old, new)
    word = re.sub(r"(.)\1+", r"\1", word)
    if len(word) > 3:
        word = re.sub(r"h$", "", word)
    return [_WHOLE.get(word, word)] if word else []


def fold(name: str) -> str:
    """One key for all spellings of ``name``: lower case, without titles, accents and double letters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower() or name.casefold()
    words = re.findall(r"[^\W_]+", plain.replace("'", "").replace("`", ""))
    return " ".join(part for word in words for part in _fold_word(word))
