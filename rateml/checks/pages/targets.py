"""RML701: a target cannot express what the model asks for.

`rateml build --target` says so; the model itself is in order, and `run` and `sweep` work. TVB has one
Connectivity with one speed, keeps the past of states alone, gives dfun no time, and bounds states by numbers. LEMS
simulators have fewer functions.

Example::

    <Component id="fast" type="Sum" rml:input="c_x" rml:speed="12 m_per_s"/>
    <Component id="slow" type="Sum" rml:input="c_y" rml:speed="2 m_per_s"/>

Fix: the help line says what to write instead; where that is another model, use the target ``numba``.
"""
