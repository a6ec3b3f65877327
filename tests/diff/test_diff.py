"""``rateml diff``: each change of meaning is found and nothing else is."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from lxml import etree

from rateml.checks import check_model
from rateml.cli.app import run
from rateml.fmt import format_text
from rateml.ir.compare import Difference, compare
from rateml.model.nodes import Model

MODELS = sorted((Path(__file__).parents[2] / "rateml" / "models").glob("*.xml"))
MONTBRIO = next(path for path in MODELS if path.stem == "montbrio").read_text(encoding="utf-8")
LEGACY = Path(__file__).parents[1] / "legacy" / "files"


def model(text: str) -> Model:
    checked = check_model(text, "model.xml")
    assert checked.ok, [d.message for d in checked.diagnostics if d.severity == 1]
    assert checked.model is not None
    return checked.model


def changes(old: str, new: str) -> list[tuple[str, str, str, str]]:
    return [(d.change, d.kind, d.name, d.what) for d in compare(model(old), model(new))]


def shuffled(text: str) -> str:
    """The same model with its elements and attributes in another order, laid out anew, with other comments."""
    root = etree.fromstring(text.encode(), etree.XMLParser(remove_comments=True, remove_blank_text=True))
    draw = random.Random(0)
    for element in root.iter():
        attributes = list(element.attrib.items())
        element.attrib.clear()
        draw.shuffle(attributes)
        element.attrib.update(attributes)
        if element.tag.rpartition("}")[2] in ("Lems", "ComponentType", "Dynamics"):
            fixed = [child for child in element if child.tag.endswith("}OnCondition")]
            others = [child for child in element if child not in fixed]
            draw.shuffle(others)
            element[:] = [*fixed, *others]
    root.insert(0, etree.Comment(" another comment "))
    return etree.tostring(root, pretty_print=True).decode()


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_layout_order_and_comments_are_no_difference(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    other = shuffled(text)
    assert other != text
    whole = model(text)
    assert compare(whole, model(other)) == ()
    assert compare(model(format_text(other).text), whole) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('tau="1 ms"', 'tau="0.001 s"'),
        ('D_r="1e-3 per_ms3"', 'D_r="0.001 per_ms3"'),
        ('J="14.5"', 'J="+14.50"'),
        ('rml:speed="3 m_per_s"', 'rml:speed="3.0 mm_per_ms"'),
        ('value="random(3.5) - 2.0"', 'value="(random(3.5)) - 2"'),
        ('value="pi * tau * r"', 'value="((pi*tau) *r)"'),
        ('description="membrane time constant"', 'description="something else"'),
        ('name="RateCoupling"', 'name="Renamed"'),
        ('rml:input="c_r"', 'rml:input="c_r" rml:bind="r=r" rml:weights="structural" rml:reduce="sum"'),
        ("eta=linspace(-6, -4, 16)", "eta=linspace(-6.0, -4e0, 16)"),
    ],
)
def test_another_spelling_is_no_difference(old: str, new: str) -> None:
    text = MONTBRIO.replace('type="RateCoupling"', 'type="Renamed"') if "Renamed" in new else MONTBRIO
    assert changes(MONTBRIO, text.replace(old, new)) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('eta="-4.6"', 'eta="-5"', [("changed", "parameter", "eta", "value")]),
        ('rml:max="30 ms"', 'rml:max="0.04 s"', [("changed", "parameter", "tau", "range")]),
        ('rml:regional="true" ', "", [("changed", "parameter", "eta", "regional")]),
        ('value="Delta / (pi * tau)"', 'value="Delta / pi / tau"',
         [("changed", "derived parameter", "lorentz", "value")]),
        ('name="pi" dimension="none" value="3.141592653589793"', 'name="pi" dimension="none" value="3"',
         [("changed", "constant", "pi", "value")]),
        ("eta + J * tau", "J * tau", [("changed", "state", "V", "derivative")]),
        ('value="random(3.5) - 2.0"', 'value="-2"', [("changed", "state", "V", "initial value")]),
        ('rml:min="-2" rml:max="1.5"', 'rml:min="-2"', [("changed", "state", "V", "range")]),
        (' rml:diffusion="D_r"', "", [("removed", "noise", "r", "")]),
        ('rml:diffusion="D_r"', 'rml:diffusion="2 * D_r"', [("changed", "noise", "r", "intensity")]),
        ('value="pi * tau * r"', 'value="r * pi * tau"', [("changed", "derived variable", "pitr", "value")]),
        ('test="r .lt. zero_rate"', 'test="r .leq. zero_rate"',
         [("removed", "condition", "r .lt. zero_rate", ""), ("added", "condition", "r .leq. zero_rate", "")]),
        ('variable="r" value="zero_rate"', 'variable="r" value="2 * zero_rate"',
         [("changed", "condition", "r .lt. zero_rate", "assignments")]),
        (' rml:optional="true"', "", [("changed", "input", "c_V", "optional")]),
        ('value="G * gx"', 'value="2 * G * gx"', [("changed", "derived variable", "long_range.post", "value")]),
        ('G="0.4 ms"', 'G="0.5 ms"', [("changed", "parameter", "long_range.G", "value")]),
        ('rml:input="c_r"', 'rml:input="c_V"', [("changed", "coupling", "long_range", "input")]),
        ('rml:speed="3 m_per_s"', 'rml:speed="4 m_per_s"', [("changed", "coupling", "long_range", "speed")]),
        ('rml:speed="3 m_per_s"', 'rml:delayed="false"', [("changed", "coupling", "long_range", "speed")]),
        ('rml:input="c_r"', 'rml:input="c_r" rml:weights="other"', [("changed", "coupling", "long_range", "weights")]),
        ('rml:scheme="heun"', 'rml:scheme="euler"', [("changed", "model", "", "scheme")]),
        ('rml:dt="0.05 ms"', 'rml:dt="0.1 ms"', [("changed", "model", "", "time step")]),
        ("-6, -4, 16", "-6, -4, 8", [("changed", "suggested sweep", "eta", "values")]),
    ],
)  # fmt: skip
def test_each_change_is_found_and_only_that(old: str, new: str, found: list[tuple[str, str, str, str]]) -> None:
    assert MONTBRIO.count(old) == 1
    assert changes(MONTBRIO, MONTBRIO.replace(old, new)) == found
    swapped = {"added": "removed", "removed": "added", "changed": "changed"}
    back = changes(MONTBRIO.replace(old, new), MONTBRIO)
    assert sorted(back) == sorted((swapped[change], *rest) for change, *rest in found)


def test_the_variable_that_is_coupled() -> None:
    text = MONTBRIO.replace('rml:input="c_r"', 'rml:input="c_r" rml:bind="r=lorentz_r"').replace(
        "<TimeDerivative", '<DerivedVariable name="lorentz_r" dimension="per_time" value="r"/><TimeDerivative', 1
    )
    assert changes(text, text.replace("r=lorentz_r", "r=r")) == [("changed", "coupling", "long_range", "variables")]


def test_an_exposure() -> None:
    without = re.sub(r'<Exposure name="V".*?/>', "", MONTBRIO).replace(' exposure="V"', "")
    assert changes(MONTBRIO, without) == [("removed", "exposure", "V", "")]


def test_a_state_with_its_derivative_is_one_difference() -> None:
    more = MONTBRIO.replace("<TimeDerivative", '<TimeDerivative variable="W" value="0 * lorentz"/><TimeDerivative', 1)
    more = more.replace("<StateVariable", '<StateVariable name="W" dimension="none"/><StateVariable', 1)
    assert changes(MONTBRIO, more) == [("added", "state", "W", "")]


def test_a_whole_coupling_is_one_difference() -> None:
    without = re.sub(r'<Component id="long_range".*?/>', "", MONTBRIO)
    assert changes(MONTBRIO, without) == [("removed", "coupling", "long_range", "")]


def test_the_order_of_conditions_counts_where_it_matters() -> None:
    apart = '<OnCondition test="V .gt. 9"><StateAssignment variable="V" value="9"/></OnCondition>'
    meeting = '<OnCondition test="r .gt. 9 * zero_rate"><StateAssignment variable="r" value="zero_rate"/></OnCondition>'
    end = "</Dynamics>"
    for extra, found in ((apart, []), (meeting, [("changed", "condition", "r .lt. zero_rate", "order")])):
        after = MONTBRIO.replace(end, extra + end, 1)
        before = MONTBRIO.replace("<OnCondition", f"{extra}<OnCondition", 1)
        assert changes(after, before) == found


def test_sums_of_any_length_are_compared() -> None:
    long = "+ ".join(["r * tau "] * 1500)
    text = MONTBRIO.replace('value="pi * tau * r"', f'value="{long}"')
    assert changes(text, text.replace("r * tau + r * tau", "r * tau + tau * r", 1)) == [
        ("changed", "derived variable", "pitr", "value")
    ]


@pytest.fixture
def files(tmp_path: Path) -> Mapping[str, Path]:
    texts = {
        "old": MONTBRIO,
        "same": shuffled(MONTBRIO),
        "new": MONTBRIO.replace('eta="-4.6"', 'eta="-5"').replace(' rml:diffusion="D_r"', ""),
        "broken": MONTBRIO.replace("eta +", "etta +"),
    }
    paths = {name: tmp_path / f"{name}.xml" for name in texts}
    for name, path in paths.items():
        path.write_text(texts[name], encoding="utf-8")
    return paths


Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    def call(*words: object) -> tuple[int, str, str]:
        code = run(["diff", *map(str, words)])
        out, err = capsys.readouterr()
        return code, out, " ".join(err.split())

    return call


def test_text_and_exit_codes(cli: Cli, files: Mapping[str, Path]) -> None:
    old, new = files["old"], files["new"]
    assert cli(old, files["same"]) == (0, "", "the models are equal")
    line = 1 + MONTBRIO[: MONTBRIO.index('eta="-4.6"')].count("\n")
    derivative = 1 + MONTBRIO[: MONTBRIO.index('<TimeDerivative variable="r"')].count("\n")
    code, out, err = cli(old, new)
    assert (code, err) == (1, "")
    assert out == (
        f"changed parameter eta: value -4.6 -> -5\n  {old}:{line}, {new}:{line}\n"
        f"removed noise r: intensity D_r\n  {old}:{derivative}\n"
    )
    code, out, err = cli(old, files["broken"])
    assert (code, out) == (2, "")
    assert "RML201" in err
    assert "cannot be compared" in err
    assert cli(old, old.parent / "none.xml")[0] == 2
    assert cli(old)[0] == 2


def test_json(cli: Cli, files: Mapping[str, Path]) -> None:
    code, out, _ = cli(files["old"], files["new"], "--format", "json")
    assert code == 1
    changed, removed = json.loads(out)
    place = {"file": str(files["old"]), "line": changed["old"]["line"], "text": "-4.6"}
    assert changed["old"] == place
    assert (changed["change"], changed["kind"], changed["name"], changed["what"]) == (
        "changed",
        "parameter",
        "eta",
        "value",
    )
    assert (removed["what"], removed["new"]) == (None, None)
    assert json.loads(cli(files["old"], files["same"], "--format", "json")[1]) == []


@pytest.mark.parametrize("name", ["mpr", "seizure", "phase"])
def test_an_old_file_is_what_it_migrates_to(
    cli: Cli, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = LEGACY / f"{name}.xml", tmp_path / f"{name}.xml"
    assert run(["migrate", str(old), "-o", str(new)]) == 0
    capsys.readouterr()
    code, out, err = cli(old, new)
    assert (code, out) == (0, "")
    assert "dialect of 2022" in err


def test_differences_are_data() -> None:
    (found,) = compare(model(MONTBRIO), model(MONTBRIO.replace('eta="-4.6"', 'eta="-5"')))
    assert isinstance(found, Difference)
    assert found.old is not None
    assert MONTBRIO[found.old.span.start : found.old.span.end] == found.old.text == "-4.6"
