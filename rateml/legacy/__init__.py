"""Other dialects that are read as RateML 1: that of tvb-contrib's RateML of 2022, and plain LEMS."""

from rateml.legacy.detect import is_old
from rateml.legacy.dialect import Dialect, dialect_of
from rateml.legacy.migrate import Migrated, migrate
from rateml.legacy.plain.including import gather_plain
from rateml.legacy.relocate import relocate
from rateml.legacy.writing import Origins

__all__ = ["Dialect", "Migrated", "Origins", "dialect_of", "gather_plain", "is_old", "migrate", "relocate"]
