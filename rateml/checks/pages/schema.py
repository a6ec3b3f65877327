"""RML101: an element cannot stand where it does.

Its name is misspelt, it is not part of RateML, or it belongs inside another element.

Example::

    <Dynamics><Parameter name="a" dimension="none"/></Dynamics>

Fix: correct the name, or move it.

RML102: an element has no such attribute.

RateML's own attributes have the prefix ``rml:``; LEMS's have none.

Example::

    <Parameter name="D" dimenson="none"/>

Fix: correct the name.

RML103: an attribute is missing.

LEMS simulators refuse the file without it.

Example::

    <StateVariable name="V"/>

Fix: add it: ``dimension="voltage"``, or ``dimension="none"``.

RML104: the value of an attribute is not one that it can have.

The message says what is expected.

Example::

    <ComponentType name="Sum" rml:role="couplig">

Fix: write one of the possible values.

RML105: an element is empty that cannot be.

A ConditionalDerivedVariable needs a Case, an OnCondition a StateAssignment.

Example::

    <ConditionalDerivedVariable name="gate" dimension="none"/>

Fix: add the child, or remove the element.

RML106: text stands inside an element.

All of a model is in elements and attributes.

Example::

    <Dynamics>hello</Dynamics>

Fix: remove it, or make it a comment: ``<!-- hello -->``.

RML107: the file does not start with ``<Lems>`` in the right namespace.

The namespace tells programs which language and version a file is written in.

Example::

    <Lems xmlns="http://www.neuroml.org/lems/0.7.5">

Fix: ``<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">``.

RML108: an attribute means nothing here.

Some attributes belong to couplings, some to models: a speed on a model, or a time step on a coupling type, would
have no effect. Nor would ``rml:speed`` or ``rml:delayed="true"`` on a coupling with ``rml:reduce="self"`` or
``"mean"``, which takes present values.

Example::

    <Component id="one" type="Model" tau="10 ms" rml:speed="3 m_per_s"/>

Fix: move it to the element it belongs to, or remove it.

RML109: an element belongs to a type of another role.

Couplings and functions have no state: state variables, derivatives, OnStart and OnCondition belong to a model,
and only models call functions.

Example::

    <ComponentType name="Sum" rml:role="coupling">
        <Dynamics><StateVariable name="q" dimension="none"/></Dynamics>
    </ComponentType>

Fix: move it to the model type.
"""
