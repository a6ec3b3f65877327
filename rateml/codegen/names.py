"""Names of the IR as identifiers of a target."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection


class Mangler:
    """One identifier per IR name: the name itself where it is free, else with underscores behind it.

    Dots and ``@`` become underscores: ``long_range.G`` is ``long_range_G``, ``r@j`` is ``r_j``. ``temporaries``
    is a pattern of the identifiers that a target makes itself; ``own`` are names of the IR that the target
    declares under that very identifier, such as ``t``.
    """

    def __init__(self, reserved: Collection[str], temporaries: str, own: Collection[str] = ()) -> None:
        self._reserved = frozenset(reserved)
        self._temporary = re.compile(temporaries)
        self._made: dict[str, str] = {name: name for name in own}
        self._taken: set[str] = set(own)

    def __call__(self, name: str) -> str:
        if name not in self._made:
            base = name.replace(".", "_").replace("@", "_")
            while not self._free(base):
                base += "_"
            self._made[name] = base
            self._taken.add(base)
        return self._made[name]

    def _free(self, base: str) -> bool:
        taken = base in self._taken or base in self._reserved or keyword.iskeyword(base)
        return not taken and self._temporary.fullmatch(base) is None


def snake(name: str) -> str:
    """``MontbrioPazoRoxin`` as ``montbrio_pazo_roxin``, for the names of files."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
