"""RML690: a comment silences a diagnostic that does not exist.

``<!-- rateml: ignore RML603 -->`` before an element, or at the end of its line, silences that code there;
``ignore-file`` silences it everywhere.

Example::

    <!-- rateml: ignore RML999 -->

Fix: name the code that the message shows in brackets.

RML691: a comment silences nothing.

The element it speaks of has no such fault, or the fault is an error: these cannot be silenced.

Example::

    <!-- rateml: ignore RML603 -->
    <Parameter name="tau" dimension="time"/>

Fix: remove the comment.
"""
