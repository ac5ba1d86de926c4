"""The rule engine's outside door: an independent reference checks thousands of cases through it.

Reads the instruments from the project's YAML and nothing else: no database, no services, no completeness rules.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError

from assessments import catalogue
from assessments.catalogue import CatalogueError, Instrument, Item
from assessments.guidance import Answer, Guidance, RatingError, check_value, evaluate

MOST_PROBLEMS_SHOWN = 20
# Far beyond any rating; longer ones would make Python refuse to read the number at all, without a place.
LONGEST_NUMBER = 15


class InputError(CommandError):
    """Bad input: exit code 2, nothing on standard output."""

    def __init__(self, *problems: str) -> None:
        shown = list(problems[:MOST_PROBLEMS_SHOWN])
        if len(problems) > MOST_PROBLEMS_SHOWN:
            shown.append(f"… dan {len(problems) - MOST_PROBLEMS_SHOWN} lagi")
        super().__init__("\n".join(shown), returncode=2)


class Command(BaseCommand):
    help = "Menilai jawaban dengan aturan sebuah instrumen dan mencetak hasilnya sebagai JSON, tanpa basis data."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="KODE", help="kode instrumen: PRK-D, PKA, atau KRK")
        parser.add_argument(
            "--ratings", required=True, metavar="BERKAS.json", help="satu objek jawaban, atau daftarnya"
        )
        parser.add_argument("--mode", help="hanya bagi instrumen yang mempunyai mode; bawaan: yang terlengkap")

    def handle(self, *args: Any, code: str, ratings: str, mode: str | None, **options: Any) -> None:
        instrument = _instrument(code)
        _check_mode(instrument, mode)
        document = _read(ratings)
        cases = document if isinstance(document, list) else [document]
        places = [f"[{index}]" for index in range(len(cases))] if isinstance(document, list) else [""]

        problems: list[str] = []
        results = []
        for place, case in zip(places, cases, strict=True):
            answers: dict[str, Answer] = {}
            faults = list(_collect(instrument, case, place, answers))
            problems += [f"{ratings}: {fault}" for fault in faults]
            if not faults:
                results.append(_as_json(evaluate(instrument, answers, mode)))
        if problems:
            raise InputError(*problems)
        self.stdout.write(json.dumps(results if isinstance(document, list) else results[0]))


def _instrument(code: str) -> Instrument:
    try:
        instruments = catalogue.default().instruments
    except CatalogueError as error:
        raise InputError(*(str(problem) for problem in error.problems)) from error
    if code not in instruments:
        raise InputError(f"{code}: instrumen tidak dikenal; yang ada: {', '.join(instruments)}")
    return instruments[code]


def _check_mode(instrument: Instrument, mode: str | None) -> None:
    modes = [known.code for known in instrument.modes]
    if mode is None or mode in modes:
        return
    if not modes:
        raise InputError(f"--mode {mode}: {instrument.code} tidak mempunyai mode")
    raise InputError(f"--mode {mode}: {instrument.code} hanya mempunyai mode {', '.join(modes)}")


def _as_json(guidance: Guidance) -> dict[str, Any]:
    return {
        "band": guidance.band,
        "fired": list(guidance.fired),
        "provisional": guidance.provisional,
        "support_level": guidance.support_level,
    }


# --------------------------------------------------------------------------------------------- reading the file


class _Object(dict[str, Any]):
    """A JSON object that remembers the keys that it was given twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        times = Counter(key for key, _ in pairs)
        self.repeated = sorted(key for key, count in times.items() if count > 1)


def _read(name: str) -> Any:
    try:
        text = Path(name).read_bytes().decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_Object, parse_int=_number, parse_constant=_not_json)
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{name}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    match error:
        case OSError():
            return f"berkas tidak dapat dibaca ({error.strerror})"
        case UnicodeDecodeError():
            return f"bukan UTF-8 (bita ke-{error.start + 1})"
        case json.JSONDecodeError():
            return f"baris {error.lineno}, kolom {error.colno}: bukan JSON ({error.msg})"
        case RecursionError():
            return "bertingkat terlalu dalam"
    return str(error)


def _number(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= LONGEST_NUMBER else Decimal(digits)


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"bukan JSON ({constant} tidak ada dalam JSON)")


# --------------------------------------------------------------------------------------------- checking one case


def _collect(instrument: Instrument, case: Any, place: str, answers: dict[str, Answer]) -> Iterator[str]:
    """Fill `answers`; yield a fault, with its place, for each thing that is not as the contract says."""
    if not isinstance(case, _Object):
        yield f"{place or 'isi berkas'}: harus objek {{kode butir: nilai}}, bukan {_kind(case)}"
        return
    for key in case.repeated:
        yield f"{_join(place, key)}: kunci ditulis dua kali"
    for key, given in case.items():
        at = _join(place, key)
        if (item := instrument.items.get(key)) is None:
            yield f"{at}: butir tidak ada di {instrument.code}"
            continue
        try:
            answers[key] = _answer(instrument, item, given)
        except RatingError as error:
            yield f"{at}: {error.reason}"


def _answer(instrument: Instrument, item: Item, given: Any) -> Answer:
    if not isinstance(given, _Object):
        check_value(item, given)
        return Answer(given)
    if given.repeated:
        raise RatingError(item.code, f"kunci {_quoted(given.repeated[0])} ditulis dua kali")
    if strange := sorted(set(given) - {"value", "confidence"}):
        raise RatingError(item.code, f"kunci {_quoted(strange[0])} tidak dikenal; hanya value dan confidence")
    if "value" not in given:
        raise RatingError(item.code, "value tidak ada")
    check_value(item, given["value"])
    if "confidence" in given and given["confidence"] not in instrument.confidences:
        known = ", ".join(instrument.confidences)
        raise RatingError(item.code, f"confidence {_quoted(given['confidence'])} tidak dikenal; pilihannya: {known}")
    return Answer(given["value"], given.get("confidence"))


def _join(place: str, key: str) -> str:
    name = key if key.isprintable() and key and len(key) <= 40 else _quoted(key)
    return f"{place}.{name}" if place else name


def _kind(value: Any) -> str:
    return "daftar" if isinstance(value, list) else _quoted(value)


def _quoted(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 40 else f"{text[:37]}..."
