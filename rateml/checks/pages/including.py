"""RML030: an included file cannot be read.

It does not exist, or is no file. Paths are relative to the file that includes; links that lead out of the
model's folder are not followed.

Example::

    <Include file="lib/functons.xml"/>

Fix: correct the path.

RML031: a file cannot be included from where it is.

Only files below the model's own folder can, so that opening a model never reads anything else. There is no
network and there are no absolute paths.

Example::

    <Include file="../common/functions.xml"/>

Fix: copy the file next to the model.

RML032: a file includes itself.

Directly, or through the files it includes.

Example::

    <Include file="model.xml"/>        (in model.xml)

Fix: remove one of the includes. A file that several others include is read once.
"""
