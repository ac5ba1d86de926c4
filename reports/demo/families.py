"""Families: of the people whose story is told, and of some of the others, mostly by name alone."""

from __future__ import annotations

from cases.enums import CaseType, Sex
from cases.enums.household import Kinship
from cases.models import Household, HouseholdMember
from reports.demo.book import dice
from reports.demo.tale import Story, World

TOLD = {
    # Wife, two children and the mother: the family of the daily round in Malang.
    "K7M4-29QX": (
        ("Sri Rahayu", Sex.FEMALE, 1994, Kinship.SPOUSE, {}),
        ("Galih Pratama", Sex.MALE, 2018, Kinship.CHILD, {}),
        ("Ayu Lestari", Sex.FEMALE, 2021, Kinship.CHILD, {}),
        ("Mbah Karto", "", 1958, Kinship.PARENT, {"lives_together": False}),
    ),
    # A child who came back, her aunt who cares for her, and a father who may not consent for her.
    "A4HT-72NC": (
        ("Retno Wulandari", Sex.FEMALE, 1989, Kinship.HEAD, {"is_guardian": True}),
        (
            "Darto Pertiwi",
            Sex.MALE,
            1985,
            Kinship.PARENT,
            {"lives_together": False, "is_guardian": True, "guardian_conflict": True},
        ),
    ),
}
SHARE_WITH_FAMILY = 0.4


def tell(world: World) -> None:
    for story in world.stories:
        if story.case.case_type == CaseType.VICTIM:
            continue  # her family is nobody's business here
        stream = dice("family", story.key or story.case.code)
        told = TOLD.get(story.case.code)
        if told is not None:
            own = Kinship.GRANDCHILD if story.is_child else Kinship.HEAD
            _write_down(world, story, own, told)
        elif not story.is_child and stream.random() < SHARE_WITH_FAMILY and _first_of_person(world, story):
            woman = story.person.sex == Sex.MALE
            name = world.names.adult(stream, woman=woman)
            year = (story.person.birth_date.year if story.person.birth_date else 1985) + stream.randrange(0, 6)
            sex = Sex.FEMALE if woman else Sex.MALE
            own, other = (Kinship.HEAD, Kinship.SPOUSE) if woman else (Kinship.SPOUSE, Kinship.HEAD)
            _write_down(world, story, own, ((name, sex, year, other, {}),))


def _first_of_person(world: World, story: Story) -> bool:
    """One household a person, whatever the number of files."""
    return next(other for other in world.stories if other.person is story.person) is story


def _write_down(world: World, story: Story, own: Kinship, others: tuple) -> None:
    assert story.worker is not None or story.team.lead is not None
    at = story.case.opened_at
    maker = story.worker or story.team.lead
    household = world.book.add(Household(created_by=maker), at=at)
    # No registry counts up to this serial number.
    household.kk = f"{story.district.replace('.', '')[:6]}0101{story.opened.year % 100:02}9990"
    home = {"household": household, "agency": story.unit.agency, "joined_on": story.opened}
    world.book.add(HouseholdMember(participant=story.person, kinship=own, **home), at=at)
    for name, sex, year, kinship, more in others:
        world.book.add(HouseholdMember(name=name, sex=sex, birth_year=year, kinship=kinship, **home, **more), at=at)
