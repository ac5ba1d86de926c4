"""Folding of Indonesian personal names: spellings of one name become one key.

Used by search and by the duplicate check at intake. Muhammad, Mohamad, Moh. and M. fold alike, as do
Abdul Rahman and Abdurrohman, Chusnul and Husnul, Soeharto and Suharto. How much of a fixed list of spellings it finds
is measured by tests/cases/test_name_pairs.py. Keys are stored: a change here asks that people be saved again.
"""

from __future__ import annotations

import re
import unicodedata

_TITLES = {
    "h", "hj", "haji", "hajah", "hajjah", "ust", "ustad", "ustadz", "ustaz", "ustadzah", "ustazah", "kh", "kyai",
    "kiai", "drs", "dra", "ir", "dr",
}  # fmt: skip
# Left out beside a name only: alone they may be the beginning of one (Bu of Budi, Bin of Bintang).
_BESIDE_A_NAME = {
    "bin", "binti", "binte", "bt", "bte", "boru", "br", "i", "ni", "pak", "bapak", "bpk", "bu", "ibu", "ny", "tn",
    "sdr", "sdri", "hi", "tgk", "prof", "alm", "almh", "alias", "als",
}  # fmt: skip
_DEGREES = re.compile(
    r"(?:,\s*|\s)(?:s\.(?:h|e|t|pd|sos|ag|kom|si|ip|psi)|m\.(?:h|m|pd|si|ag|kom))\b.*$"
    r"|,\s*(?:s[eht]|m[hm])$|,\s*sp\..*$"
)
_WHOLE = {
    **dict.fromkeys(["m", "md", "moh", "moch", "mohd", "muh", "mhd"], "muhamad"),
    **dict.fromkeys(["achmad", "akhmad", "ahmed", "akmad", "ah", "ach", "ahmat", "achmat", "akhmat"], "ahmad"),
    **dict.fromkeys(["abd", "abdoel", "abdal", "abdel", "abdur", "abdus", "abdush", "abdun"], "abdul"),
    **dict.fromkeys(["sitti", "st"], "siti"),
    **dict.fromkeys(["noor", "noer", "nor", "nurul", "noerul", "noeroel"], "nur"),
    "dg": "daeng", "dt": "datuk", "gst": "gusti", "rd": "raden", "wyn": "wayan", "pt": "putu",
    "kmg": "komang", "kdk": "kadek",
}  # fmt: skip
# Words after all else is folded: a glottal stop written k or not at all, and names that no rule reaches.
_ALIKE = {
    "makmun": "mamun", "makruf": "maruf", "mukmin": "mumin", "nukman": "numan", "nikma": "nima", "nikmat": "nimat",
    "hafid": "hafis", "tofik": "taufik", "taofik": "taufik", "husen": "husain", "mustofa": "mustafa",
    "tofan": "taufan", "lela": "laila", "reski": "riski", "ansari": "ansori",
    "goni": "gani", "sufian": "sofian", "mahfus": "mahfud", "badarudin": "badrudin",
}  # fmt: skip
# A first part written with the next or apart. Abdu takes over the next word's consonant: Abdurrahman, Abdussalam.
# Abdullah, and the beginnings of it, stay one word.
_ABDUL = re.compile(r"^abd(?:(?:u|oe|a|e)l(?!l?[ao]?h?$)|(?:u|oe)([rsnzdt])\1?)(.*)")
_FATHUR = re.compile(r"^fat(?:h|ch)?u(r)\1?(.*)")
_JOINED = re.compile(r"^(?:(nurul|noeroel|noerul|nur|noer|noor)|(sri|dwi|tri)(?=[^aeiouy]))(.+)")
# In a word with dj, tj, sj or nj- every other j is today's y.
_OLD = re.compile(r"dj|tj|sj|^nj")
_OLD_LETTERS = re.compile(r"dj|tj|sj|^nj|j")
_TODAY = {"dj": "j", "tj": "c", "sj": "sy", "nj": "ny", "j": "y"}
_SYLLABLES = [
    (re.compile(r"^m(?:oe|o|u)(?:kh|ch|h)(?=a|tar)"), "muh"),
    (re.compile(r"^chr"), "kr"),
    (re.compile(r"^ch(?=andr|itra|int)"), "c"),
    (re.compile(r"^mich(?=a|e)"), "mik"),
    (re.compile(r"^j(?=usu|usoe|oesoe|ah[jy]|oha|uli|os|og|ako|aku|asin)"), "y"),
    (re.compile(r"^joe(?=[dn]|li)"), "yu"),
    (re.compile(r"^(s(?:u|oe)|wi)rj"), r"\1ry"),
    (re.compile(r"(?<=[eu])lj"), "ly"),
    (re.compile(r"gnj"), "gny"),
    (re.compile(r"narj"), "nary"),
    (re.compile(r"^augu"), "agu"),
    (re.compile(r"^sl"), "sel"),
    (re.compile(r"^gd"), "ged"),
    (re.compile(r"^kt"), "ket"),
    (re.compile(r"^teung"), "teng"),
]
# Old (Van Ophuijsen) and Arabic spellings to today's; longest first, applied in order.
_SOUNDS = [
    ("barok", "barak"), ("tijo", "tio"), ("awu", "au"), ("oe", "u"), ("hj", "hy"), ("kh", "h"), ("ch", "h"),
    ("dh", "d"), ("dz", "z"), ("sy", "s"), ("sh", "s"), ("zh", "z"), ("ts", "s"), ("th", "t"), ("ph", "f"),
    ("gh", "g"), ("ck", "k"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ie", "i"), ("iy", "i"), ("uw", "u"),
    ("v", "f"), ("p", "f"), ("q", "k"), ("x", "ks"), ("y", "i"), ("ae", "ai"),
]  # fmt: skip
_LATER = [
    (re.compile(r"^z"), "j"),
    (re.compile(r"(?<=.)[jz]"), "s"),
    (re.compile(r"(?<=.)(.)\1+"), r"\1"),  # not at the beginning: Iis and Aan are no beginnings of Iskandar and Anton
    (re.compile(r"(?<=[fhrsz])ei"), "ai"),
    # Arabic a that is spoken o after these consonants: Rohman, Khodijah, Kosim, Tohir
    (re.compile(r"^ro(?=h|mad|sak|sid|sik)"), "ra"),
    (re.compile(r"^([khgst])o(?=hi|dir|sim|mar|li[bdl]|ti[bm]|dis|fur|far|dik|mad|bir|ib)"), r"\1a"),
    (re.compile(r"^mutol"), "mutal"),
    (re.compile(r"^hoi"), "hai"),
    (re.compile(r"^s[ao]l[ei]h"), "salih"),
    (re.compile(r"^ramadon"), "ramadan"),
    (re.compile(r"^ibroh"), "ibrah"),
    (re.compile(r"^muham[ae][dt]$"), "muhamad"),
    (re.compile(r"(?<=...)oh$"), "ah"),
    (re.compile(r"(?<=...)h$"), ""),
]  # fmt: skip


def _spell(word: str) -> str:
    if _OLD.search(word):
        word = _OLD_LETTERS.sub(lambda old: _TODAY[old[0]], word)
    for pattern, new in _SYLLABLES:
        word = pattern.sub(new, word)
    for old, new in _SOUNDS:
        word = word.replace(old, new)
    for pattern, new in _LATER:
        word = pattern.sub(new, word)
    return _ALIKE.get(word, word)


def _fold_word(word: str) -> list[str]:
    if word in _TITLES:
        return []
    word = _WHOLE.get(word, word)
    if match := _ABDUL.match(word):
        parts = ["abdul", (match[1] or "") + match[2]]
    elif match := _FATHUR.match(word):
        parts = ["fatur", match[1] + match[2] if match[2] else ""]
    elif match := _JOINED.match(word):
        parts = ["nur" if match[1] else match[2], match[3]]
    else:
        parts = [word]
    return [spelled for part in parts if (spelled := _spell(part))]


def fold(name: str) -> str:
    """One key for all spellings of ``name``: lower case, without titles, accents and double letters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower() or name.casefold()
    plain = _DEGREES.sub("", plain.replace("'", "").replace("`", "")).replace("k.h.", "kh ")
    words = re.findall(r"[^\W_]+", plain)
    words = [word for word in words if word not in _BESIDE_A_NAME] or words
    return " ".join(part for word in words for part in _fold_word(word))
