"""RML001: the file is not well-formed XML.

Something stands where XML does not allow it. Everything after it may be misread, so nothing else is checked.

Example::

    <Parameter name="D" % dimension="per_time"/>

Fix: remove what does not belong, or write it as XML wants it.

RML002: an element is not closed.

Every element ends, either by itself with ``/>`` or with a closing tag of its name.

Example::

    <OnStart><StateAssignment variable="x" value="0"/>

Fix: ``</OnStart>`` where the element ends, or ``/>`` at the end of its tag.

RML003: a closing tag closes nothing that is open.

Its name is not that of an open element: it is misspelt, or the element was closed before.

Example::

    <OnStart></OnStrt>

Fix: write the name of the element that ends here.

RML004: a tag has no closing ``>``.

Every tag ends with ``>`` or ``/>`` before the next one starts.

Example::

    <Parameter name="D" dimension="per_time"
    <Parameter name="E" dimension="none"/>

Fix: ``/>`` for an element without content, else ``>``.

RML005: the value of an attribute has no closing quote.

It starts with a quote and must end with the same one.

Example::

    <Parameter name="D" dimension="per_time/>

Fix: add the quote.

RML006: a comment is never closed.

Everything up to the end of the file is part of it.

Example::

    <!-- the noise <Parameter name="D" dimension="per_time"/>

Fix: ``-->`` where the comment ends.

RML007: an attribute is given twice.

XML allows each name once in a tag.

Example::

    <Parameter name="D" name="E" dimension="per_time"/>

Fix: remove one of them.

RML008: a raw ``<`` or ``&`` stands in a value or in text.

In XML these two start markup. Expressions do without them: comparisons are ``.lt.`` and ``.gt.``, and ``&&`` is
``.and.``.

Example::

    <OnCondition test="x < 0">

Fix: ``.lt.`` in an expression, ``&lt;`` and ``&amp;`` elsewhere, as ``--fix`` does.

RML009: an entity is not one that XML defines.

There are ``&lt;`` ``&gt;`` ``&amp;`` ``&quot;`` ``&apos;`` and numbers such as ``&#233;``. A file cannot define
its own.

Example::

    <Parameter name="D" dimension="per_time" description="&eacute;"/>

Fix: write the character itself; files are UTF-8.

RML010: a prefix is not declared.

The prefix of RateML's own attributes is declared on the root element.

Example::

    <Lems xmlns="http://www.neuroml.org/lems/0.7.6" rml:version="1.0"/>

Fix: ``xmlns:rml="urn:rateml:1"`` on ``<Lems>``.

RML011: a DOCTYPE, an entity definition or a processing instruction stands in the file.

They can make a reader open other files or use up its memory, so model files do without.

Example::

    <!DOCTYPE Lems [<!ENTITY a "b">]>

Fix: remove it.

RML012: a character stands in the file that XML does not allow.

Control characters get into files by copying from documents, or by a broken disk.

Example::

    <Parameter name="D" dimension="per_time" description="&#1;"/>

Fix: remove it.

RML013: something follows the end of the root element.

A file is one ``<Lems>`` element, with comments around it at most.

Example::

    <Lems xmlns="http://www.neuroml.org/lems/0.7.6"></Lems> and more

Fix: move it inside, or remove it.

RML014: the file holds no ``<Lems>`` element.

It is empty, or holds comments only.

Example::

    <!-- to be written -->

Fix: start with ``<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">``.

RML015: the file is not UTF-8 text.

Model files are UTF-8. UTF-16 and older encodings are not read.

Example::

    a file with the byte 0xE9 for é

Fix: save the file as UTF-8.
"""
