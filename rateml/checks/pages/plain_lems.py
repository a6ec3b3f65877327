"""RML851: the file is plain LEMS, without anything of RateML.

Its ComponentType with Dynamics, and the Component that gives it values, are read as a model: every command works on
what ``rateml migrate`` would write, and speaks of places in the old file.

Example::

    <Lems>
        <ComponentType name="Decay">
            <Constant name="tau" dimension="time" value="10 ms"/>
            <Exposure name="x" dimension="none"/>
            <Dynamics>
                <StateVariable name="x" dimension="none" exposure="x"/>
                <TimeDerivative variable="x" value="(1 - x) / tau"/>
            </Dynamics>
        </ComponentType>
    </Lems>

Fix: ``rateml migrate OLD.xml -o NEW.xml``, and go on with the new file. If the file is meant to be RateML 1 already,
declare its namespace: ``<Lems xmlns:rml="urn:rateml:1" rml:version="1.0" …>``.

RML852: a part of a LEMS file was left out, and the equations stay what they are.

Core files of LEMS and NeuroML are not read, since their dimensions, units and base types are known. What a Simulation
shows and how long it takes is said with each run; its time step is kept.

Example::

    <Include file="NeuroMLCoreDimensions.xml"/>

Fix: nothing.

RML853: something was added to a LEMS model that RateML 1 must have.

An exposure has the name of its variable, every state has a TimeDerivative, and every model has a Component.

Example::

    <StateVariable name="v" dimension="voltage" exposure="potential"/>

Fix: nothing, or write it yourself, with the names you want.

RML854: a Component of a LEMS file was left out, though it may drive the model.

Of populations, connections and inputs nothing is taken. The region alone remains.

Example::

    <Network id="net"><Population id="p" component="cell" size="10"/></Network>

Fix: give the model a Requirement for what it receives, and couplings and ``--drive`` feed it.

RML861: a part of a LEMS file has no counterpart in RateML 1.

RateML models are rates: states with derivatives, which conditions may set anew, and inputs. Events, regimes, kinetic
schemes and values looked up in other components are not part of it, so the model would be another one without them.

Example::

    <OnCondition test="v .gt. thresh"><EventOut port="spike"/></OnCondition>

Fix: as the message says; where nothing can stand in its place, use a LEMS simulator.

RML862: a type extends one that is not there.

What it inherits is unknown. Only the abstract cells of NeuroML (``baseCell``, ``baseCellMembPot``, …) are known.

Example::

    <ComponentType name="myCell" extends="izhikevichCell">

Fix: copy the type into the file, or write what it declares into this one and drop ``extends``.

RML863: a LEMS file has no model.

A model is a ComponentType whose Dynamics have a StateVariable and its TimeDerivative, and a Component of that type.

Example::

    <Lems><ComponentType name="Gain"><Parameter name="g" dimension="none"/></ComponentType></Lems>

Fix: take the file that has the dynamics; local files that it includes are read too.

RML864: more than one Component of a LEMS file could be the model.

A file of RateML 1 has one model. Of several, the one that a Simulation has for its target is taken.

Example::

    <Component id="slow" type="Cell" tau="20 ms"/>
    <Component id="fast" type="Cell" tau="2 ms"/>

Fix: ``rateml migrate OLD.xml --component slow``, or remove the others.

RML865: a LEMS file has a type with parameters and no Component with their values.

LEMS has no default values: without a Component there are no numbers to compute with.

Example::

    <ComponentType name="Cell"><Parameter name="tau" dimension="time"/>…</ComponentType>

Fix: add a Component of that type with a value for each Parameter.
"""
