"""Writes docs/access-matrix.md from cases.matrix, for auditors; ``--check`` fails where the page is out of date."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import override

from cases.enums import Right, Section
from cases.matrix import BY_PROFESSION, MATRIX, Relation, given

PAGE = settings.BASE_DIR / "docs" / "access-matrix.md"
LETTERS = {Right.VIEW: "R", Right.EDIT: "W", Right.APPROVE: "A"}

# How somebody comes to stand in a relation, and how it ends: beside the code that decides it.
WHO: dict[Relation, tuple[str, str]] = {
    Relation.CASELOAD: (
        "Caseworker with a caseload grant: lead worker or co-worker.",
        "`assign` gives and takes it; the columns that lists use are written with it.",
    ),
    Relation.UNIT_SUPERVISOR: (
        "Supervisor of the case's lead unit.",
        "Follows the unit; ends when either moves.",
    ),
    Relation.STAND_IN: (
        "A supervisor of the agency's head office, where the unit's only supervisor is related to the participant.",
        "Begins with the declared tie, ends when it is ended.",
    ),
    Relation.COORDINATION: (
        "Analyst of BNPT; adults' deradicalisation cases only, never a child or a person whose age is in doubt.",
        "Follows case type and birth date.",
    ),
    Relation.DATA_ADMIN: ("Data admin of the case's lead agency, for merging and import.", "Follows the agency."),
    Relation.SHARING: (
        "Caseworker or supervisor to whom the case was shared, or whose unit it was shared with.",
        "From–until, for named sections only; renewed or revoked by the lead unit; ends with the consent it rests on.",
    ),
    Relation.CONFERENCE: (
        "Member of a case conference to whom sections were opened by its decision.",
        "As sharing. The only way in which a child's assessment leaves the lead agency.",
    ),
    Relation.BREAK_GLASS: (
        "Supervisor of another unit who gave a written reason.",
        "60 minutes, one case; told at once to the lead supervisor and the data-protection officer, who review it.",
    ),
    Relation.TRANSFER: (
        "Whoever worked on the case, or supervised it, when it moved to another unit.",
        "30 days from the acceptance, not renewed; the new lead unit may end it. Clinical notes only if they moved.",
    ),
    Relation.UNSEALED: (
        "The supervisor who asked for, or approved, the opening of a child's sealed file.",
        "Approved by the data-protection officer (or asked by that one), for a purpose; ends to the second by itself.",
    ),
    Relation.REFERRAL: (
        "Officer of a partner organisation that accepted a referral.",
        "Sees the referral's own page with the fields listed in it; opens no page of the case.",
    ),
    Relation.WORKING_LIST: (
        "Facilitator of a cohort, officer at a check-in desk.",
        "Sees name, code and tick box of the people due that day; opens no page of the case.",
    ),
    Relation.OVERSIGHT: (
        "Auditor or data-protection officer.",
        "Reads the journal and handles requests; every page of a case answers 404.",
    ),
    Relation.SYSTEM: ("The system user: jobs and time-outs.", "Nobody can sign in as it."),
}


def page() -> str:
    """The whole page as Markdown; English, with the Indonesian words that the screens show."""
    relations = list(Relation)
    lines = [
        "# Access matrix",
        "",
        "Written by `manage.py access_matrix` from `cases/matrix.py`; do not edit. A test compares the two.",
        "",
        "R read (lihat), W write (ubah), A approve (setujui), – nothing (tidak ada).",
        "What is not seen answers 404; what is seen but may not be done answers 403.",
        "",
        "| Section | Bagian | " + " | ".join(_english(relation.label) for relation in relations) + " |",
        "|---|---|" + "---|" * len(relations),
    ]
    for section in Section:
        cells = [_cell(relation, section) for relation in relations]
        lines.append(f"| {_english(section.label)} | {_indonesian(section.label)} | " + " | ".join(cells) + " |")
    by_profession = ", ".join(_english(section.label) for section in Section if section in BY_PROFESSION)
    lines += [
        "",
        f"\\* {by_profession}: whatever the relation, to psychologists only (I-16).",
        "Sharing, conference and emergency access give at most what stands here, and of that only the sections which",
        "the grant names.",
        "",
        "## Relations",
        "",
        "A role alone opens nothing: each person below is also of one agency and unit, and active.",
        "",
        "| Relation | Hubungan | Who | How it begins and ends |",
        "|---|---|---|---|",
    ]
    for relation in relations:
        who, how = WHO[relation]
        lines.append(f"| {_english(relation.label)} | {_indonesian(relation.label)} | {who} | {how} |")
    return "\n".join(lines) + "\n"


def _cell(relation: Relation, section: Section) -> str:
    rights = given(relation, section)
    letters = "".join(letter for right, letter in LETTERS.items() if right in rights)
    star = "\\*" if section in BY_PROFESSION and relation != Relation.SYSTEM else ""
    return f"{letters}{star}" if letters else "–"


def _english(label: Any) -> str:
    with override("en"):
        return str(label)


def _indonesian(label: Any) -> str:
    with override("id"):
        return str(label)


class Command(BaseCommand):
    help = "Write docs/access-matrix.md from cases.matrix; --check compares instead."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail where the page differs from the code")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        assert set(WHO) == set(MATRIX) == set(Relation), "each relation has a row and a sentence"
        text = page()
        if not check:
            PAGE.write_text(text, encoding="utf-8")
            self.stdout.write(f"{PAGE.relative_to(settings.BASE_DIR)} written")
        elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
            raise CommandError("docs/access-matrix.md differs from cases/matrix.py: run manage.py access_matrix")
