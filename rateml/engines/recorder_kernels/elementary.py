"""Elementary functions in float64 without branches, so that loops over lanes become vector code.

Within 2 units of the last place of the exact value. NaN stays NaN.
"""

from __future__ import annotations

import numpy as np

from rateml.engines.recorder_kernels.options import inline

MAGIC = 6755399441055744.0
"""1.5 * 2**52: a number of moderate size added to it is rounded to a whole one, which then stands in the low bits."""


@inline
def log(x: float) -> float:
    """Natural logarithm (fdlibm's e_log.c); -inf at 0, NaN below."""
    small = x < 2.2250738585072014e-308
    y = x * 18014398509481984.0 if small else x  # 2**54 makes a subnormal number normal
    bits = np.float64(y).view(np.int64)
    exponent = (bits - 0x3FE6A09E667F3BCD) >> 52
    f = np.int64(bits - (exponent << 52)).view(np.float64) - 1.0
    e = np.int64(exponent + 0x4338000000000000).view(np.float64) - MAGIC
    e = e - 54.0 if small else e
    s = f / (2.0 + f)
    z = s * s
    half = 0.5 * f * f
    zz = z * z
    low = 6.666666666666735130e-01 + z * 3.999999999940941908e-01
    middle = 2.857142874366239149e-01 + z * 2.222219843214978396e-01
    high = (1.818357216161805012e-01 + z * 1.531383769920937332e-01) + zz * 1.479819860510658591e-01
    p = low + zz * (middle + zz * high)
    y = e * 6.93147180369123816490e-01 - ((half - (s * (half + z * p) + e * 1.90821492927058770002e-10)) - f)
    y = -np.inf if x == 0.0 else y
    y = np.nan if x < 0.0 else y
    return y if x < np.inf else x + x


@inline
def exp(x: float) -> float:
    """e**x: 2**k by the bits of k, the rest by its Taylor polynomial; 0 below the least normal number."""
    y = 710.0 if x > 710.0 else x
    y = -708.0 if y < -708.0 else y
    turned = y * 1.44269504088896341 + MAGIC
    k = turned - MAGIC
    r = (y - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10
    rr = r * r
    rrrr = rr * rr
    low = (r * 1.6666666666666666e-01 + 0.5) + rr * (r * 8.333333333333333e-03 + 4.1666666666666664e-02)
    middle = (r * 1.984126984126984e-04 + 1.3888888888888889e-03) + rr * (
        r * 2.7557319223985893e-06 + 2.48015873015873e-05
    )
    high = (r * 2.505210838544172e-08 + 2.755731922398589e-07) + rr * 2.08767569878681e-09
    p = low + rrrr * (middle + rrrr * high)
    p = (p * rr + r) + 1.0
    scale = np.int64((np.float64(turned).view(np.int64) + 1022) << 52).view(np.float64)
    y = p * scale * 2.0
    return 0.0 if x < -708.0 else y


@inline
def direction(turns: float) -> tuple[float, float]:
    """Cosine and sine of 2 pi ``turns`` (fdlibm's kernels within an eighth of a turn)."""
    turned = 4.0 * turns + MAGIC
    quarter = np.float64(turned).view(np.int64)
    r = 6.283185307179586 * (turns - 0.25 * (turned - MAGIC))
    z = r * r
    p = 1.58969099521155010221e-10
    p = p * z - 2.50507602534068634195e-08
    p = p * z + 2.75573137070700676789e-06
    p = p * z - 1.98412698298579493134e-04
    p = p * z + 8.33333333332248946124e-03
    p = p * z - 1.66666666666666324348e-01
    s = p * z * r + r
    p = -1.13596475577881948265e-11
    p = p * z + 2.08757232129817482790e-09
    p = p * z - 2.75573143513906633035e-07
    p = p * z + 2.48015872894767294178e-05
    p = p * z - 1.38888888888741095749e-03
    p = p * z + 4.16666666666666019037e-02
    half = 0.5 * z
    w = 1.0 - half
    c = w + (((1.0 - w) - half) + z * z * p)
    odd = (quarter & 1) != 0
    cosine = s if odd else c
    sine = c if odd else s
    cosine = -cosine if ((quarter + 1) & 2) != 0 else cosine
    sine = -sine if (quarter & 2) != 0 else sine
    return cosine, sine


@inline
def angle(sine: float, cosine: float) -> float:
    """The angle of a direction in [-pi, pi], 0 of none (Cephes' atan.c)."""
    up, along = abs(sine), abs(cosine)
    steep = not along > up  # also of NaN, which then reaches the quotient
    big = up if steep else along
    small = along if steep else up
    t = small / big  # 0 / 0 is mended at the end
    far = t > 0.4142135623730950488
    x = (t - 1.0) / (t + 1.0) if far else t
    z = x * x
    p = -8.750608600031904122785e-1
    p = p * z - 1.615753718733365076637e1
    p = p * z - 7.500855792314704667340e1
    p = p * z - 1.228866684490136173410e2
    p = p * z - 6.485021904942025371773e1
    q = z + 2.485846490142306297962e1
    q = q * z + 1.650270098316988542046e2
    q = q * z + 4.328810604912902668951e2
    q = q * z + 4.853903996359136964868e2
    q = q * z + 1.945506571482613964425e2
    y = x + x * (z * p / q)
    y = y + 0.7853981633974483 if far else y
    y = 1.5707963267948966 - y if steep else y
    y = 3.141592653589793 - y if cosine < 0.0 else y
    y = 0.0 if (sine == 0.0) & (cosine == 0.0) else y
    return -y if sine < 0.0 else y
