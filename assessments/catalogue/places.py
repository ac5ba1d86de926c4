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
KINDS = {dict: "pemetaan", list: "daftar", str: "teks", bool: "ya/tidak (true, false)", int: "bilangan bulat"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and where. `line` counts from 1 and is None where the value did not come from a file."""

    file: str
    line: int | None
    path: str
    message: str

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

    def problem(self, message: str) -> Problem:
        return Problem(self.file, self.lines.get(self.path), self.path, message)

    def fail(self, message: str) -> NoReturn:
        raise CatalogueError(self.problem(message))

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> Place:
        """This mapping, when it has all required keys and no key beyond the optional ones."""
        entries = self.entries()
        allowed = {*required, *optional}
        problems = [place.problem("kunci tidak dikenal") for key, place in entries.items() if key not in allowed]
        problems += [self.problem(f"kunci wajib {key!r} tidak ada") for key in sorted(required) if key not in entries]
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
                self.fail(f"kunci {key!r} harus teks; beri tanda kutip")
        return {key: self[key] for key in self.value}

    def elements(self) -> list[Place]:
        if not isinstance(self.value, list):
            self._wrong_kind(list)
        return [Place(value, self.file, f"{self.path}[{index}]", self.lines) for index, value in enumerate(self.value)]

    def string(self) -> str:
        if not isinstance(self.value, str):
            hint = "; beri tanda kutip" if isinstance(self.value, bool | int | float) else ""
            self._wrong_kind(str, hint)
        if not self.value.strip():
            self.fail("teks tidak boleh kosong")
        return self.value

    def code(self) -> str:
        if not CODE.match(self.string()):
            self.fail(f"{self.value!r} bukan kode (huruf, angka, _ dan -, diawali huruf)")
        return self.string()

    def one_of(self, allowed: Collection[str]) -> str:
        if self.string() not in allowed:
            self.fail(f"{self.value!r} tidak dikenal; pilihannya: {', '.join(sorted(allowed))}")
        return self.string()

    def integer(self, minimum: int = 0, maximum: int = 100_000) -> int:
        if type(self.value) is not int:
            self._wrong_kind(int)
        if self.value < minimum:
            self.fail(f"{self.value} lebih kecil dari {minimum}")
        if self.value > maximum:
            self.fail(f"angka ini lebih besar dari {maximum}")
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

    def _wrong_kind(self, expected: type, hint: str = "") -> NoReturn:
        self.fail(f"harus {KINDS[expected]}, bukan {_kind(self.value)}{hint}")


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
            element.fail(f"{code!r} sudah dipakai")
        seen.add(code)


def read_yaml(text: str, file: str) -> Place:
    """The document with the line of every value. Duplicate keys, aliases and tags are refused."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        # The commonest fault, in the reader's own language; for the others PyYAML has English alone.
        told = "tab dipakai sebagai jarak; pakai spasi" if "'\\t'" in str(error.problem) else error.problem
        raise CatalogueError(Problem(file, line, "", f"bukan YAML yang sah: {told}")) from error
    except yaml.YAMLError as error:
        raise CatalogueError(Problem(file, None, "", f"bukan YAML yang sah: {error}")) from error
    except RecursionError as error:
        raise CatalogueError(Problem(file, None, "", "bertingkat terlalu dalam")) from error
    if node is None:
        raise CatalogueError(Problem(file, None, "", "berkas kosong"))
    lines: dict[str, int] = {}
    try:
        value = _Plain(file, lines).read(node, "")
    except RecursionError as error:
        raise CatalogueError(Problem(file, None, "", "bertingkat terlalu dalam")) from error
    return Place(value, file, "", lines)


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
            self.fail(node, path, "rujukan YAML (& dan *) tidak dipakai di sini; tulis lengkap")
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode) and node.tag == "tag:yaml.org,2002:map":
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == "tag:yaml.org,2002:seq":
            return [self.read(child, f"{path}[{index}]") for index, child in enumerate(node.value)]
        if not isinstance(node, yaml.ScalarNode):
            self.fail(node, path, f"tanda {node.tag} tidak dikenal")
        return self.scalar(node, path)

    def mapping(self, node: yaml.MappingNode, path: str) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.fail(key_node, path, "kunci harus teks")
            key = self.scalar(key_node, path)
            inner = f"{path}.{key}" if path else str(key)
            if key in found:
                self.fail(key_node, inner, "kunci ditulis dua kali")
            self.lines[inner] = key_node.start_mark.line + 1
            found[key] = self.read(value_node, inner)
        return found

    def scalar(self, node: yaml.ScalarNode, path: str) -> Any:
        try:
            value = self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            self.fail(node, path, f"{node.value[:60]!r} tidak dapat dibaca: {str(error).splitlines()[0]}")
        if isinstance(value, str) and UNKEPT.search(value):
            self.fail(node, path, "memuat tanda yang tidak dapat disimpan")
        if value is not None and not isinstance(value, str | bool | int | float):
            self.fail(node, path, f"{node.value!r} terbaca sebagai {type(value).__name__}; beri tanda kutip")
        if isinstance(value, float) and value - value != 0:
            self.fail(node, path, f"{node.value!r} bukan bilangan")
        return value

    def fail(self, node: yaml.Node, path: str, message: str) -> NoReturn:
        raise CatalogueError(Problem(self.file, node.start_mark.line + 1, path, message))


def _kind(value: Any) -> str:
    if value is None:
        return "kosong"
    return KINDS.get(type(value), f"bilangan {value!r}")
