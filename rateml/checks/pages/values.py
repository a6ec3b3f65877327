"""RML128: a binding cannot be read.

``rml:bind`` lists what the coupling's variables are in the model.

Example::

    <Component id="net" type="Sum" rml:bind="x:theta"/>

Fix: ``rml:bind="x=theta"``, several separated by ``;``.

RML129: an axis of a sweep cannot be read.

``rml:sweep`` lists axes: ``linspace(low, high, count)``, ``logspace(low, high, count)`` or ``list(a, b, …)``.

Example::

    <Component id="one" type="Model" tau="10 ms" rml:sweep="tau=1..20"/>

Fix: ``rml:sweep="tau=linspace(1 ms, 20 ms, 5)"``.

RML302: a Dynamics has two OnStart.

All initial values stand in one.

Example::

    <OnStart/><OnStart/>

Fix: join them.

RML315: something is part of the language and not supported yet.

Local connections belong to cortical surfaces, and there is no source of them yet.

Example::

    <Component id="net" type="Sum" rml:weights="local"/>

Fix: the help line says what to do meanwhile.

RML316: a period is not greater than zero.

``rml:periodic`` is the period of an angle: a number or a Constant.

Example::

    <StateVariable name="theta" dimension="none" rml:periodic="0"/>

Fix: ``rml:periodic="6.283185307179586"``.

RML401: there is no dimension of that name.

Dimensions are built in (time, voltage, …) or declared by the file.

Example::

    <Parameter name="tau" dimension="tme"/>

Fix: correct the spelling, or declare it: ``<Dimension name="per_time2" t="-2"/>``.

RML402: there is no unit of that name.

Units are built in (ms, mV, …) or declared by the file.

Example::

    <Component id="one" type="Model" tau="10 mss"/>

Fix: correct the spelling, or declare it: ``<Unit symbol="per_ms2" dimension="per_time2" power="6"/>``.

RML403: a value is not a quantity.

A quantity is a number, and a unit where it has a dimension. It is not computed.

Example::

    <Component id="one" type="Model" tau="10."/>

Fix: ``tau="10 ms"``.

RML407: a dimension or unit cannot be defined like that.

Exponents are whole numbers, and what is built in keeps its meaning.

Example::

    <Dimension name="time" t="2"/>

Fix: another name.
"""
