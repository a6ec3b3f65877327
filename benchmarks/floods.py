"""Files at the limits of what is read: faulty ones that repeat one fault, and valid ones that are very large."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files

_BASE = (files("rateml") / "models" / "kuramoto.xml").read_text(encoding="utf-8")
_MANY = 9_000


def _before(mark: str, text: str) -> str:
    """The base with something before the first ``mark``."""
    return _BASE.replace(mark, text + mark, 1)


def _at_end(text: str) -> str:
    return _BASE.replace("</Lems>", text + "</Lems>")


def _dynamics(text: str) -> str:
    return _before("<TimeDerivative", text)


def _each(pattern: str, count: int = _MANY) -> str:
    """The pattern ``count`` times; ``#`` is the number, ``##`` the one after and ``#-`` the one before."""
    return "".join(
        pattern.replace("##", str(n + 1)).replace("#-", str(n - 1)).replace("#", str(n)) for n in range(count)
    )


def _value(text: str) -> str:
    return _BASE.replace('value="omega + c_theta"', f'value="{text}"', 1)


FLOODS: Mapping[str, Callable[[], str]] = {
    "3,000 faulty derived variables": lambda: _dynamics(
        '<DerivedVariable name="q" dimension="none" value="qq"/>' * 3_000
    ),
    "9,000 faulty derived variables": lambda: _dynamics(
        _each('<DerivedVariable name="q#" dimension="none" value="thet"/>')
    ),
    "9,000 unknown dimensions": lambda: _before("<Exposure", _each('<Parameter name="q#" dimension="tme"/>')),
    "5,000 duplicate parameters": lambda: _before("<Exposure", '<Parameter name="q" dimension="none"/>' * 5_000),
    "9,000 components of no type": lambda: _at_end('<Component id="q" type="Nothing"/>' * _MANY),
    "9,000 components without values": lambda: _at_end(_each('<Component id="q#" type="Kuramoto"/>')),
    "9,000 misspelt attributes": lambda: _at_end('<ComponentType nme="q"/>' * _MANY),
    "9,000 misspelt elements": lambda: _dynamics(_each('<DerivedVarible name="q#" dimension="none" value="1"/>')),
    "9,000 events without a state": lambda: _dynamics(
        _each('<OnCondition test="theta"><StateAssignment variable="q#" value="p"/></OnCondition>', 4_500)
    ),
    "1,500 derived variables in a circle": lambda: _dynamics(
        _each('<DerivedVariable name="v#" dimension="none" value="v## + v#-"/>', 1_500)
    ),
    "9,000 derived variables in a circle": lambda: _dynamics(
        _each('<DerivedVariable name="v#" dimension="none" value="v## + v#-"/>')
    ),
    "a sweep over 100,000 values": lambda: _BASE.replace(
        "linspace(0 per_ms, 1 per_ms, 16)", "list(" + "1 per_ms, " * 100_000 + "1 per_ms)"
    ),
    "50,000 bindings": lambda: _BASE.replace('rml:bind="x=theta"', f'rml:bind="{"x=theta; " * 50_000}x=theta"'),
    "100,000 raw ampersands": lambda: _BASE.replace('name="theta"', f'name="{"&" * 100_000}"', 1),
    "9,000 raw comparisons": lambda: _value("theta < 1 " * 9_000),
    "9,000 comments that silence nothing": lambda: _at_end(
        _each('<!-- rateml: ignore RML601 --><Unit symbol="u#" dimension="time" power="1"/>')
    ),
    "200,000 prefixes": lambda: "<a " + " ".join(f"xmlns:p{n}=''" for n in range(200_000)) + "><b/></a>",
    "4 MB of text": lambda: _at_end("x" * 4_000_000),
    "4 MB in one attribute": lambda: _BASE.replace('description="', f'description="{"x" * 4_000_000} ', 1),
    "4 MB in one expression": lambda: _value("theta + " * 500_000 + "1"),
    "an expression of 20,000 characters": lambda: _value("omega" + " + 1" * 4_900),
    "200 expressions of 20,000 characters": lambda: _dynamics(
        _each(f'<DerivedVariable name="v#" dimension="none" value="{"theta + " * 2_400}1"/>', 200)
    ),
    "9,000 parameters": lambda: _before("<Exposure", _each('<Parameter name="q#" dimension="none"/>')),
    "9,000 constants": lambda: _before("<Exposure", _each('<Constant name="q#" dimension="none" value="1"/>')),
    "9,000 derived parameters": lambda: _before(
        "<Exposure",
        _each('<DerivedParameter name="q#" dimension="none" value="1 + q##"/>', 8_999)
        + '<DerivedParameter name="q8999" dimension="none" value="1"/>',
    ),
    "9,000 derived variables": lambda: _dynamics(
        '<DerivedVariable name="v0" dimension="none" value="1"/>'
        + _each('<DerivedVariable name="v##" dimension="none" value="sin(v#) + 1"/>', 8_999)
    ),
    "9,000 derived variables, last first": lambda: _dynamics(
        _each('<DerivedVariable name="v#" dimension="none" value="sin(v##) + 1"/>', 8_999)
        + '<DerivedVariable name="v8999" dimension="none" value="1"/>'
    ),
    "4,500 states": lambda: _dynamics(
        _each('<StateVariable name="s#" dimension="none"/><TimeDerivative variable="s#" value="-s# * omega"/>', 4_500)
    ),
    "9,000 states without a derivative": lambda: _dynamics(_each('<StateVariable name="s#" dimension="none"/>')),
    "9,000 cases": lambda: _dynamics(
        '<ConditionalDerivedVariable name="c" dimension="none">'
        + _each('<Case condition="theta .lt. #" value="#"/>')
        + '<Case condition="1 .eq. 1" value="0"/></ConditionalDerivedVariable>'
    ),
    "9,000 exposures": lambda: _before("<Exposure", _each('<Exposure name="q#" dimension="none"/>')),
    "4,500 exposed variables": lambda: _before(
        "<Exposure", _each('<Exposure name="v#" dimension="none"/>', 4_500)
    ).replace(
        "<TimeDerivative",
        _each('<DerivedVariable name="v#" dimension="none" value="theta" exposure="v#"/>', 4_500) + "<TimeDerivative",
        1,
    ),
    "9,000 assignments in one event": lambda: _before(
        '<StateAssignment variable="theta" value="theta - TWOPI"/>',
        '<StateAssignment variable="theta" value="theta + 0"/>' * _MANY,
    ),
    "4,500 events": lambda: _dynamics(
        _each('<OnCondition test="theta .lt. #"><StateAssignment variable="theta" value="#"/></OnCondition>', 4_500)
    ),
    "9,000 requirements": lambda: _before("<Requirement", _each('<Requirement name="q#" dimension="none"/>')),
    "2,000 types": lambda: _before(
        "<ComponentType",
        _each(
            '<ComponentType name="F#" rml:role="function"><Exposure name="y" dimension="none"/><Dynamics>'
            '<DerivedVariable name="y" dimension="none" value="1" exposure="y"/></Dynamics></ComponentType>',
            2_000,
        ),
    ),
    "9,000 components of a coupling": lambda: _at_end(
        _each(
            '<Component id="n#" type="SineCoupling" a="1 per_ms" rml:input="c_theta" rml:bind="x=theta" '
            'rml:delayed="false"/>',
            _MANY,
        )
    ),
    "9,000 dimensions and units": lambda: _before(
        "<Dimension", _each('<Dimension name="d#" t="2"/><Unit symbol="u#" dimension="d#" power="1"/>', 4_500)
    ),
    "9,000 children": lambda: _before(
        "<ComponentType",
        '<ComponentType name="F" rml:role="function"><Exposure name="y" dimension="none"/><Dynamics>'
        '<DerivedVariable name="y" dimension="none" value="1" exposure="y"/></Dynamics></ComponentType>',
    ).replace('<Exposure name="theta"', _each('<Child name="f#" type="F"/>') + '<Exposure name="theta"', 1),
}
