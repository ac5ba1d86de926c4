"""Finds words in free text that often stand for what must never be rated (ET-8). Pure; the list is a file of data.

Nothing is judged here: a word found only makes the form ask whether the text is about violence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assessments.catalogue import Text

LIST = Path(__file__).parent / "catalogue" / "banned_words.yaml"
SCHEMA = "banned-words/1"
# Endings and beginnings that a word may carry: bercadar, cadarnya, jenggotan.
_BEFORE, _AFTER = r"(?:ber|ter|di)?", r"(?:nya|an|ku|mu|kah|lah)?"
REQUIRED = {"code", "kind", "forms"}
_CODE = re.compile(r"[a-z]{1,20}")


class WordListError(ValueError):
    """The list is not what it should be; the message says where."""


@dataclass(frozen=True, slots=True)
class Word:
    code: str
    kind: str
    pattern: re.Pattern[str]
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordList:
    kinds: Mapping[str, Text]
    words: tuple[Word, ...]


def folded(text: str) -> str:
    """Lower case, without accents, invisible characters and punctuation: what somebody reads, not what was typed."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if unicodedata.category(letter) not in ("Mn", "Cf")
    )
    return re.sub(r"[\W_]+", " ", plain.casefold()).strip()


def find(text: str) -> dict[str, str]:
    """The words of the list that the text holds: code and the form as it was found, in the order of the list."""
    if not text:
        return {}
    read = folded(text)
    found = {}
    for word in word_list().words:
        rest = read
        for phrase in word.unless:
            rest = rest.replace(phrase, " ")
        if hit := word.pattern.search(rest):
            found[word.code] = hit.group().strip()
    return found


@cache
def word_list() -> WordList:
    return parse(LIST.read_text(encoding="utf-8"), LIST.name)


def parse(source: str, name: str) -> WordList:
    """The list from its YAML; WordListError names the entry that is wrong."""
    try:
        plain = yaml.safe_load(source)
    except yaml.YAMLError as error:
        raise WordListError(f"{name}: {error}") from error
    if not isinstance(plain, dict) or plain.get("schema") != SCHEMA:
        raise WordListError(f"{name}: schema must be {SCHEMA}")
    kinds = {code: _text(given, f"{name}: kinds.{code}") for code, given in (plain.get("kinds") or {}).items()}
    words: dict[str, Word] = {}
    for place, given in enumerate(plain.get("words") or []):
        word = _word(given, kinds, f"{name}: words[{place}]")
        if word.code in words:
            raise WordListError(f"{name}: words[{place}]: the code {word.code} stands twice")
        words[word.code] = word
    return WordList(kinds, tuple(words.values()))


def _text(given: Any, place: str) -> Text:
    texts = list(given.values()) if isinstance(given, dict) and set(given) == {"id", "en"} else [None]
    if not all(isinstance(text, str) for text in texts):
        raise WordListError(f"{place}: needs id and en")
    return Text(given["id"], given["en"])


def _word(given: Any, kinds: Mapping[str, Text], place: str) -> Word:
    keys = set(given) if isinstance(given, dict) else set()
    if not REQUIRED <= keys <= REQUIRED | {"unless"}:
        raise WordListError(f"{place}: needs code, kind and forms, and may have unless")
    if not _CODE.fullmatch(str(given["code"])):
        raise WordListError(f"{place}.code: one to twenty small letters")
    if given["kind"] not in kinds:
        raise WordListError(f"{place}.kind: {given['kind']} is not one of the kinds")
    forms, unless = given["forms"], given.get("unless", [])
    for key, phrases in (("forms", forms), ("unless", unless)):
        if not isinstance(phrases, list) or not all(isinstance(one, str) and one == folded(one) for one in phrases):
            raise WordListError(f"{place}.{key}: a list of words in small letters, without signs")
    if not forms or "" in [*forms, *unless]:
        raise WordListError(f"{place}.forms: none is given, or one is empty")
    either = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return Word(given["code"], given["kind"], re.compile(rf"\b{_BEFORE}(?:{either}){_AFTER}\b"), tuple(unless))
