"""Sessions and known browsers of a person, and how they end at once."""

from __future__ import annotations

import hashlib
from functools import partial
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts import notifications
from accounts.enums import JournalAction
from accounts.models import KnownDevice, Staff
from accounts.workflow.journal import write_journal

_store = import_module(settings.SESSION_ENGINE).SessionStore


@transaction.atomic
def end_sessions(staff: Staff, *, devices: bool = True) -> None:
    """Every session of this person ends with this transaction, also those that no list knows of.

    The number goes into the hash that each session carries, so an older session is nobody's on its next request,
    whatever a cache still holds.
    """
    Staff.objects.filter(pk=staff.pk).update(session_round=F("session_round") + 1)
    staff.refresh_from_db(fields=["session_round"])
    forget_sessions(staff)
    if devices:
        KnownDevice.objects.filter(staff=staff).delete()


@transaction.atomic
def forget_sessions(staff: Staff, *, keep: str = "") -> None:
    """The rows of sessions in the database, and their copies in the cache."""
    rows = UserSession.objects.filter(user=staff).exclude(session_key=keep)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    _forget_copies(keys)


def _forget_copies(keys: list[str]) -> None:
    """Now, and again once this is kept: a request in between may have read the row and copied it once more."""
    _forget(keys)
    transaction.on_commit(partial(_forget, keys))


def _forget(keys: list[str]) -> None:
    caches[settings.SESSION_CACHE_ALIAS].delete_many([f"{_store.cache_key_prefix}{key}" for key in keys])


@transaction.atomic
def end_session(session: UserSession, *, by: Staff, ip: str | None = None, request_id: str = "") -> None:
    """One session of one's own, from afar."""
    Session.objects.filter(session_key=session.session_key).delete()
    _forget_copies([session.session_key])
    session.delete()
    write_journal(JournalAction.SESSION_ENDED, by=by, ip=ip, request_id=request_id)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def is_known_device(username: str, token: str) -> bool:
    """Whether this browser has signed in to the account of this name before."""
    return KnownDevice.objects.filter(staff__username=username, token_hash=_hashed(token)).exists()


@transaction.atomic
def meet_device(staff: Staff, *, token: str, user_agent: str, ip: str, request_id: str = "") -> list[KnownDevice]:
    """Know this browser from now on. Answers the browsers that came new since a known one was here last.

    A browser that lost its cookie but comes from the same address with the same name is no news.
    """
    now, agent = timezone.now(), user_agent[:200]
    mine = KnownDevice.objects.filter(staff=staff)
    known = mine.filter(token_hash=_hashed(token)).first()
    if known is None and (known := mine.filter(user_agent=agent, ip=ip).first()) is not None:
        known.token_hash = _hashed(token)
    if known is not None:
        known.last_seen_at, known.ip = now, ip
        known.save(update_fields=["last_seen_at", "ip", "token_hash"])
        others = list(mine.filter(told_at=None).exclude(pk=known.pk))
        mine.filter(pk__in=[device.pk for device in others]).update(told_at=now)
        return others
    first = not mine.exists()
    try:
        with transaction.atomic():
            KnownDevice.objects.create(
                staff=staff, token_hash=_hashed(token), user_agent=agent, ip=ip, told_at=now if first else None
            )
    except IntegrityError:
        return []  # the same browser in a second tab, this moment
    if not first:
        write_journal(JournalAction.NEW_DEVICE, by=staff, ip=ip, request_id=request_id)
        notifications.after_commit(notifications.tell_new_device, staff)
    return []
