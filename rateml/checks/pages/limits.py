"""RML020: the file is too large.

Limits keep a file of unknown origin from using up time and memory. Included files count too.

Example::

    a file of 5 MB

Fix: keep data in files of its own; a model holds equations.

RML021: the file has too many elements.

Limits keep a file of unknown origin from using up time and memory. Included files count too.

Example::

    a file with 10,001 elements

Fix: split the model, or generate less.

RML022: elements are nested too deeply.

The language needs five levels.

Example::

    <a><a><a>…</a></a></a>        (more than 200 deep)

Fix: close the elements where they end.

RML023: an expression is too long.

Such an expression was generated, and is slow to check and to compile.

Example::

    <DerivedVariable name="y" dimension="none" value="x + x + …"/>        (more than 20,000 characters)

Fix: split it into derived variables.

RML024: parentheses are nested too deeply.

Limits keep a file of unknown origin from using up time and memory.

Example::

    <DerivedVariable name="y" dimension="none" value="((((…x…))))"/>        (more than 200 deep)

Fix: split it into derived variables.

RML025: too many signs ``-`` stand in a row.

A sum or product may be as long as an expression, and so may a chain of ``.and.`` or ``.or.``; signs before one
operand are nested, as parentheses are.

Example::

    <DerivedVariable name="y" dimension="none" value="-----…x"/>        (more than 200)

Fix: two signs cancel each other: write ``x`` or ``-x``.

RML026: an element has too many attributes.

Limits keep a file of unknown origin from using up time and memory.

Example::

    <Component id="one" type="Model" a1="0" a2="0" …/>        (more than 1,000)

Fix: split the type.

RML027: the expressions of the file are too long together.

A file of unknown origin could hold millions of operations, and take minutes to check. What follows is not read.
Included files count too.

Example::

    200 derived variables of 10,000 terms each        (more than 60,000 names, numbers and signs)

Fix: split the model, or generate less.
"""
