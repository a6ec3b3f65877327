"""A model as long as a paper's: the populations of the shipped ones in one type, with their couplings."""

from __future__ import annotations

import re
from importlib.resources import files

_POPULATIONS = {"E": "epileptor", "M": "montbrio", "K": "kuramoto", "N": "montbrio"}
"""What tells the names of each apart from those of the others."""
_WRITTEN = re.compile(r'\b((?:rml:)?(?:name|value|exposure|variable|test|condition|diffusion|periodic))="([^"]*)"')
_WORD = re.compile(r"\b[A-Za-z]\w*\b")


def merged() -> str:
    """About 200 lines without a fault, of which advice has something to say."""
    heads: dict[str, None] = {}
    declared: list[str] = []
    dynamics: list[str] = []
    starts: list[str] = []
    couplings: dict[str, None] = {}
    components: list[str] = []
    values = ""
    for suffix, name in _POPULATIONS.items():
        text = (files("rateml") / "models" / f"{name}.xml").read_text(encoding="utf-8")
        head, own, rest = _parts(text)
        names = frozenset(re.findall(r' name="(\w+)"', own.partition("\n")[2]))
        for written in reversed(list(_WRITTEN.finditer(own))):
            fresh = f'{written[1]}="{_renamed(written[2], names, suffix)}"'
            own = own[: written.start()] + fresh + own[written.end() :]
        before, _, inside = own.partition("<Dynamics>\n")
        start = re.search(r" *<OnStart>\n(.*?) *</OnStart>\n", inside, re.DOTALL)
        assert start is not None
        heads |= dict.fromkeys(line for line in head.splitlines(keepends=True) if line.strip())
        declared.append(before.partition("\n")[2].rstrip(" "))
        dynamics.append(inside.replace(start[0], "").partition(" " * 8 + "</Dynamics>")[0])
        starts.append(start[1])
        coupling, _, component = rest.partition("    <Component ")
        first, *others = f"<Component {component}".splitlines()
        couplings[coupling.strip("\n") + "\n\n"] = None
        values += "".join(f' {a}{suffix}="{v}"' for a, v in re.findall(r' (\w+)="([^"]*)"', first) if a in names)
        components += [_connected(line, names, suffix) for line in others if line.strip().startswith("<Component ")]
    return "".join(
        [
            '<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">\n',
            *heads,
            '\n    <ComponentType name="Merged" rml:role="model" rml:scheme="heun" rml:dt="0.05 ms">\n',
            *declared,
            "        <Dynamics>\n",
            *dynamics,
            "            <OnStart>\n",
            *starts,
            "            </OnStart>\n        </Dynamics>\n    </ComponentType>\n\n",
            *couplings,
            f'    <Component id="merged" type="Merged"{values}/>\n',
            *components,
            "</Lems>\n",
        ]
    )


def _parts(text: str) -> tuple[str, str, str]:
    """The definitions, the model type and what follows it."""
    body = text[text.index(">\n") + 2 : text.rindex("</Lems>")]
    head, tag, rest = body.partition("    <ComponentType ")
    own, end, rest = rest.partition("</ComponentType>\n")
    return head, tag + own + end, rest


def _renamed(text: str, names: frozenset[str], suffix: str) -> str:
    """Expressions with the names of one model told apart from those of the others."""
    return _WORD.sub(lambda word: word[0] + suffix if word[0] in names else word[0], text)


def _connected(line: str, names: frozenset[str], suffix: str) -> str:
    """A coupling component on the variables of the merged model."""
    line = re.sub(r'(<Component id=")(\w+)', rf"\1\2{suffix}", line)
    line = re.sub(r'(rml:model=")\w+', r"\1merged", line)
    line = re.sub(r'(rml:input=")(\w+)', rf"\1\2{suffix}", line)
    bound = re.search(r'rml:bind="([^"]*)"', line)
    if bound is None and "RateCoupling" in line:
        return line.replace(" rml:speed", f' rml:bind="r=r{suffix}" rml:speed') + "\n"
    return re.sub(r'(rml:bind="\w+=)(\w+)', rf"\1\2{suffix}", line) + "\n"
