"""The menu of each role: which places, in which order, and which five of them a phone keeps at the bottom.

A template asks nothing about roles: it walks through `nav`. Numbers beside a place come from `COUNTS`; a
callable there is asked at most once a page, and only when the menu is drawn.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Role
from accounts.middleware import seconds_left
from accounts.models import Staff
from assessments.policies import drafts_for_publisher, has_queue, left_to_do
from cases.agenda import left_count
from cases.policies.breaches import open_breaches
from cases.policies.complaints import waiting_complaints
from cases.policies.emergency import unreviewed_by
from cases.policies.protection import openings_for
from cases.policies.requests import waiting_requests
from cases.policies.retention import waiting_signatures
from cases.policies.transfers import waiting_for
from partners.enums import ReferralStatus
from partners.policies import has_inbox, referrals_for


def _work_left(user: Staff) -> int:
    return left_count(user, timezone.now()) if user.role == Role.CASEWORKER else 0


def _to_answer(user: Staff) -> int:
    return referrals_for(user).filter(status=ReferralStatus.SENT).count() if has_inbox(user) else 0


def _to_open(user: Staff) -> int:
    """Requests of the other key holder to open a sealed file."""
    return openings_for(user).waiting().exclude(asked_as=user.role).count()


def _emergencies(user: Staff) -> int:
    """For the data-protection officer; a supervisor has them on the dashboard."""
    return unreviewed_by(user).count() if user.role == Role.DPO else 0


# Numbers beside a place of the menu, by its URL name: work that waits for this person, one small query each.
COUNTS: dict[str, Callable[[Staff], int]] = {
    "home": _work_left,
    "assessments:queue": lambda user: left_to_do(user) if has_queue(user) else 0,
    "assessments:instruments": lambda user: len(drafts_for_publisher(user)),
    "cases:rights-list": lambda user: waiting_requests(user) + waiting_complaints(user) + open_breaches(user),
    "partners:inbox": _to_answer,
    "cases:unseal-inbox": _to_open,
    "cases:break-glass-list": _emergencies,
    "cases:destruction-list": waiting_signatures,
    "cases:transfer-list": lambda user: waiting_for(user).count(),
}


@dataclass(frozen=True)
class Place:
    """One place of the menu: its URL name, what it is called, and a shorter word for the dock."""

    name: str
    label: Promise
    icon: str
    short: Promise | None = None
    is_home: bool = False  # "/" shows this place to the role
    is_due: bool = False  # its number is work that waits
    is_main: bool = False  # the middle of the dock: what the role does most


@dataclass(frozen=True)
class Group:
    title: Promise | str
    places: tuple[Place, ...]


TODAY = Place("home", _("Hari ini"), "sun", is_home=True, is_due=True)
MY_CASES = Place("cases:case-list", _("Kasus saya"), "folder", pgettext_lazy("jamak", "Kasus"))
UNIT_CASES = replace(MY_CASES, label=_("Kasus unit"))
ALL_CASES = replace(MY_CASES, label=pgettext_lazy("jamak", "Kasus"))
RELEASES = Place("cases:release-list", _("Akan bebas"), "calendar-days")
WRITE_NOTE = Place("cases:note-quick", _("Catat kontak"), "pencil-square", _("Catat"), is_main=True)
ASSESSMENTS = Place("assessments:queue", pgettext_lazy("jamak", "Penilaian"), "clipboard-document-check")
DECISIONS = Place("assessments:queue", _("Perlu keputusan"), "clipboard-document-check", _("Keputusan"), is_due=True)
PROGRAMMES = Place("programs:programme-list", pgettext_lazy("menu", "Program"), "academic-cap")
REFERRALS = Place("partners:referral-list", pgettext_lazy("menu", "Rujukan"), "paper-airplane")
INBOX = Place(
    "partners:inbox", _("Kotak masuk"), "inbox-arrow-down", pgettext_lazy("menu", "Rujukan"), is_home=True, is_due=True
)
PARTNERS = Place("partners:partner-list", pgettext_lazy("menu", "Mitra"), "building-storefront")
DASHBOARD = Place("reports:dashboard", _("Dasbor"), "squares-2x2", is_home=True)
REPORTS = Place("reports:report-list", _("Laporan triwulan"), "document-chart-bar", _("Laporan"))
QUALITY = Place("reports:quality", _("Mutu penilaian"), "scale")
DEFINITIONS = Place("reports:definitions", _("Definisi"), "book-open")
EXPORTS = Place("reports:export-list", _("Ekspor"), "arrow-up-tray")
JOURNAL = Place("cases:journal", _("Jurnal akses"), "finger-print", _("Jurnal"), is_home=True)
SEALED = Place("cases:sealed-list", _("Berkas tersegel"), "lock-closed")
OPENINGS = Place("cases:unseal-inbox", _("Berkas tersegel"), "lock-closed", _("Segel"), is_due=True)
TRANSFERS = Place("cases:transfer-list", _("Alih berkas"), "arrow-right-circle", is_due=True)
TIES = Place("cases:tie-list", _("Pernyataan hubungan"), "hand-raised")
DUPLICATES = Place("cases:pair-list", _("Data ganda"), "user-group")
EMERGENCY = Place("cases:emergency", _("Akses darurat"), "lifebuoy")
BREAK_GLASS = Place(
    "cases:break-glass-list", _("Tinjauan akses darurat"), "shield-exclamation", _("Tinjauan"), is_due=True
)
RIGHTS = Place("cases:rights-list", _("Pelindungan data"), "shield-check", _("Data"), is_due=True)
RETENTION = Place("cases:destruction-list", _("Retensi"), "archive-box", is_due=True)
BREACHES = Place("cases:breach-list", _("Insiden data"), "exclamation-triangle")
ACCOUNT = Place("accounts:profile", _("Akun dan keamanan"), "user-circle", _("Akun"))
HOLIDAYS = Place("accounts:holiday-list", _("Hari libur"), "calendar-days")
INSTRUMENTS = Place("assessments:instruments", _("Instrumen penilaian"), "clipboard-document-list", is_due=True)
STAFF = Place("accounts:staff-list", _("Petugas dan unit"), "users", pgettext_lazy("menu", "Petugas"))
HELP = Place("accounts:help", _("Bantuan"), "question-mark-circle")

MENUS: dict[str, tuple[Group, ...]] = {
    Role.CASEWORKER: (
        Group("", (TODAY, MY_CASES, ASSESSMENTS, RELEASES)),
        Group(_("Layanan"), (PROGRAMMES, REFERRALS, PARTNERS)),
        Group(_("Data"), (EXPORTS,)),
    ),
    Role.SUPERVISOR: (
        Group("", (DASHBOARD, DECISIONS, UNIT_CASES, RELEASES, TRANSFERS)),
        Group(_("Layanan"), (PROGRAMMES, REFERRALS, PARTNERS)),
        Group(_("Unit"), (REPORTS, QUALITY, EXPORTS, EMERGENCY, BREAK_GLASS, SEALED, TIES, BREACHES, RETENTION)),
    ),
    Role.DATA_ADMIN: (
        Group("", (replace(REPORTS, is_home=True), DEFINITIONS, EXPORTS)),
        Group(_("Data"), (DUPLICATES, RETENTION, STAFF, HOLIDAYS, INSTRUMENTS)),
    ),
    Role.ANALYST: (Group("", (replace(REPORTS, is_home=True), DEFINITIONS, ALL_CASES, RELEASES, PARTNERS)),),
    Role.FIELD_OFFICER: (Group("", (INBOX, PROGRAMMES, PARTNERS)),),
    Role.AUDITOR: (Group("", (JOURNAL, BREAK_GLASS, RIGHTS, RETENTION, QUALITY, INSTRUMENTS)),),
    Role.DPO: (
        Group("", (replace(RIGHTS, is_home=True), BREAK_GLASS, OPENINGS, RETENTION, replace(JOURNAL, is_home=False))),
        Group("", (INSTRUMENTS,)),
    ),
}

# At most four; "Lainnya" is the fifth.
DOCKS: dict[str, tuple[Place, ...]] = {
    Role.CASEWORKER: (TODAY, MY_CASES, WRITE_NOTE, ASSESSMENTS),
    Role.SUPERVISOR: (DASHBOARD, UNIT_CASES, replace(DECISIONS, is_main=True), REPORTS),
    Role.DATA_ADMIN: (DEFINITIONS, STAFF, replace(REPORTS, is_home=True, is_main=True), ACCOUNT),
    Role.ANALYST: (ALL_CASES, PARTNERS, replace(REPORTS, is_home=True, is_main=True), DEFINITIONS),
    Role.FIELD_OFFICER: (PROGRAMMES, PARTNERS, replace(INBOX, is_main=True), HELP),
    Role.AUDITOR: (HELP, replace(JOURNAL, is_main=True), RIGHTS, ACCOUNT),
    Role.DPO: (BREAK_GLASS, OPENINGS, replace(RIGHTS, is_home=True, is_main=True), replace(JOURNAL, is_home=False)),
}

SEARCHING = (Role.CASEWORKER, Role.SUPERVISOR)


class Item:
    """A place as one person sees it on one page."""

    def __init__(self, place: Place, navigation: "Navigation") -> None:
        self.place, self.navigation = place, navigation
        self.label, self.icon = place.label, place.icon
        self.short_label = place.short or place.label
        self.is_due, self.is_main = place.is_due, place.is_main
        self.url = reverse(place.name)

    @property
    def current(self) -> str:
        """Value of aria-current: "page" here, "true" somewhere below this place, "" elsewhere."""
        path = self.navigation.path
        if path == self.url or (path == "/" and self.place.is_home):
            return "page"
        return "true" if self.navigation.nearest == self.url else ""

    @property
    def count(self) -> int:
        return self.navigation.count(self.place.name)


@dataclass(frozen=True)
class ItemGroup:
    title: Promise | str
    items: list[Item]


class Navigation:
    """What the shell of a page shows around it."""

    def __init__(self, staff: Staff, path: str, session_left: int = 0, *, is_gated: bool = False) -> None:
        self.staff, self.path, self.session_left = staff, path, session_left
        # Before the second factor and the code of conduct there is no place to go to, and no number to read.
        self.has_menu = not is_gated
        self.demo = settings.DEMO
        self._counts: dict[str, int] = {}

    def count(self, name: str) -> int:
        """The number beside a place; side bar and dock ask for the same one, the database is asked once."""
        if name not in self._counts:
            ask = COUNTS.get(name)
            self._counts[name] = ask(self.staff) if ask else 0
        return self._counts[name]

    @cached_property
    def groups(self) -> list[ItemGroup]:
        return [
            ItemGroup(group.title, [Item(place, self) for place in group.places])
            for group in (MENUS.get(self.staff.role, ()) if self.has_menu else ())
        ]

    @cached_property
    def dock(self) -> list[Item]:
        return [Item(place, self) for place in DOCKS.get(self.staff.role, ())] if self.has_menu else []

    @cached_property
    def nearest(self) -> str:
        """The place whose address is the longest beginning of this page's."""
        below = [item.url for item in self._items() if item.url != "/" and self.path.startswith(item.url)]
        return max(below, key=len, default="")

    @property
    def search_url(self) -> str:
        """Where the search box of the top bar leads; empty for roles that do not search in cases."""
        return reverse("cases:case-list") if self.has_menu and self.staff.role in SEARCHING else ""

    @property
    def place(self) -> str:
        """The line below the person's name."""
        return f"{self.staff.get_role_display()} · {self.staff.unit.short_name}"

    def _items(self) -> Iterator[Item]:
        for group in self.groups:
            yield from group.items
        yield from self.dock


def navigation(request: HttpRequest) -> dict[str, Navigation | None]:
    """Context processor: `nav`, or None before sign-in."""
    user = getattr(request, "user", None)
    if not isinstance(user, Staff):
        return {"nav": None}
    is_gated = getattr(request, "is_gated", False)
    return {"nav": Navigation(user, request.path, seconds_left(request), is_gated=is_gated)}
