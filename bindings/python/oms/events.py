# SPDX-License-Identifier: Apache-2.0
"""A drained batch of decisions, as columns."""

from __future__ import annotations

import json
from typing import Any, Iterator

import numpy as np

from . import _oms

#: The numbers of the kinds of records, by name: `events.order["kind"] == oms.RECORDS["executed"]`.
RECORDS: dict[str, int] = {name: number for number, name in _oms.KINDS.items()}


def dtype(kind: str) -> np.dtype:
    """The NumPy dtype of a kind of record, as records.def lays it out; KeyError without it.

    Numbers are what the kernel keeps: quantities and prices at the scale of their product (see
    Kernel.describe), names as references, times in ns since 1970 UTC. Each record but those that
    have a `seq` of their own begins with that of its decision. A `wide` number of 128 bits is a
    pair (low, high); a text is where it lies, which Events.texts reads.
    """
    return _oms.dtype(kind)


class Events:
    """Decisions and their effects, oldest first: one structured array for each kind of record.

    The arrays are read-only views of the batch's own memory; each record was copied once, whole.
    """

    def __init__(self, batch: _oms.EventBatch):
        self._batch = batch

    @property
    def order(self) -> np.ndarray:
        """All records in the order in which they were decided: `seq`, `kind`, `row`.

        `kind` is a number (RECORDS), and `row` the index in the array of that kind.
        """
        return self._batch.places()

    @property
    def kinds(self) -> list[str]:
        """The kinds of records that are there."""
        return self._batch.kinds

    @property
    def decisions(self) -> int:
        return self._batch.decisions

    def __getitem__(self, kind: str) -> np.ndarray:
        """The records of a kind; an empty array when there are none."""
        return self._batch.column(kind)

    def __len__(self) -> int:
        """The number of records."""
        return len(self._batch)

    def __bool__(self) -> bool:
        return len(self._batch) > 0

    def texts(self, kind: str, field: str) -> list[str]:
        """The texts of a field, one for each row of that kind."""
        return self._batch.texts(kind, field)

    def rows(self) -> list[dict[str, Any]]:
        """The records in their order as dictionaries with names and decimal strings.

        Complete and easy to read, and a hundred times slower than the arrays.
        """
        return rows_of(self._batch.json())

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows())

    def __repr__(self) -> str:
        return f"<oms.Events: {self.decisions} decisions, {len(self)} records>"


def rows_of(text: bytes) -> list[dict[str, Any]]:
    """Rows as the other edges show them, but for ids: integers here, which Python keeps exactly."""
    rows = json.loads(text)
    for row in rows:
        for name in _oms.ID_FIELDS.get(row["record"], ()):
            if name in row:
                row[name] = int(row[name])
    return rows
