/** Values of parameters as the file writes them. */
import type { Range } from "./sourceMap";

/** One parameter as `rateml/parameters` tells it: numbers in `unit`; times `factor` they are in base units. */
export interface Parameter {
  readonly key: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly step: number | null;
  readonly unit: string;
  readonly factor: number;
  readonly description: string;
  readonly range: Range | null;
}

/** A number as LEMS reads it, without the digits that binary arithmetic adds. */
export function written(value: number, unit: string): string {
  let text = String(Number(value.toPrecision(12)));
  if (text.startsWith(".")) text = `0${text}`;
  return unit ? `${text} ${unit}` : text;
}

/** Bounds of a slider: those of the model, or around the value where it has none. */
export function bounds(parameter: Parameter): { low: number; high: number; step: number } {
  const reach = Math.abs(parameter.value) || 1;
  const low = parameter.low ?? Math.min(parameter.value - 2 * reach, parameter.high ?? Infinity);
  const high = parameter.high ?? Math.max(parameter.value + 2 * reach, low);
  return { low, high, step: parameter.step ?? (high - low) / 200 };
}

/** Those that differ from the file, in base units, as `rateml/dynamics` takes them. */
export function changed(parameters: readonly Parameter[], values: Readonly<Record<string, number>>): Record<string, number> {
  const found: Record<string, number> = {};
  for (const p of parameters) {
    const value = values[p.key];
    if (value !== undefined && value !== p.value) found[p.key] = value * p.factor;
  }
  return found;
}
