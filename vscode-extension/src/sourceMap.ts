/** From places of the model to lines of the code, and back. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface Mapped {
  readonly line: number;
  readonly range: Range;
}

/** Lines of the code that come from the smallest mapped range around a position; else those of its line. */
export function linesFor(map: readonly Mapped[], at: Position): number[] {
  const around = map.filter((entry) => contains(entry.range, at));
  const chosen = around.length
    ? around.filter((entry) => size(entry.range) <= Math.min(...around.map((other) => size(other.range))))
    : map.filter((entry) => entry.range.start.line === at.line);
  return [...new Set(chosen.map((entry) => entry.line))].sort((a, b) => a - b);
}

/** The ranges of the model that a line of the code comes from. */
export function rangesFor(map: readonly Mapped[], line: number): Range[] {
  return map.filter((entry) => entry.line === line).map((entry) => entry.range);
}

function contains(range: Range, at: Position): boolean {
  return compare(range.start, at) <= 0 && compare(at, range.end) <= 0;
}

function compare(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}

/** Lines count more than any characters do. */
function size(range: Range): number {
  return (range.end.line - range.start.line) * 100_000 + range.end.character - range.start.character;
}
