"""Whole constructs to fill in."""

from __future__ import annotations

from typing import Final, NamedTuple

from rateml.syntax.tree import LEMS, RML


class Snippet(NamedTuple):
    """``inside`` is the element that may hold it, empty for an empty file."""

    label: str
    inside: str
    detail: str
    text: str


_FILE: Final = (
    f'<Lems xmlns="{LEMS}" xmlns:rml="{RML}" rml:version="1.0"\n'
    '      description="${1:what the file holds}">\n\n    $0\n</Lems>\n'
)

SNIPPETS: Final = (
    Snippet("rateml file", "", "a <Lems> element to start with", _FILE),
    Snippet(
        "model",
        "Lems",
        "a model type with one state, and its component",
        '<ComponentType name="${1:MyModel}" rml:role="model" rml:scheme="heun" rml:dt="${2:0.1 ms}">\n'
        '    <Parameter name="${3:tau}" dimension="time"/>\n'
        '    <Exposure name="${4:x}" dimension="none"/>\n'
        '    <Requirement name="${5:c_x}" dimension="none"/>\n'
        "    <Dynamics>\n"
        '        <StateVariable name="${4:x}" dimension="none" exposure="${4:x}"/>\n'
        '        <TimeDerivative variable="${4:x}" value="(${5:c_x} - ${4:x}) / ${3:tau}"/>\n'
        "    </Dynamics>\n"
        "</ComponentType>\n\n"
        '<Component id="${6:model}" type="${1:MyModel}" ${3:tau}="${7:10 ms}"/>$0',
    ),
    Snippet(
        "coupling",
        "Lems",
        "a coupling type that sums a variable of the sources, and its component",
        '<ComponentType name="${1:LinearCoupling}" rml:role="coupling">\n'
        '    <Parameter name="${2:G}" dimension="none"/>\n'
        '    <Exposure name="pre" dimension="none"/>\n'
        '    <Exposure name="post" dimension="none"/>\n'
        '    <Requirement name="${3:x}_j" dimension="none"/>\n'
        '    <Requirement name="gx" dimension="none"/>\n'
        "    <Dynamics>\n"
        '        <DerivedVariable name="pre" dimension="none" value="${3:x}_j" exposure="pre"/>\n'
        '        <DerivedVariable name="post" dimension="none" value="${2:G} * gx" exposure="post"/>\n'
        "    </Dynamics>\n"
        "</ComponentType>\n\n"
        '<Component id="${4:network}" type="${1:LinearCoupling}" ${2:G}="${5:1}" rml:model="${6:model}" '
        'rml:input="${7:c_x}" rml:speed="${8:3 m_per_s}"/>$0',
    ),
    Snippet(
        "function",
        "Lems",
        "a function type, which a Child calls",
        '<ComponentType name="${1:Sigmoid}" rml:role="function">\n'
        '    <Parameter name="${2:slope}" dimension="none"/>\n'
        '    <Exposure name="${3:y}" dimension="none"/>\n'
        '    <Requirement name="${4:x}" dimension="none"/>\n'
        "    <Dynamics>\n"
        '        <DerivedVariable name="${3:y}" dimension="none" value="1 / (1 + exp(-${2:slope} * ${4:x}))" '
        'exposure="${3:y}"/>\n'
        "    </Dynamics>\n"
        "</ComponentType>$0",
    ),
    Snippet(
        "state with derivative",
        "Dynamics",
        "a state variable and its equation",
        '<StateVariable name="${1:x}" dimension="${2:none}"/>\n<TimeDerivative variable="${1:x}" value="$3"/>$0',
    ),
    Snippet(
        "noisy derivative",
        "Dynamics",
        "an equation with noise",
        '<TimeDerivative variable="${1:x}" value="$2" rml:diffusion="${3:D}"/>$0',
    ),
    Snippet(
        "clamp",
        "Dynamics",
        "keep a state above a bound",
        '<OnCondition test="${1:x} .lt. ${2:0}">\n'
        '    <StateAssignment variable="${1:x}" value="${2:0}"/>\n</OnCondition>$0',
    ),
    Snippet(
        "initial values",
        "Dynamics",
        "where the states start",
        '<OnStart>\n    <StateAssignment variable="${1:x}" value="${2:random(1)}"/>\n</OnStart>$0',
    ),
    Snippet(
        "conditional variable",
        "Dynamics",
        "a derived variable with cases, the last of which is the default",
        '<ConditionalDerivedVariable name="${1:y}" dimension="${2:none}">\n'
        '    <Case condition="${3:x .gt. 0}" value="${4:x}"/>\n'
        '    <Case value="${5:0}"/>\n</ConditionalDerivedVariable>$0',
    ),
)
