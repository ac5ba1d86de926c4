"""Where a value stands: every value of a YAML file with its file, line and path, and readers that fail naming them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

import yaml

from assessments.catalogue.definitions import Text

T = TypeVar("T")
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}\Z")
# Written as an escape in YAML, these pass the reader and are refused by the database.
UNKEPT = re.compile(r"[\x00\ud800-\udfff]")
KINDS = {
    dict: Text("pemetaan", "a mapping"),
    list: Text("daftar", "a list"),
    str: Text("teks", "text"),
    bool: Text("ya/tidak (true, false)", "yes or no (true, false)"),
    int: Text("bilangan bulat", "a whole number"),
}
NOTHING = Text("", "")
TOO_DEEP = Text("bertingkat terlalu dalam", "nested too deeply")
# What PyYAML says of the slips that people make most, by a part of its words.
YAML_FAULTS = {
    "'\\t'": Text("tab dipakai sebagai jarak; pakai spasi", "a tab is used as space; use spaces"),
    "mapping values are not allowed here": Text(
        "titik dua di tempat yang salah; beri tanda kutip pada teks yang memuat titik dua",
        "a colon in the wrong place; put text that holds a colon in quotes",
    ),
    "could not find expected ':'": Text("titik dua sesudah kunci tidak ada", "the colon after a key is missing"),
    "expected <block end>": Text(
        "jarak awal baris atau tanda kutip tidak cocok dengan baris di atasnya",
        "the spaces at its start, or its quotes, do not fit the lines above",
    ),
    "found unexpected end of stream": Text(
        "tanda kutip atau kurung tidak ditutup", "a quote or bracket is not closed"
    ),
    "expected ',' or": Text("koma atau kurung tutup tidak ada", "a comma or a closing bracket is missing"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and where. `line` counts from 1 and is None where the value did not come from a file."""

    file: str
    line: int | None
    path: str
    said: Text

    @property
    def message(self) -> str:
        return self.said.id

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class CatalogueError(Exception):
    """An instrument definition cannot be used; `problems` says why and where, one entry for each fault."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Place:
    """A value with its place. Readers return plain values or raise CatalogueError."""

    value: Any
    file: str
    path: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    def problem(self, message: str, english: str) -> Problem:
        return Problem(self.file, self.lines.get(self.path), self.path, Text(message, english))

    def fail(self, message: str, english: str) -> NoReturn:
        raise CatalogueError(self.problem(message, english))

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> Place:
        """This mapping, when it has all required keys and no key beyond the optional ones."""
        entries = self.entries()
        allowed = {*required, *optional}
        problems = [
            place.problem("kunci tidak dikenal", "unknown key") for key, place in entries.items() if key not in allowed
        ]
        problems += [
            self.problem(f"kunci wajib {key!r} tidak ada", f"the key {key!r} is missing")
            for key in sorted(required)
            if key not in entries
        ]
        if problems:
            raise CatalogueError(*problems)
        return self

    def __getitem__(self, key: str) -> Place:
        return Place(self.value[key], self.file, f"{self.path}.{key}" if self.path else key, self.lines)

    def get(self, key: str) -> Place | None:
        """The member of this key; None when it is left out or null."""
        return self[key] if self.value.get(key) is not None else None

    def maybe(self, key: str, read: Callable[[Place], T]) -> T | None:
        """What `read` makes of the member of this key; None when it is left out or null."""
        place = self.get(key)
        return None if place is None else read(place)

    def entries(self) -> dict[str, Place]:
        if not isinstance(self.value, dict):
            self._wrong_kind(dict)
        for key in self.value:
            if not isinstance(key, str):
                self.fail(
                    f"kunci {key!r} harus teks; beri tanda kutip", f"the key {key!r} must be text; put it in quotes"
                )
        return {key: self[key] for key in self.value}

    def elements(self) -> list[Place]:
        if not isinstance(self.value, list):
            self._wrong_kind(list)
        return [Place(value, self.file, f"{self.path}[{index}]", self.lines) for index, value in enumerate(self.value)]

    def string(self) -> str:
        if not isinstance(self.value, str):
            bare = isinstance(self.value, bool | int | float)
            self._wrong_kind(str, Text("; beri tanda kutip", "; put it in quotes") if bare else NOTHING)
        if not self.value.strip():
            self.fail("teks tidak boleh kosong", "the text may not be empty")
        return self.value

    def code(self) -> str:
        if not CODE.match(self.string()):
            self.fail(
                f"{self.value!r} bukan kode (huruf, angka, _ dan -, diawali huruf)",
                f"{self.value!r} is no code (letters, digits, _ and -, a letter first)",
            )
        return self.string()

    def one_of(self, allowed: Collection[str]) -> str:
        if self.string() not in allowed:
            self.fail(
                f"{self.value!r} tidak dikenal; pilihannya: {', '.join(sorted(allowed))}",
                f"{self.value!r} is unknown; choose from: {', '.join(sorted(allowed))}",
            )
        return self.string()

    def integer(self, minimum: int = 0, maximum: int = 100_000) -> int:
        if type(self.value) is not int:
            self._wrong_kind(int)
        if self.value < minimum:
            self.fail(f"{self.value} lebih kecil dari {minimum}", f"{self.value} is less than {minimum}")
        if self.value > maximum:
            self.fail(f"angka ini lebih besar dari {maximum}", f"this number is more than {maximum}")
        return self.value

    def boolean(self) -> bool:
        if not isinstance(self.value, bool):
            self._wrong_kind(bool)
        return self.value

    def text(self) -> Text:
        self.fields({"id", "en"})
        return Text(self["id"].string(), self["en"].string())

    def codes(self, allowed: Collection[str] | None = None) -> tuple[str, ...]:
        """A list of distinct codes, of the allowed ones where these are given."""
        read = each(self, lambda place: place.code() if allowed is None else place.one_of(allowed))
        distinct(self, read)
        return read

    def _wrong_kind(self, expected: type, hint: Text = NOTHING) -> NoReturn:
        wanted, found = KINDS[expected], _kind(self.value)
        self.fail(f"harus {wanted.id}, bukan {found.id}{hint.id}", f"must be {wanted.en}, not {found.en}{hint.en}")


def each(place: Place, read: Callable[[Place], T]) -> tuple[T, ...]:
    """Read every element, and report the faults of all of them at once."""
    found: list[T] = []
    problems: list[Problem] = []
    for element in place.elements():
        try:
            found.append(read(element))
        except CatalogueError as error:
            problems.extend(error.problems)
    if problems:
        raise CatalogueError(*problems)
    return tuple(found)


def distinct(place: Place, codes: Collection[Any]) -> None:
    """Refuse a list in which a code stands twice, at the second one."""
    seen: set[Any] = set()
    for code, element in zip(codes, place.elements(), strict=True):
        if code in seen:
            element.fail(f"{code!r} sudah dipakai", f"{code!r} is used already")
        seen.add(code)


def read_yaml(text: str, file: str) -> Place:
    """The document with the line of every value. Duplicate keys, aliases and tags are refused."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise CatalogueError(Problem(file, line, "", _not_yaml(str(error.problem)))) from error
    except yaml.YAMLError as error:
        raise CatalogueError(Problem(file, None, "", _not_yaml(str(error)))) from error
    except RecursionError as error:
        raise CatalogueError(Problem(file, None, "", TOO_DEEP)) from error
    if node is None:
        raise CatalogueError(Problem(file, None, "", Text("berkas kosong", "the file is empty")))
    lines: dict[str, int] = {}
    try:
        value = _Plain(file, lines).read(node, "")
    except RecursionError as error:
        raise CatalogueError(Problem(file, None, "", TOO_DEEP)) from error
    return Place(value, file, "", lines)


def _not_yaml(fault: str) -> Text:
    """The commonest faults in the reader's own language; for the others PyYAML has English alone."""
    told = next((text for sign, text in YAML_FAULTS.items() if sign in fault), Text(fault, fault))
    return Text(f"bukan YAML yang sah: {told.id}", f"not valid YAML: {told.en}")


class _Plain:
    """Turns YAML nodes into plain values and notes the line of each path."""

    def __init__(self, file: str, lines: dict[str, int]) -> None:
        self.file = file
        self.lines = lines
        self.seen: set[int] = set()
        self.scalars = yaml.SafeLoader("")

    def read(self, node: yaml.Node, path: str) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self.seen:
            self.fail(
                node,
                path,
                "rujukan YAML (& dan *) tidak dipakai di sini; tulis lengkap",
                "YAML references (& and *) are not used here; write it out",
            )
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode) and node.tag == "tag:yaml.org,2002:map":
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == "tag:yaml.org,2002:seq":
            return [self.read(child, f"{path}[{index}]") for index, child in enumerate(node.value)]
        if not isinstance(node, yaml.ScalarNode):
            self.fail(node, path, f"tanda {node.tag} tidak dikenal", f"the tag {node.tag} is unknown")
        return self.scalar(node, path)

    def mapping(self, node: yaml.MappingNode, path: str) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.fail(key_node, path, "kunci harus teks", "a key must be text")
            key = self.scalar(key_node, path)
            inner = f"{path}.{key}" if path else str(key)
            if key in found:
                self.fail(key_node, inner, "kunci ditulis dua kali", "this key is written twice")
            self.lines[inner] = key_node.start_mark.line + 1
            found[key] = self.read(value_node, inner)
        return found

    def scalar(self, node: yaml.ScalarNode, path: str) -> Any:
        try:
            value = self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            shown, fault = node.value[:60], str(error).splitlines()[0]
            self.fail(node, path, f"{shown!r} tidak dapat dibaca: {fault}", f"{shown!r} cannot be read: {fault}")
        if isinstance(value, str) and UNKEPT.search(value):
            self.fail(node, path, "memuat tanda yang tidak dapat disimpan", "holds a character that cannot be kept")
        if value is not None and not isinstance(value, str | bool | int | float):
            kind = type(value).__name__
            self.fail(
                node,
                path,
                f"{node.value!r} terbaca sebagai {kind}; beri tanda kutip",
                f"{node.value!r} reads as {kind}; put it in quotes",
            )
        if isinstance(value, float) and value - value != 0:
            self.fail(node, path, f"{node.value!r} bukan bilangan", f"{node.value!r} is no number")
        return value

    def fail(self, node: yaml.Node, path: str, message: str, english: str) -> NoReturn:
        raise CatalogueError(Problem(self.file, node.start_mark.line + 1, path, Text(message, english)))


def _kind(value: Any) -> Text:
    if value is None:
        return Text("kosong", "empty")
    return KINDS.get(type(value), Text(f"bilangan {value!r}", f"the number {value!r}"))
