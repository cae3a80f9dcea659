# SPDX-License-Identifier: Apache-2.0
"""Times are whole nanoseconds since 1970 UTC. People write them in other ways."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from .errors import Error

Time = "int | str | datetime"

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)")
_SPAN = re.compile(r"(\d+)(ns|us|ms|s|m|h|d)")
_NS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9,
       "d": 86_400 * 10**9}


def to_ns(value: int | str | datetime, place: str = "time") -> int:
    """Nanoseconds since 1970 UTC of an aware datetime, an RFC 3339 text, or such a number."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return _of_datetime(value)
    if isinstance(value, str) and (match := _RFC3339.fullmatch(value)):
        whole, fraction, zone = match.groups()
        try:
            moment = datetime.fromisoformat(
                whole.upper() + ("+00:00" if zone in "Zz" else zone))
        except ValueError:
            pass
        else:
            return _of_datetime(moment) + int((fraction or "").ljust(9, "0"))
    reason = f"{value!r} is not a time"
    if isinstance(value, datetime):
        reason = f"{value!r} does not say in which time zone it is"
    raise Error("OMS-6402", place, reason,
                "give an aware datetime, text such as 2026-03-01T09:30:00Z, or ns since 1970 UTC")


def span_to_ns(value: int | str | timedelta, place: str = "span") -> int:
    """Nanoseconds of a timedelta, of whole seconds, or of a text such as "250ms", "30s", "2d"."""
    if isinstance(value, timedelta):
        return _of_timedelta(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value) * _NS["s"]
    if isinstance(value, str) and (match := _SPAN.fullmatch(value)):
        return int(match[1]) * _NS[match[2]]
    code = "OMS-6400" if isinstance(value, float) else "OMS-6402"
    raise Error(code, place, f"{value!r} is not a span of time that is exact",
                'give a timedelta, whole seconds, or text such as "250ms", "30s", "5m", "2d"')


def _of_datetime(moment: datetime) -> int:
    return _of_timedelta(moment - _EPOCH)


def _of_timedelta(span: timedelta) -> int:
    return ((span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds) * 1_000
