"""Small models for the tests of passes and targets, written as a user would write them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from rateml.checks import check_model
from rateml.ir.lower import lower
from rateml.ir.program import Program

# The suite draws the same examples every time; `HYPOTHESIS_PROFILE=explore make test` draws new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

MODELS = Path(__file__).parent.parent / "rateml" / "models"

_FILE = """<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
  <ComponentType name="Cell" rml:role="model" rml:dt="0.1 ms" rml:scheme="heun">
    {parameters}
    <Constant name="MSEC" dimension="time" value="1 ms"/>
    <Requirement name="c" dimension="none"/>
    {exposures}
    <Dynamics>
      {states}
      {derived}
      {derivatives}
      {extra}
    </Dynamics>
  </ComponentType>
  <ComponentType name="Link" rml:role="coupling">
    <Parameter name="G" dimension="none"/>
    <Requirement name="x_j" dimension="none"/>
    <Requirement name="x_i" dimension="none"/>
    <Requirement name="gx" dimension="none"/>
    <Exposure name="pre" dimension="none"/>
    <Exposure name="post" dimension="none"/>
    <Dynamics>
      <DerivedVariable name="pre" dimension="none" exposure="pre" value="{pre}"/>
      <DerivedVariable name="post" dimension="none" exposure="post" value="{post}"/>
    </Dynamics>
  </ComponentType>
  <Component id="cell" type="Cell" {values}/>
  <Component id="link" type="Link" G="0.5" rml:input="c" rml:bind="x={bind}" rml:speed="3 m_per_s"/>
</Lems>
"""

MakeProgram = Callable[..., Program]


@pytest.fixture(scope="session", autouse=True)
def cache(pytestconfig: pytest.Config) -> Iterator[Path]:
    """Compiled code is kept between test runs, by content, and away from the user's own."""
    folder = pytestconfig.cache.mkdir("rateml")  # type: ignore[union-attr]  # the cache plugin is on
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RATEML_CACHE_DIR", str(folder))
        yield folder


def model_text(
    rates: Mapping[str, str],
    *,
    parameters: Mapping[str, float] | None = None,
    derived: Mapping[str, str] | None = None,
    diffusion: Mapping[str, str] | None = None,
    extra: str = "",
    pre: str = "x_j",
    post: str = "G * gx",
    bind: str | None = None,
) -> str:
    """A dimensionless model: ``rates`` are per ms, by state."""
    parameters = parameters or {}
    derived = derived or {}
    diffusion = diffusion or {}
    spread = {s: f' rml:diffusion="{d}"' for s, d in diffusion.items()}
    return _FILE.format(
        parameters="".join(f'<Parameter name="{p}" dimension="none"/>' for p in parameters),
        exposures="".join(f'<Exposure name="{v}" dimension="none"/>' for v in (*rates, *derived)),
        states="".join(f'<StateVariable name="{s}" dimension="none" exposure="{s}"/>' for s in rates),
        derived="".join(
            f'<DerivedVariable name="{v}" dimension="none" exposure="{v}" value="{e}"/>' for v, e in derived.items()
        ),
        derivatives="".join(
            f'<TimeDerivative variable="{s}" value="({e}) / MSEC"{spread.get(s, "")}/>' for s, e in rates.items()
        ),
        extra=extra,
        pre=pre,
        post=post,
        values=" ".join(f'{p}="{v!r}"' for p, v in parameters.items()),
        bind=bind or next(iter(rates)),
    )


@pytest.fixture
def make_program() -> MakeProgram:
    """A function from equations to a lowered program; the model must have no errors."""

    def make(rates: Mapping[str, str], **parts: object) -> Program:
        checked = check_model(model_text(rates, **parts), "cell.xml")  # type: ignore[arg-type]  # passed on as given
        errors = [d.message for d in checked.diagnostics if d.severity == 1]
        assert not errors, errors
        assert checked.model is not None
        return lower(checked.model)

    return make


@pytest.fixture(scope="session")
def shipped_models() -> dict[str, Path]:
    """The paths of the models that come with rateml."""
    found = {path.stem: path for path in sorted(MODELS.glob("*.xml"))}
    assert found
    return found


@pytest.fixture(scope="session")
def from_python() -> Callable[[Any], Any]:
    """Makes a compiled function that only compiled code can call one that Python can call."""
    from numba import njit

    def wrap(inner: Any) -> Any:
        @njit(error_model="numpy")
        def call(*args: Any) -> Any:
            return inner(*args)

        return call

    return wrap
