"""What differs in meaning between two models: layout, order, comments, descriptions and spellings don't count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rateml.ir.inventory import Item, Key, Value, conditions, inventory
from rateml.model.nodes import Model, OnCondition
from rateml.syntax.expr import names
from rateml.text import Span

Change: TypeAlias = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the models has, and where."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of the new model from the old. ``what`` is empty when the whole item was added or removed."""

    change: Change
    kind: str
    name: str
    what: str
    old: Side | None
    new: Side | None


def compare(old: Model, new: Model) -> tuple[Difference, ...]:
    """The differences of two models without errors: what the old file has in its order, then what the new one adds.

    Quantities are compared in base units, expressions by their trees: ``a + b`` and ``b + a`` differ, for sums may
    round differently. What belongs to a coupling or function that only one of the models has is not told one by one.
    """
    return (*_items(inventory(old), inventory(new)), *_orders(conditions(old), conditions(new)))


def _items(old: Mapping[Key, Item], new: Mapping[Key, Item]) -> Iterator[Difference]:
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key), new.get(key)
        if before is not None and after is not None:
            for what, value in before.values.items():
                other = after.values[what]
                if value.meaning != other.meaning:
                    yield Difference("changed", *key, what, _side(value, before), _side(other, after))
        elif before is not None and (before.scope in (None, key) or before.scope in new):
            yield Difference("removed", *key, "", _whole(before), None)
        elif after is not None and (after.scope in (None, key) or after.scope in old):
            yield Difference("added", *key, "", None, _whole(after))


def _side(value: Value, item: Item) -> Side:
    return Side(value.text, value.span or item.span)


def _whole(item: Item) -> Side:
    return Side("; ".join(f"{what} {value.text}" for what, value in item.values.items()), item.span)


def _orders(old: Mapping[str, OnCondition], new: Mapping[str, OnCondition]) -> Iterator[Difference]:
    """Conditions run one after the other: order counts where one assigns what the other reads or assigns."""
    common = [name for name in old if name in new]
    place = {name: k for k, name in enumerate(new)}
    for k, name in enumerate(common):
        for later in common[k + 1 :]:
            if place[name] > place[later] and _meet(old[name], old[later]):
                sides = (Side(f"before {later}", old[name].span), Side(f"after {later}", new[name].span))
                yield Difference("changed", "condition", name, "order", *sides)


def _meet(one: OnCondition, other: OnCondition) -> bool:
    writes, reads = _touched(one)
    other_writes, other_reads = _touched(other)
    return bool(writes & (other_writes | other_reads) or other_writes & reads)


def _touched(condition: OnCondition) -> tuple[set[str], set[str]]:
    """What a condition assigns, and what it reads."""
    exprs = (condition.test, *(a.value for a in condition.assignments))
    return {a.variable.text for a in condition.assignments}, {n.id for e in exprs for n in names(e)}
