"""RML801: the file is in the RateML dialect of 2022.

Files of ``tvb.contrib.rateML`` have a ComponentType ``derivatives`` and nothing of RateML 1. They are read as
RateML 1: every command works on what ``rateml migrate`` would write, and speaks of places in the old file.

Example::

    <Lems><ComponentType name="derivatives">…</ComponentType></Lems>

Fix: ``rateml migrate OLD.xml -o NEW.xml``, and go on with the new file.

RML802: a part of a file of the 2022 dialect was left out.

It had no effect: nothing uses it, or the 2022 generator did not read it.

Example::

    <DerivedParameter name="rec_n" value="1 / n_node"/>

Fix: nothing, if it was not meant to do anything.

RML803: a name of the 2022 dialect is not allowed in RateML 1.

Names are letters, digits and underscores after a letter, and not those of functions, of the time, of Python or of
PyLEMS. The name was changed wherever it is used.

Example::

    <Constant name="lambda" value="20.0"/>

Fix: nothing, or choose a name of your own.

RML804: a file of the 2022 dialect declares a name more than once.

PyLEMS, with which it was read, keeps the last one. Of a Parameter and a Constant the Parameter counts, and takes the
Constant's value.

Example::

    <Constant name="a" value="1.0"/>
    <Constant name="a" value="2.0"/>

Fix: remove the one that is not meant.

RML805: the value of a Constant was computed.

A Constant of RateML 1 is a number and its unit.

Example::

    <Constant name="omega" value="2.0 * pi / 1e3"/>

Fix: nothing. For an expression that stays one, use a DerivedParameter.

RML806: an initial range was given from its upper to its lower end.

States begin at random values between both ends, whichever comes first.

Example::

    <StateVariable name="r" dimension="0.0, -2.0"/>

Fix: nothing, if both ends are meant.

RML807: what a file of the 2022 dialect records was given another form.

RateML 1 exposes states and derived variables. An expression became a DerivedVariable; without any Exposure, every
state is recorded.

Example::

    <Exposure name="x2 - x1" dimension=""/>

Fix: nothing, or choose a better name in the new file.

RML808: a parameter of a file of the 2022 dialect is used in several places that RateML 1 keeps apart.

A coupling type has parameters of its own. One that the model needs too, or another coupling, stays in the model, and
a coupling reads it as the derived variable ``NAME_shared``. The speed of couplings is always a value of its own: set
both when you change it.

Example::

    <TimeDerivative variable="dV" value="k * V + c_pop0"/>
    <DerivedParameter name="c_pop0" value="k"/>

Fix: nothing; with two parameters of different names the new file is simpler.

RML810: a TimeDerivative has the name of another state than the one at its position.

The 2022 dialect matches derivatives with states by position; their names are free. The position counts.

Example::

    <StateVariable name="r"/> <StateVariable name="V"/>
    <TimeDerivative variable="dV" value="…"/> <TimeDerivative variable="dr" value="…"/>

Fix: order them as the states, if the names are right.

RML811: the last Case of a file of the 2022 dialect has a condition, which never counted.

The last Case is the default whatever its condition is, also the only one.

Example::

    <Case condition="x &lt; 0" value="0"/> <Case condition="x &gt; 1" value="1"/>

Fix: add a last Case with ``condition="else"``.

RML812: the 2022 targets disagree about a power.

``{a^b}`` became ``powf(a, b)`` in CUDA and ``a**b`` in Python, which are not the same when ``a`` or ``b`` is a sum, a
product or has a sign. It is read as CUDA did.

Example::

    {-x^2}

Fix: parentheses inside the braces: ``{(-x)^2}``, or ``-{x^2}``.

RML813: a file of the 2022 dialect divides whole numbers.

In CUDA that was a division of integers, so ``1 / 2`` was 0. Here it is a half, as in Python.

Example::

    1 / n_node

Fix: nothing, if the exact quotient is meant.

RML814: a derived variable uses one that the 2022 code computed after it.

That code computed plain ones in the order of the file, then conditional ones, and couplings before both. What was
not computed yet had the value of the node before. RateML 1 computes each before it is used.

Example::

    <DerivedVariable name="y" value="2 * gate"/>
    <ConditionalDerivedVariable name="gate">…</ConditionalDerivedVariable>

Fix: nothing, if the value of the node itself is meant.

RML815: the noise of a file of the 2022 dialect depends on the time step.

The 2022 code added ``nsig`` times a normal number in every step. RateML 1 adds ``sqrt(2 D dt)`` times one. With
``nsig = sqrt(dt) * s`` that is ``D = s^2 / 2``; otherwise D is chosen for the old default of dt, 0.1 ms. Without
``nsig`` it was 1.

Example::

    <DerivedParameter name="nsig" value="0.01"/>

Fix: write ``sqrt(dt) * …``, or check the value of D in the new file.

RML816: a range of conduction speeds begins at zero or below.

Such speeds cannot be simulated. The new file sweeps the others of the four values that the old driver took.

Example::

    <Parameter name="global_speed" dimension="0.0, 2.0"/>

Fix: begin above zero.

RML817: a coupling of the 2022 dialect sums nothing.

Without ``pre`` the old kernel multiplied 0. The input stays 0, and can be driven in a run.

Example::

    <ComponentType name="coupling_1"><DerivedParameter name="c_pop1" value="g"/></ComponentType>

Fix: a DerivedVariable of that name, if its value is what was meant.

RML818: a file of the 2022 dialect uses a local coupling.

There are none in RateML 1 yet. ``local_coupling`` and names that begin with ``lc_`` are 0, as in simulations of
regions.

Example::

    <TimeDerivative variable="dE" value="-E + lc_E"/>

Fix: nothing for simulations of regions.

RML819: a state of the 2022 dialect is wrapped at ``PI``.

The 2022 code called a function that it did not define. The state is read as an angle from 0 to 2 pi.

Example::

    <StateVariable name="theta" dimension="0.0, 6.28" exposure="PI"/>

Fix: nothing for an angle; ``exposure="-3.14, 3.14"`` keeps a state within limits.

RML820: there are more derivatives than states.

The 2022 dialect matches them by position, so it is not known whose this one is.

Example::

    <StateVariable name="x"/>
    <TimeDerivative variable="dx" value="-x"/> <TimeDerivative variable="dy" value="-y"/>

Fix: declare the state, or remove the derivative.

RML821: a range of the 2022 dialect cannot be read.

A Parameter's and a StateVariable's ``dimension`` is ``low, high``, a StateVariable's ``exposure`` too, where ``None``
and ``inf`` leave an end open. A Constant's ``dimension`` is ``lo=…, hi=…, step=…``.

Example::

    <StateVariable name="x" dimension="0.0; 1.0"/>

Fix: write it in one of these forms, or ``""``.

RML822: a number of the 2022 dialect cannot be computed.

It may be arithmetic with numbers, ``pi`` and Constants above it. The result must be finite; there are no vectors.

Example::

    <Constant name="c" value="[1.0, 2.0]"/>

Fix: write a number.

RML823: a parameter of the 2022 dialect has no value.

Its value is the lower end of its range, or that of a Constant of the same name.

Example::

    <Parameter name="k" dimension=""/>

Fix: ``dimension="0.0, 1.0"``.

RML824: a coupling does not say of which state its variable is.

The ``dimension`` of a coupling's Parameter is the number of a StateVariable, counted from 0.

Example::

    <Parameter name="x_j" dimension="V"/>

Fix: ``dimension="0"`` for the first state.

RML825: the delays of a file of the 2022 dialect have no conduction speed.

``rec_speed_dt`` is what a length is multiplied with to have a delay in steps: one over speed and step. The speed is a
number or one Parameter, times numbers.

Example::

    <DerivedParameter name="rec_speed_dt" value="1.0 / global_speed"/>

Fix: ``1.0 / global_speed / dt``; ``0`` for no delays.

RML826: a conduction speed is zero or negative.

Nothing would ever arrive.

Example::

    <DerivedParameter name="rec_speed_dt" value="1.0 / -3.0 / dt"/>

Fix: a positive speed; ``rec_speed_dt`` of ``0`` for no delays.

RML827: an equation of the 2022 dialect uses what RateML 1 does not show to it.

Equations know neither the time step nor the number of nodes, nor infinity. ``t`` was the number of the step and is
the time in ms now.

Example::

    <TimeDerivative variable="dx" value="-x / n_node"/>

Fix: see the message; the number of nodes is known to couplings.
"""
