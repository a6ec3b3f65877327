"""The limits that keep an untrusted file from using up time, memory or stack."""

from __future__ import annotations

from typing import Final

MAX_CHARACTERS: Final = 4 * 1024 * 1024
"""Also the limit in bytes: a character is at least one byte."""
MAX_ELEMENTS: Final = 10_000
MAX_ATTRIBUTES: Final = 1_000
"""Of one element."""
MAX_DEPTH: Final = 200
MAX_PARENTHESES: Final = 200
MAX_FAULTS: Final = 1_000
"""A file tells no more faults than this; what follows is not read."""
MAX_EXPRESSION: Final = 20_000
MAX_TOKENS: Final = 60_000
"""Names, numbers and signs in all expressions of a file: as many take about a second to check."""
MAX_SIGNS: Final = 200
"""Of minus signs in a row. A chain such as a + b + c may be as long as an expression: trees can be that tall."""
