"""The RateML dialect of 2022: files of tvb-contrib's RateML are read as RateML 1."""

from rateml.legacy.detect import is_old
from rateml.legacy.migrate import Migrated, migrate
from rateml.legacy.relocate import relocate
from rateml.legacy.writing import Origins

__all__ = ["Migrated", "Origins", "is_old", "migrate", "relocate"]
