"""A family written down: members with a file, and names alone."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Staff
from cases import policies
from cases.enums import CaseType, EventKind, ReferralSource, Right, Section
from cases.enums.household import Kinship
from cases.models import CaseFile, Household, HouseholdMember
from cases.policies import household as rules
from cases.workflow.apart import hold
from cases.workflow.casefile import open_case
from cases.workflow.events import record
from core.acting import beyond_own_sight
from core.workflow import TransitionError, lock, lock_version

# Otherwise somebody who was typed would be missing without a word.
USED = _("Formulir ini sudah dipakai. Buka kembali halamannya, lalu tulis sekali lagi.")


@dataclass(frozen=True)
class NewMember:
    """One line of the family form: ``case_type`` gives the person a file, ``case`` is one that stands; else the name
    alone is kept."""

    client_id: uuid.UUID
    kinship: Kinship
    name: str = ""
    sex: str = ""
    birth_year: int | None = None
    lives_together: bool = True
    is_guardian: bool = False
    guardian_conflict: bool = False
    case_type: CaseType | None = None
    case: CaseFile | None = None
    person: dict[str, Any] | None = None


@transaction.atomic
def add_members(
    case: CaseFile, members: list[NewMember], *, by: Staff, own_kinship: Kinship = Kinship.HEAD
) -> list[HouseholdMember]:
    """Write the family of the participant down: one household, a row for each, a case for those who get one.

    All or nothing, and nothing twice: what the same form has already stored is returned as it is.
    """
    # People before cases, as a corrected birth date locks them; two files of one person found one household.
    hold([case.participant_id, *(member.case.participant_id for member in members if member.case is not None)])
    case = lock(case)
    policies.require(by, Right.EDIT, case, Section.IDENTITY)
    household = rules.household_of(case) or _found(case, by=by, kinship=own_kinship)
    written = [_add(household, case, member, by=by) for member in members]
    if len(set(written)) < len(members):
        raise TransitionError(USED)
    record(case, EventKind.HOUSEHOLD, by=by, section=Section.IDENTITY)
    return written


def _found(case: CaseFile, *, by: Staff, kinship: Kinship) -> Household:
    household = Household.objects.create(created_by=by)
    HouseholdMember.objects.create(
        household=household, participant=case.participant, kinship=kinship, agency=case.lead_agency
    )
    return household


def _add(household: Household, case: CaseFile, member: NewMember, *, by: Staff) -> HouseholdMember:
    with beyond_own_sight():  # the number of somebody else's form is refused, not taken twice
        existing = HouseholdMember.objects.filter(client_id=member.client_id).first()
    if existing is not None:
        if existing.household_id != household.pk:
            raise TransitionError(USED)
        return existing
    theirs = member.case
    if theirs is None and member.case_type is not None:
        theirs = open_case(
            by=by,
            case_type=member.case_type,
            person=member.person,
            referral_source=ReferralSource(case.referral_source),
            client_id=member.client_id,
        )
    elif theirs is not None:
        policies.require(by, Right.EDIT, theirs, Section.IDENTITY)
    if rules.mixes(household, theirs):
        raise TransitionError(_("Penyintas dicatat terpisah dari keluarga pelaku, demi keamanannya."))
    who: dict[str, Any] = {"participant": theirs.participant} if theirs is not None else _named(member)
    try:
        with transaction.atomic():
            return HouseholdMember.objects.create(
                household=household,
                client_id=member.client_id,
                kinship=member.kinship,
                lives_together=member.lives_together,
                is_guardian=member.is_guardian,
                guardian_conflict=member.guardian_conflict,
                agency=case.lead_agency,
                **who,
            )
    except IntegrityError as error:
        if "one_household_at_a_time" not in str(error):
            raise
        raise TransitionError(_("Orang ini sudah tercatat dalam rumah tangga lain.")) from error


def _named(member: NewMember) -> dict[str, Any]:
    return {"name": member.name, "sex": member.sex, "birth_year": member.birth_year}


@transaction.atomic
def amend_member(
    case: CaseFile, member: HouseholdMember, *, by: Staff, version: int, **fields: Any
) -> HouseholdMember:
    """Change one member; StaleError where somebody has saved since ``version``."""
    _require(case, member, by)
    member = lock_version(member, version)
    for name, value in fields.items():
        setattr(member, name, value)
    member.save()
    record(case, EventKind.HOUSEHOLD, by=by, section=Section.IDENTITY)
    return member


@transaction.atomic
def end_member(case: CaseFile, member: HouseholdMember, *, by: Staff, on: dt.date) -> HouseholdMember:
    """The person no longer belongs to the household from ``on``; the row stays on record."""
    _require(case, member, by)
    member = lock(member)
    if member.left_on is not None:
        raise TransitionError(_("Anggota ini sudah tidak tercatat lagi dalam rumah tangga."))
    member.left_on = max(on, member.joined_on)
    member.version += 1
    member.save()
    record(case, EventKind.HOUSEHOLD, by=by, section=Section.IDENTITY)
    return member


@transaction.atomic
def set_family_card(case: CaseFile, *, by: Staff, version: int, kk: str) -> Household:
    """Keep the number of the family card, sealed; empty takes it away."""
    policies.require(by, Right.EDIT, case, Section.IDENTITY)
    household = rules.household_of(case)
    if household is None:
        raise TransitionError(_("Catat keluarganya dahulu."))
    household = lock_version(household, version)
    household.kk = kk
    household.save()
    record(case, EventKind.HOUSEHOLD, by=by, section=Section.IDENTITY)
    return household


def _require(case: CaseFile, member: HouseholdMember, by: Staff) -> None:
    """Whoever may change the identity in ``case`` changes the rows of its household that they see."""
    policies.require(by, Right.EDIT, case, Section.IDENTITY)
    household = rules.household_of(case)
    if household is None or not rules.members_for(by, household).filter(pk=member.pk).exists():
        raise TransitionError(_("Anggota ini tidak tercatat dalam rumah tangga peserta."))
    if member.participant_id is not None:
        own = policies.cases_for(by, Right.EDIT, Section.IDENTITY).filter(participant=member.participant_id)
        if not own.exists():  # a relative's case gives no right that the person's own case withholds
            raise TransitionError(_("Data orang ini tidak dapat Anda ubah."))
