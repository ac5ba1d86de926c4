"""Who works in the demo: the accounts of the sign-in page and enough colleagues to carry the cases."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts import models as accounts
from accounts.conduct import CURRENT
from accounts.enums import AgencyKind, Profession, Role, UnitKind, Zone
from accounts.models import Agency, ConductAcceptance, Staff, StaffTraining, Unit
from reports.demo.book import Book, code, dice, with_code
from reports.demo.clock import Clock
from reports.demo.names import Names

TITI_HARAPAN = "titi-harapan"
PASSWORD = "titian-demo"  # noqa: S105 -- shown on the sign-in page of the demo
PK, PEKSOS = Profession.PK_BAPAS, Profession.PEKERJA_SOSIAL

# username, full name, unit, role, profession: the accounts that everybody knows.
ACCOUNTS = (
    ("pk.malang", "Ratna Kusuma", "bps-mlg", Role.CASEWORKER, PK),
    ("pk2.malang", "Dimas Ardianto", "bps-mlg", Role.CASEWORKER, PK),
    ("pk3.malang", "Lina Marlina", "bps-mlg", Role.CASEWORKER, PK),
    ("kabapas.malang", "Tri Wahyuni", "bps-mlg", Role.SUPERVISOR, PK),
    ("peksos.handayani", "Nurul Fitria", "st-handayani-jakarta", Role.CASEWORKER, PEKSOS),
    ("pokja.handayani", "Endah Palupi", "st-handayani-jakarta", Role.SUPERVISOR, PEKSOS),
    ("psikolog.handayani", "Maya Puspita Dewi", "st-handayani-jakarta", Role.CASEWORKER, Profession.PSIKOLOG),
    ("pk.palu", "Yohana Lasimpo", "bps-plu", Role.CASEWORKER, PK),
    ("kabapas.palu", "Herman Tandi", "bps-plu", Role.SUPERVISOR, PK),
    ("pendamping.bnpt", "Gatra Mahendra", "derad-luar-lapas", Role.CASEWORKER, Profession.ASESOR_BNPT),
    ("koordinator.bnpt", "Retno Palupi", "derad-luar-lapas", Role.SUPERVISOR, Profession.ASESOR_BNPT),
    ("petugas.titiharapan", "Yuni Astuti", TITI_HARAPAN, Role.FIELD_OFFICER, Profession.PETUGAS_LAPANGAN),
    ("analis.bnpt", "Nina Kartika", "pusat-bnpt", Role.ANALYST, Profession.ANALIS),
    ("admin.ditjenpas", "Joko Susilo", "pusat-ditjenpas", Role.DATA_ADMIN, Profession.ADMINISTRASI),
    ("admin.kemensos", "Wiwin Hartati", "pusat-kemensos", Role.DATA_ADMIN, Profession.ADMINISTRASI),
    ("admin.bnpt", "Rendra Sasongko", "pusat-bnpt", Role.DATA_ADMIN, Profession.ADMINISTRASI),
    ("pusat.ditjenpas", "Dewi Anggraini", "pusat-ditjenpas", Role.SUPERVISOR, Profession.ANALIS),
    ("pusat.kemensos", "Bambang Laksono", "pusat-kemensos", Role.SUPERVISOR, Profession.ANALIS),
    ("pusat.bnpt", "Sekar Ayuningtyas", "pusat-bnpt", Role.SUPERVISOR, Profession.ANALIS),
    ("auditor", "Rina Wardhani", "pusat-bnpt", Role.AUDITOR, Profession.ADMINISTRASI),
    ("dpo", "Fajar Nugraha", "pusat-bnpt", Role.DPO, Profession.ADMINISTRASI),
)

# Colleagues with generated names: unit, the word of the username, how many more caseworkers. Each unit gets a
# supervisor unless it has one above.
COLLEAGUES = (
    ("bps-sby", "surabaya", 3),
    ("bps-ska", "surakarta", 3),
    ("bps-tng", "tangerang", 2),
    ("bps-srg", "serang", 2),
    ("bps-plg", "palembang", 1),
    ("bps-mdn", "medan", 2),
    ("bps-bdg", "bandung", 3),
    ("bps-plu", "palu", 1),
    ("bps-grt", "garut", 1),
    ("bps-pku", "pekanbaru", 1),
    ("bps-ptk", "pontianak", 1),
    ("bps-trk", "tarakan", 1),
    ("bps-mtr", "mataram", 1),
    ("bps-bpn", "balikpapan", 1),
    ("bps-bna", "bandaaceh", 1),
    ("bps-lht", "lahat", 1),
    ("bps-bdl", "lampung", 1),
    ("bps-dps", "denpasar", 1),
    ("st-handayani-jakarta", "handayani", 3),
    ("st-nipotowe-palu", "nipotowe", 2),
    ("st-pangudi-luhur-bekasi", "bekasi", 1),
    ("derad-luar-lapas", "bnpt", 1),
)
# unit, name, coordinator
POKJA = (
    ("st-handayani-jakarta", "Pokja Rehabilitasi Anak dan Keluarga", "pokja.handayani"),
    ("bps-mlg", "Pokja Pembimbingan Klien Terorisme", "kabapas.malang"),
)


@dataclass
class Team:
    """The staff of a unit."""

    unit: Unit
    workers: list[Staff] = field(default_factory=list)
    supervisor: Staff | None = None

    @property
    def lead(self) -> Staff:
        assert self.supervisor is not None
        return self.supervisor


@dataclass
class People:
    by_username: dict[str, Staff]
    teams: dict[str, Team]

    def __getitem__(self, username: str) -> Staff:
        return self.by_username[username]


def _titi_harapan(at: dt.datetime) -> None:
    times = {"created_at": at, "updated_at": at}
    agency = Agency.objects.create(code=TITI_HARAPAN, name="Yayasan Titi Harapan", kind=AgencyKind.CSO, **times)
    Unit.objects.create(
        agency=agency,
        code=TITI_HARAPAN,
        name="Yayasan Titi Harapan, Poso",
        short_name="Titi Harapan",
        kind=UnitKind.CSO_OFFICE,
        region_id="72.02",
        timezone=Zone.WITA,
        group=Group.objects.get_or_create(name=f"unit:{TITI_HARAPAN}")[0],
        **times,
    )


def hire(book: Book, clock: Clock, names: Names) -> People:
    """Write all accounts; one hash of the demo password serves them all, because Argon2 is slow on purpose."""
    joined = clock.at(clock.beginning - dt.timedelta(days=400), 8)
    _titi_harapan(joined)
    units = {unit.code: unit for unit in Unit.objects.select_related("agency", "group")}
    password = make_password(PASSWORD)
    people: list[Staff] = []

    def hire_one(username: str, name: str, unit: Unit, role: Role, profession: Profession) -> None:
        number = len(people) + 1
        person = Staff(
            username=username,
            full_name=name,
            email=f"{username}@contoh.test",
            password=password,
            unit=unit,
            role=role,
            profession=profession,
            staff_no=f"19{80 + number % 15}{number:04d}",
            licence_no=f"SIPPS-{number:04d}" if profession == PEKSOS else "",
            assessor_since=joined.date() if role == Role.CASEWORKER else None,
            date_joined=joined,
            conduct_version=CURRENT.number,
        )
        # A stream of their own: codes of staff shift no code of a case.
        with_code(person, code(dice("staff code", username)))
        people.append(book.add(person, at=joined))
        # This version is younger than most accounts.
        promised_at = max(joined, clock.at(clock.day(-30), 8))
        promised = ConductAcceptance(staff=person, version=CURRENT.number, language="id", accepted_at=promised_at)
        book.add(promised, at=promised_at)

    for username, name, unit_code, role, profession in ACCOUNTS:
        hire_one(username, name, units[unit_code], role, profession)
    supervised = {person.unit.code for person in people if person.role == Role.SUPERVISOR}
    for unit_code, word, count in COLLEAGUES:
        unit, stream = units[unit_code], dice("staff", unit_code)
        province = unit.region_id or ""
        is_bapas = unit.kind == UnitKind.BAPAS
        profession = PK if is_bapas else Profession.ASESOR_BNPT if unit.agency.code == "bnpt" else PEKSOS
        title = "pk" if is_bapas else "pendamping" if unit.agency.code == "bnpt" else "peksos"
        have = sum(person.unit == unit and person.role == Role.CASEWORKER for person in people)
        for number in range(have + 1, have + count + 1):
            name = names.adult(stream, woman=stream.random() < 0.5, province=province)
            username = f"{title}{number if number > 1 else ''}.{word}"
            hire_one(username, name, unit, Role.CASEWORKER, profession)
        if unit_code not in supervised:
            name = names.adult(stream, woman=stream.random() < 0.5, province=province)
            hire_one(f"{'kabapas' if is_bapas else 'pokja'}.{word}", name, unit, Role.SUPERVISOR, profession)
    people[-1].active_until = clock.day(20)  # somebody's posting ends soon
    _train(book, clock, people)
    teams: dict[str, Team] = {}
    for person in people:
        team = teams.setdefault(person.unit.code, Team(person.unit))
        if person.role == Role.SUPERVISOR:
            team.supervisor = person
        elif person.role == Role.CASEWORKER:
            team.workers.append(person)
    return People({person.username: person for person in people}, teams)


def _train(book: Book, clock: Clock, people: list[Staff]) -> None:
    """Raters and their courses: most hold a valid one, a few have let it run out (IND-S2)."""
    for person in people:
        if person.role not in (Role.CASEWORKER, Role.SUPERVISOR) or person.profession == Profession.ANALIS:
            continue
        stream = dice("training", person.username)
        codes = ["PRK-D"] if person.profession in (PK, Profession.ASESOR_BNPT) else ["PRK-D", "PKA"]
        for instrument in codes:
            lapsed = stream.random() < 0.08 and person.username not in ("pk.malang", "peksos.handayani")
            finished = clock.day(-1_150 if lapsed else -stream.randint(120, 700))
            book.add(
                StaffTraining(
                    staff=person,
                    title=f"Pelatihan penilai {instrument}",
                    instrument_code=instrument,
                    completed_on=finished,
                    valid_until=finished + dt.timedelta(days=1_095),
                ),
                at=clock.at(finished, 15),
            )


def form_pokja(clock: Clock, people: People) -> int:
    """A working group at the units that everybody visits; written once their people are."""
    for unit_code, name, coordinator in POKJA:
        workers = people.teams[unit_code].workers
        team = accounts.Team(
            unit=people.teams[unit_code].unit,
            name=name,
            coordinator=people[coordinator],
            secretary=workers[0],
            created_at=clock.at(clock.beginning, 8),
            updated_at=clock.at(clock.beginning, 8),
        )
        with_code(team, code(dice("pokja", unit_code))).save()
        team.members.set(workers)
    return len(POKJA)
