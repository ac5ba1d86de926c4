"""Opening a case to others for a time: sections, basis, purpose, from and until; renewing it and taking it back.

Expiry needs no job: a grant gives nothing from the second in which it ends (cases.models.grants).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import JournalAction
from accounts.models import Staff, Unit
from accounts.workflow import write_journal
from cases import notifications
from cases.enums import EventKind, GrantSource, LegalBasis, Section
from cases.enums.sharing import ConferenceKind
from cases.matrix import Relation
from cases.models import CaseConference, CaseFile, CaseGroupGrant, CaseUserGrant, Consent
from cases.policies import sharing as policies
from cases.policies import view_permission
from cases.workflow.consent import CONSENT_ENDED
from cases.workflow.events import record
from core.workflow import TransitionError, lock

Grant = policies.Grant
# A form that was opened a while ago may say "from now".
PATIENCE = dt.timedelta(minutes=5)
CHILDS = _("Berkas anak hanya dibagikan dengan keputusan pembahasan kasus.")


def end_of_consent(consent: Consent) -> dt.datetime | None:
    """The first moment after its last day where the case's unit is; None where it has no end."""
    if consent.valid_until is None:
        return None
    after = consent.valid_until + dt.timedelta(days=1)
    return dt.datetime.combine(after, dt.time.min, tzinfo=consent.case.lead_unit.zone)


@transaction.atomic
def share(
    case: CaseFile,
    *,
    by: Staff,
    to: Staff | Unit,
    sections: Iterable[Section],
    basis: LegalBasis,
    purpose: str,
    until: dt.datetime,
    starts_at: dt.datetime | None = None,
    consent: Consent | None = None,
) -> Grant:
    """Open ``sections`` to one person or to the caseworkers and supervisors of one unit, to read."""
    case = lock(case)
    policies.require_sharing(by, case)
    if case.for_child:
        raise TransitionError(CHILDS)
    unit = to if isinstance(to, Unit) else to.unit
    policies.require_unit(by, case, unit)
    _require_receiver(to)
    chosen = _chosen(by, case, sections, Relation.SHARING)
    if policies.sections_for(to, chosen) != chosen:
        raise TransitionError(_("Catatan klinis hanya dapat dibagikan kepada seorang psikolog."))
    fields = _terms(
        case, chosen, basis=basis, purpose=purpose, until=until, starts_at=starts_at, consent=consent, to=to
    )
    if any(_is_for(grant, to) and not grant.is_over for grant in policies.shares_of(case)):
        raise TransitionError(_("Berkas ini sudah dibagikan kepada penerima itu. Perpanjang atau cabut dahulu."))
    grant = _give(case, to, by=by, source=GrantSource.SHARING, **fields)
    record(case, EventKind.ACCESS_SHARED, by=by, section=Section.ACCESS, summary=str(to), path=_path(case))
    return grant


@transaction.atomic
def hold_conference(
    case: CaseFile,
    *,
    by: Staff,
    kind: ConferenceKind,
    title: str,
    held_at: dt.datetime,
    members: Iterable[Staff],
    sections: Iterable[Section],
    basis: LegalBasis,
    until: dt.datetime,
    consent: Consent | None = None,
) -> CaseConference:
    """Write down a conference and open to its members the sections that it decided on; the only way for a child."""
    case = lock(case)
    policies.require_decision(by, case)
    people = list(members)
    if held_at > timezone.now() + PATIENCE:
        raise TransitionError(_("Keputusan dicatat sesudah pembahasan berlangsung."))
    if not people:
        raise TransitionError(_("Pilih anggota pembahasan."))
    chosen = _chosen(by, case, sections, Relation.CONFERENCE)
    fields = _terms(case, chosen, basis=basis, purpose=title, until=until, starts_at=None, consent=consent, to=None)
    conference = CaseConference.objects.create(case=case, kind=kind, title=title, held_at=held_at, called_by=by)
    conference.members.set(people)
    for person in people:
        policies.require_unit(by, case, person.unit)
        _require_receiver(person)
        own = {"sections": [section.value for section in policies.sections_for(person, chosen)]}
        _give(case, person, by=by, source=GrantSource.CONFERENCE, conference=conference, **(fields | own))
    record(case, EventKind.CONFERENCE, by=by, section=Section.ACCESS, summary=title, path=_path(case), at=held_at)
    return conference


@transaction.atomic
def lend(
    case: CaseFile, to: Staff, *, by: Staff, sections: Iterable[Section], purpose: str, until: dt.datetime
) -> CaseUserGrant:
    """Open ``sections`` to one person for a task that a higher app gives; that move has asked its own policy."""
    if case.restricted_at is not None:
        raise TransitionError(_("Pemrosesan data kasus ini dibatasi atas permintaan peserta."))
    _require_receiver(to)
    now = timezone.now()
    grant = _give(
        case,
        to,
        by=by,
        source=GrantSource.SHARING,
        sections=[section.value for section in policies.sections_for(to, list(sections))],
        lawful_basis=case.legal_basis,
        reason=purpose,
        granted_at=now,
        starts_at=now,
        expires_at=until,
    )
    record(case, EventKind.ACCESS_SHARED, by=by, section=Section.ACCESS, summary=str(to), path=_path(case))
    assert isinstance(grant, CaseUserGrant)
    return grant


@transaction.atomic
def take_back(case: CaseFile, grant: CaseUserGrant, *, by: Staff) -> None:
    """End what was lent; a grant that is over stays as it ended."""
    held = _lock(grant)
    if not held.is_over:
        _close(case, held, by=by, reason="")


@transaction.atomic
def renew_share(case: CaseFile, grant: Grant, *, by: Staff, until: dt.datetime, reason: str) -> Grant:
    """Let a grant that still runs end later; one that is over is given anew."""
    case, grant = lock(case), _lock(grant)
    policies.require_managing(by, case, grant)
    if grant.source == GrantSource.BREAK_GLASS:
        raise TransitionError(_("Akses darurat tidak dapat diperpanjang."))
    if grant.source == GrantSource.TRANSFER:
        raise TransitionError(_("Masa baca sesudah alih berkas tidak dapat diperpanjang. Bagikan bila masih perlu."))
    if grant.is_over:
        raise TransitionError(_("Akses ini sudah berakhir. Bagikan kembali bila masih perlu."))
    if grant.source == GrantSource.SHARING and case.for_child:
        raise TransitionError(CHILDS)
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))
    if grant.consent is not None and not grant.consent.is_in_force:
        raise TransitionError(_("Persetujuan yang menjadi dasarnya tidak berlaku lagi."))
    grant.expires_at = _end(max(timezone.now(), grant.starts_at), until, grant.consent)
    grant.save(update_fields=["expires_at"])
    record(case, EventKind.ACCESS_RENEWED, by=by, section=Section.ACCESS, summary=f"{_name(grant)}: {reason}")
    write_journal(JournalAction.SHARE_RENEWED, by=by, object_code=case.code, detail=grant.code)
    notifications.after_commit(notifications.tell_share_changed, _addressees(grant))
    return grant


@transaction.atomic
def end_share(case: CaseFile, grant: Grant, *, by: Staff, reason: str) -> Grant:
    """Take a grant back from this second; it stays on record. Of two who do so at once, one is told it is over."""
    case, grant = lock(case), _lock(grant)
    policies.require_managing(by, case, grant)
    if grant.is_over:
        raise TransitionError(_("Akses ini sudah berakhir."))
    if not reason.strip():
        raise TransitionError(_("Tulis alasannya."))
    return _close(case, grant, by=by, reason=reason.strip())


@transaction.atomic
def end_shares_without_consent(consent: Consent, by: Staff) -> None:
    """Withdrawal ends what rests on the consent in the same second (UU PDP Pasal 40)."""
    for model in (CaseUserGrant, CaseGroupGrant):
        resting = model.all_grants.filter(consent=consent, expires_at__gt=timezone.now())
        for grant in resting.select_for_update(of=("self",)).order_by("pk"):
            _close(consent.case, grant, by=by, reason="")


CONSENT_ENDED.append(end_shares_without_consent)


def end_shares_with(case: CaseFile, unit: Unit, *, by: Staff) -> None:
    """What was shared with ``unit`` or its people ends: it answers for the case itself from now on."""
    now = timezone.now()
    theirs = (
        CaseUserGrant.all_grants.filter(user__unit=unit),
        CaseGroupGrant.all_grants.filter(group=unit.group_id),
    )
    for grants in theirs:
        running = grants.filter(content_object=case, source__in=policies.SHARED_SOURCES, expires_at__gt=now)
        for grant in running.select_for_update(of=("self",)).order_by("pk"):
            _close(case, grant, by=by, reason="")


def end_shares_of_child(case: CaseFile, *, by: Staff) -> None:
    """What was shared of an adult's file ends where the person turns out to be a child: a child's is opened by a case
    conference alone (ET-3). What a second rater was lent ends with the rating."""
    lent = {pk for ask in policies.LENT for pk in ask(case)}
    shared = {"content_object": case, "source": GrantSource.SHARING, "expires_at__gt": timezone.now()}
    for grants in (
        CaseUserGrant.all_grants.filter(**shared).exclude(pk__in=lent),
        CaseGroupGrant.all_grants.filter(**shared),
    ):
        for grant in grants.select_for_update(of=("self",)).order_by("pk"):
            _close(case, grant, by=by, reason="")


def _lock(grant: Grant) -> Grant:
    return type(grant).all_grants.select_for_update(of=("self",)).get(pk=grant.pk)


def _require_receiver(to: Staff | Unit) -> None:
    if isinstance(to, Staff) and (not to.is_active or to.role not in policies.RECEIVERS):
        raise TransitionError(_("Penerima harus petugas kasus atau pengawas yang aktif."))


def _chosen(by: Staff, case: CaseFile, sections: Iterable[Section], relation: Relation) -> list[Section]:
    """The sections asked for, in their order; nothing that was not offered slips in."""
    asked = {Section(section) for section in sections}
    offered = policies.sections_offered(by, case, relation)
    if not asked:
        raise TransitionError(_("Pilih bagian yang dibagikan."))
    if not asked <= set(offered):
        raise TransitionError(_("Bagian itu tidak dapat Anda bagikan."))
    return [section for section in offered if section in asked]


def _terms(
    case: CaseFile,
    sections: list[Section],
    *,
    basis: LegalBasis,
    purpose: str,
    until: dt.datetime,
    starts_at: dt.datetime | None,
    consent: Consent | None,
    to: Staff | Unit | None,
) -> dict[str, Any]:
    """Basis, purpose and time of a grant, or why they do not hold."""
    if case.restricted_at is not None:  # UU PDP Pasal 11: no new use, and a share is one
        raise TransitionError(_("Pemrosesan data kasus ini dibatasi atas permintaan peserta."))
    if not case.is_open:
        raise TransitionError(_("Kasus ini sudah ditutup."))
    if not purpose.strip():
        raise TransitionError(_("Tulis tujuannya."))
    if basis == LegalBasis.CONSENT:
        if consent is None or not covers(consent, case, sections, to):
            raise TransitionError(_("Persetujuan ini tidak mencakup bagian atau penerima yang dipilih."))
    elif consent is not None:
        raise TransitionError(_("Persetujuan hanya dipakai bila dasarnya persetujuan."))
    now = timezone.now()
    begin = max(starts_at or now, now)
    if begin > now + dt.timedelta(days=settings.SHARING_DAYS):
        raise TransitionError(_("Awal akses terlalu jauh di depan."))
    return {
        "sections": [section.value for section in sections],
        "lawful_basis": basis,
        "consent": consent,
        "reason": purpose.strip(),
        "granted_at": now,
        "starts_at": begin,
        "expires_at": _end(begin, until, consent),
    }


def _end(begin: dt.datetime, until: dt.datetime, consent: Consent | None) -> dt.datetime:
    """Until when it runs: as asked, but no longer than allowed, and never past the consent that it rests on."""
    if until <= begin:
        raise TransitionError(_("Akhir akses harus sesudah awalnya."))
    if until > begin + dt.timedelta(days=settings.SHARING_DAYS + 1):
        raise TransitionError(_("Paling lama %(days)s hari.") % {"days": settings.SHARING_DAYS})
    limit = end_of_consent(consent) if consent is not None else None
    return min(until, limit) if limit is not None else until


def covers(consent: Consent, case: CaseFile, sections: Iterable[Section], to: Staff | Unit | None) -> bool:
    """Whether a consent lets these sections be read by this receiver (a conference: by whoever is a member), today."""
    if not policies.consents_for(case).filter(pk=consent.pk).exists():
        return False
    unit = to.unit if isinstance(to, Staff) else to
    named = consent.recipient == "" or (unit is not None and consent.recipient == unit.name)
    return named and {section.value for section in sections} <= set(consent.scope)


def _give(case: CaseFile, to: Staff | Unit, *, by: Staff, source: GrantSource, **fields: Any) -> Grant:
    receiver = {"group": to.group} if isinstance(to, Unit) else {"user": to}
    model: Any = CaseGroupGrant if isinstance(to, Unit) else CaseUserGrant
    grant: Grant = model.all_grants.create(
        permission=view_permission(), content_object=case, source=source, granted_by=by, **receiver, **fields
    )
    sections = " ".join(grant.sections)
    write_journal(
        JournalAction.SHARED, by=by, object_code=case.code, detail=f"{grant.code} {_name(grant)}: {sections}"
    )
    notifications.after_commit(notifications.tell_shared, _addressees(grant))
    return grant


def _close(case: CaseFile, grant: Grant, *, by: Staff, reason: str) -> Grant:
    grant.expires_at = timezone.now()
    grant.ended_by = by
    grant.end_reason = reason
    grant.save(update_fields=["expires_at", "ended_by", "end_reason"])
    words = f"{_name(grant)}: {reason}" if reason else _name(grant)
    record(case, EventKind.ACCESS_ENDED, by=by, section=Section.ACCESS, summary=words, path=_path(case))
    write_journal(JournalAction.SHARE_ENDED, by=by, object_code=case.code, detail=grant.code)
    notifications.after_commit(notifications.tell_share_changed, _addressees(grant))
    return grant


def _is_for(grant: Grant, to: Staff | Unit) -> bool:
    if grant.source != GrantSource.SHARING:
        return False
    if isinstance(grant, CaseUserGrant):
        return isinstance(to, Staff) and grant.user_id == to.pk
    return isinstance(to, Unit) and grant.group_id == to.group_id


def _name(grant: Grant) -> str:
    return grant.user.full_name if isinstance(grant, CaseUserGrant) else policies.unit_of(grant).short_name


def _addressees(grant: Grant) -> list[int]:
    """The receiving person, or the supervisors of the receiving unit."""
    if isinstance(grant, CaseUserGrant):
        return [grant.user_id]
    return list(Staff.objects.supervisors_of(policies.unit_of(grant)).values_list("pk", flat=True))


def _path(case: CaseFile) -> str:
    return f"/cases/{case.code}/access/"
