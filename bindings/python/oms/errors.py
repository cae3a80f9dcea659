# SPDX-License-Identifier: Apache-2.0
"""What goes wrong, in four parts: a stable code, the place, the reason, and the way out."""

from __future__ import annotations


class Error(Exception):
    """Something failed. The text of the exception has all four parts."""

    def __init__(self, code: str, place: str = "", reason: str = "", remedy: str = "",
                 others: tuple[Error, ...] = ()):
        self.code = code  #: stable, such as "OMS-6204"
        self.place = place  #: file:line:column, a path within an argument, or empty
        self.reason = reason
        self.remedy = remedy  #: what to do about it; may be empty
        self.others = tuple(others)  #: what else was wrong with the same configuration
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.place}: " if self.place else ""
        text += f"{self.code}: {self.reason}"
        if self.remedy:
            text += f"\n  what to do: {self.remedy}"
        return "\n".join([text, *map(str, self.others)])

    def __reduce__(self):
        return type(self), (self.code, self.place, self.reason, self.remedy, self.others)


class Refused(Error):
    """The kernel took the request, decided against it, and keeps that decision."""

    def __init__(self, code: str, place: str = "", reason: str = "", remedy: str = "",
                 others: tuple[Error, ...] = (), seq: int = 0):
        super().__init__(code, place, reason, remedy, others)
        self.seq = seq  #: of the decision

    def __reduce__(self):
        return type(self), (self.code, self.place, self.reason, self.remedy, self.others, self.seq)
