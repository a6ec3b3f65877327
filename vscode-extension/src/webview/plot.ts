/** Curves as SVG: scales, paths and ticks, without a document. */
export interface Box {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly bottom: number;
  readonly top: number;
  readonly right: number;
}

export type Scale = (value: number) => number;

export function scale(low: number, high: number, from: number, to: number): Scale {
  const span = high - low || 1;
  return (value) => from + ((value - low) / span) * (to - from);
}

/** The path of a curve; it breaks where a value is missing. */
export function path(xs: readonly (number | null)[], ys: readonly (number | null)[], x: Scale, y: Scale): string {
  let text = "";
  let drawing = false;
  for (let n = 0; n < xs.length; n++) {
    const a = xs[n];
    const b = ys[n];
    if (a == null || b == null) {
      drawing = false;
      continue;
    }
    text += `${drawing ? "L" : "M"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`;
    drawing = true;
  }
  return text;
}

/** Round numbers between two bounds, about `count` of them. */
export function ticks(low: number, high: number, count = 4): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? rough;
  const found: number[] = [];
  for (let n = Math.ceil(low / step); n * step <= high + step * 1e-9; n++) found.push(Number((n * step).toPrecision(12)));
  return found;
}

/** Lowest and highest of the values that are there, with a margin. */
export function extent(values: readonly (number | null)[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value == null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const margin = 0.05 * (high - low) || 0.5;
  return [low - margin, high + margin];
}
