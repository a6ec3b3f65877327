"""Target ``cuda``: CUDA C++ that the CUDA engine compiles and runs, specialised by macros to a network and a run."""

from __future__ import annotations

import functools

from rateml.codegen.artifact import Artifact, lift_marks
from rateml.codegen.layout import templates, words
from rateml.codegen.names import snake
from rateml.codegen.printers.cuda import CALLS
from rateml.codegen.targets.cuda.angles import send_angles
from rateml.codegen.targets.cuda.writer import CudaWriter
from rateml.ir.program import Precision, Program
from rateml.text import Span

_CPLUSPLUS = (
    "alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl const constexpr "
    "continue decltype default delete do double dynamic_cast else enum explicit export extern false float for "
    "friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private "
    "protected public register reinterpret_cast return short signed sizeof static static_assert static_cast struct "
    "switch template this throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t "
    "while xor xor_eq fmod isfinite isnan isinf gamma lgamma tgamma j0 j1 jn y0 y1 yn main printf threadIdx "
    "blockIdx blockDim gridDim warpSize index div abs exp2 log2 log10 log1p expm1 cbrt hypot fma round trunc "
    "signbit time clock errno NAN INFINITY"
)
"""Keywords, and names that the headers of CUDA and C++ take."""

_MACROS = (
    "NULL EOF BUFSIZ NZERO SNAN MAXFLOAT HUGE HUGE_VAL HUGE_VALF HUGE_VALL DOMAIN SING OVERFLOW UNDERFLOW PLOSS "
    "TLOSS BYTE_ORDER BIG_ENDIAN LITTLE_ENDIAN CHAR_BIT LONG_BIT WORD_BIT PIPE_BUF CLOCKS_PER_SEC SEEK_SET "
    "SEEK_CUR SEEK_END EXIT_SUCCESS EXIT_FAILURE MATH_ERRNO stdin stdout stderr M_E M_PI M_PI_2 M_PI_4 M_1_PI "
    "M_2_PI M_2_SQRTPI M_LN2 M_LN10 M_LOG2E M_LOG10E M_SQRT2 M_SQRT1_2 CHAR_MAX CHAR_MIN SCHAR_MAX SCHAR_MIN "
    "UCHAR_MAX SHRT_MAX SHRT_MIN USHRT_MAX INT_MAX INT_MIN UINT_MAX LONG_MAX LONG_MIN ULONG_MAX LLONG_MAX "
    "LLONG_MIN ULLONG_MAX SSIZE_MAX BOOL_MAX RAND_MAX LINE_MAX NAME_MAX PATH_MAX IOV_MAX TMP_MAX FOPEN_MAX "
    "FILENAME_MAX FP_NAN FP_INFINITE FP_ZERO FP_SUBNORMAL FP_NORMAL"
)
"""What the headers of C define, which nvcc reads before any code: a variable of such a name is none to it."""


def generate_cuda(program: Program, precision: Precision) -> Artifact:
    """The kernels of a program that has gone through the passes; they integrate by the program's scheme."""
    spans: list[Span] = []
    context = CudaWriter(program, precision, spans, _reserved()).context()
    changed = send_angles(program, precision)
    blocked = context if changed is program else CudaWriter(changed, precision, spans, _reserved()).context()
    angles = {s.name: s.period for s in program.states if s.period is not None}
    periods = [repr(angles.get(e.name, 0.0)) for e in program.exposures]
    text = (
        templates("cuda")
        .get_template("model.cu.jinja")
        .render(
            c=context,
            blocked=blocked,
            parameters=len(program.parameters),
            exposures=len(program.exposures),
            timed=bool(program.timed),
            turns=[repr(s.period) for s in program.states],
            periods=periods if any(e.name in angles for e in program.exposures) else [],
        )
    )
    suffix = "" if precision == "float64" else f"_{precision}"
    file = f"{snake(program.name)}{suffix}.cu"
    source, source_map = lift_marks(file, text, spans)
    return Artifact("cuda", {file: source}, file, source_map)


@functools.cache
def _reserved() -> frozenset[str]:
    """What the templates themselves call things, and C++'s own words."""
    return words("cuda") | {*_CPLUSPLUS.split(), *_MACROS.split(), *CALLS.values()}
