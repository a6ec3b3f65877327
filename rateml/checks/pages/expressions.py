"""RML120: something is missing in an expression.

A number, a name or a parenthesis should stand there.

Example::

    <DerivedVariable name="y" dimension="none" value="x *"/>

Fix: complete the expression.

RML121: something unexpected stands in an expression.

Often an operator is missing before it: a product is always written with ``*``. Numbers with units do not stand
inside expressions: a Constant or a Parameter is declared, and the expression has its name.

Example::

    <DerivedVariable name="y" dimension="none" value="2 x"/>

Fix: ``2 * x``.

RML122: a parenthesis is never closed.

Each ``(`` needs its ``)``.

Example::

    <DerivedVariable name="y" dimension="none" value="(x + 1"/>

Fix: add the ``)``.

RML123: an operator of another language.

It is read as what was meant, but other readers of the file would not understand it.

Example::

    <OnCondition test="x &gt;= 1">

Fix: ``.geq.``; powers are ``^``, and ``.and.`` ``.or.`` join conditions.

RML124: a number is not written as the language writes numbers.

Digits stand before and after the point, and there are no suffixes.

Example::

    <DerivedVariable name="y" dimension="none" value="1.0f * x + .5"/>

Fix: ``1.0 * x + 0.5``.

RML125: a power of a power without parentheses.

Some languages read ``a^b^c`` as (a^b)^c, others as a^(b^c).

Example::

    <DerivedVariable name="y" dimension="none" value="x^2^3"/>

Fix: say which: ``(x^2)^3`` or ``x^(2^3)``.

RML126: comparisons are chained.

A comparison yields a condition, and conditions cannot be compared.

Example::

    <OnCondition test="0 .lt. x .lt. 1">

Fix: ``0 .lt. x .and. x .lt. 1``.

RML127: a character has no meaning in an expression.

The operators are ``+ - * / ^`` and the dotted ones.

Example::

    <DerivedVariable name="y" dimension="none" value="x % 2"/>

Fix: ``mod(x, 2)`` for a remainder; else remove it.
"""
