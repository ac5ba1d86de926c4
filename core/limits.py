"""How often something may be asked from one place: a count in the cache that forgets itself."""

from __future__ import annotations

from django.core.cache import cache
from django.utils.crypto import salted_hmac


def within(action: str, who: str, *, most: int, seconds: int, about: str = "") -> bool:
    """Count one more try of ``action``; False once there were more than ``most`` in ``seconds``.

    ``who`` (an address) is kept only as a keyed hash, and only that long. What is asked again ``about`` the same
    counts once.
    """
    if about:
        told = f"limit:{action}:{salted_hmac('core.limits.about', repr((who, about))).hexdigest()}"
        if cache.get(told):
            return True
        if allowed := within(action, who, most=most, seconds=seconds):
            cache.set(told, 1, seconds)
        return allowed
    key = f"limit:{action}:{salted_hmac('core.limits', who).hexdigest()[:32]}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:  # it ended between the two commands
        return True
