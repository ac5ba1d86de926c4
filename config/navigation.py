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
from accounts.models import Staff
from assessments.policies import has_queue, own_for, queue_for
from cases.agenda import left_count
from partners.enums import ReferralStatus
from partners.policies import has_inbox, referrals_for


def _work_left(user: Staff) -> int:
    return left_count(user, timezone.now()) if user.role == Role.CASEWORKER else 0


def _to_answer(user: Staff) -> int:
    return referrals_for(user).filter(status=ReferralStatus.SENT).count() if has_inbox(user) else 0


def _assessments(user: Staff) -> int:
    """What a supervisor must decide, or what a rater has begun."""
    mine = queue_for if user.role == Role.SUPERVISOR else own_for
    return mine(user).count() if has_queue(user) else 0


# Numbers beside a place of the menu, by its URL name: work that waits for this person, one small query each.
COUNTS: dict[str, Callable[[Staff], int]] = {
    "home": _work_left,
    "assessments:queue": _assessments,
    "partners:inbox": _to_answer,
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
MY_CASES = Place("cases:case-list", _("Kasus saya"), "folder", _("Kasus"))
UNIT_CASES = replace(MY_CASES, label=_("Kasus unit"))
ALL_CASES = replace(MY_CASES, label=_("Kasus"))
WRITE_NOTE = Place("cases:note-quick", _("Catat kontak"), "pencil-square", _("Catat"), is_main=True)
ASSESSMENTS = Place("assessments:queue", _("Penilaian"), "clipboard-document-check")
DECISIONS = Place("assessments:queue", _("Perlu keputusan"), "clipboard-document-check", _("Keputusan"), is_due=True)
PROGRAMMES = Place("programs:programme-list", pgettext_lazy("menu", "Program"), "academic-cap")
REFERRALS = Place("partners:referral-list", pgettext_lazy("menu", "Rujukan"), "paper-airplane")
INBOX = Place("partners:inbox", _("Kotak masuk"), "inbox-arrow-down", _("Rujukan"), is_home=True, is_due=True)
PARTNERS = Place("partners:partner-list", pgettext_lazy("menu", "Mitra"), "building-storefront")
DASHBOARD = Place("reports:dashboard", _("Dasbor"), "squares-2x2", is_home=True)
REPORTS = Place("reports:report-list", _("Laporan triwulan"), "document-chart-bar", _("Laporan"))
DEFINITIONS = Place("reports:definitions", _("Definisi"), "book-open")
JOURNAL = Place("accounts:journal", _("Jurnal masuk"), "finger-print", _("Jurnal"), is_home=True)
ACCOUNT = Place("accounts:profile", _("Akun dan keamanan"), "user-circle", _("Akun"))
HELP = Place("accounts:help", _("Bantuan"), "question-mark-circle")

MENUS: dict[str, tuple[Group, ...]] = {
    Role.CASEWORKER: (
        Group("", (TODAY, MY_CASES, ASSESSMENTS)),
        Group(_("Layanan"), (PROGRAMMES, REFERRALS, PARTNERS)),
    ),
    Role.SUPERVISOR: (
        Group("", (DASHBOARD, DECISIONS, UNIT_CASES)),
        Group(_("Layanan"), (PROGRAMMES, REFERRALS, PARTNERS)),
        Group(_("Unit"), (REPORTS,)),
    ),
    Role.DATA_ADMIN: (Group("", (replace(REPORTS, is_home=True), DEFINITIONS)),),
    Role.ANALYST: (Group("", (replace(REPORTS, is_home=True), DEFINITIONS, ALL_CASES, PARTNERS)),),
    Role.FIELD_OFFICER: (Group("", (INBOX, PROGRAMMES, PARTNERS)),),
    Role.AUDITOR: (Group("", (JOURNAL,)),),
    Role.DPO: (Group("", (JOURNAL,)),),
}

# At most four; "Lainnya" is the fifth.
DOCKS: dict[str, tuple[Place, ...]] = {
    Role.CASEWORKER: (TODAY, MY_CASES, WRITE_NOTE, ASSESSMENTS),
    Role.SUPERVISOR: (DASHBOARD, UNIT_CASES, replace(DECISIONS, is_main=True), REPORTS),
    Role.DATA_ADMIN: (DEFINITIONS, HELP, replace(REPORTS, is_home=True, is_main=True), ACCOUNT),
    Role.ANALYST: (ALL_CASES, PARTNERS, replace(REPORTS, is_home=True, is_main=True), DEFINITIONS),
    Role.FIELD_OFFICER: (PROGRAMMES, PARTNERS, replace(INBOX, is_main=True), HELP),
    Role.AUDITOR: (HELP, replace(JOURNAL, is_main=True), ACCOUNT),
    Role.DPO: (HELP, replace(JOURNAL, is_main=True), ACCOUNT),
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

    def __init__(self, staff: Staff, path: str) -> None:
        self.staff, self.path = staff, path
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
            for group in MENUS.get(self.staff.role, ())
        ]

    @cached_property
    def dock(self) -> list[Item]:
        return [Item(place, self) for place in DOCKS.get(self.staff.role, ())]

    @cached_property
    def nearest(self) -> str:
        """The place whose address is the longest beginning of this page's."""
        below = [item.url for item in self._items() if item.url != "/" and self.path.startswith(item.url)]
        return max(below, key=len, default="")

    @property
    def search_url(self) -> str:
        """Where the search box of the top bar leads; empty for roles that do not search in cases."""
        return reverse("cases:case-list") if self.staff.role in SEARCHING else ""

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
    return {"nav": Navigation(user, request.path) if isinstance(user, Staff) else None}
