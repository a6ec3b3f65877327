/** The script of the panel: sliders, traces and the phase plane. */
import { bounds, type Parameter, written } from "../values";
import { type Box, extent, path, scale, type Scale, ticks } from "./plot";

interface Plane {
  readonly axes: readonly [string, string];
  readonly ranges: readonly [readonly [number, number], readonly [number, number]];
  readonly nullclines: Readonly<Record<string, readonly (readonly [number, number])[][]>>;
  readonly arrows: Readonly<Record<string, unknown>> & { readonly x: number[]; readonly y: number[] };
}

interface Answer {
  readonly time: number[];
  readonly states: Readonly<Record<string, (number | null)[]>>;
  readonly ended: string;
  readonly plane: Plane | null;
}

type Told =
  | { kind: "model"; body: string; parameters: Parameter[]; values: Record<string, number> }
  | { kind: "dynamics"; answer: Answer }
  | { kind: "fault"; message: string };

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const editor = acquireVsCodeApi();
const SVG = "http://www.w3.org/2000/svg";
const BOX: Box = { width: 420, height: 240, left: 56, bottom: 42, top: 14, right: 20 };
const ARROW = 9;
let parameters: Parameter[] = [];
let values: Record<string, number> = {};

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found;
}

const writing = byId("write") as HTMLButtonElement;
const resetting = byId("reset") as HTMLButtonElement;

window.addEventListener("message", ({ data }: MessageEvent<Told>) => {
  byId("fault").hidden = data.kind !== "fault";
  if (data.kind === "fault") byId("fault").textContent = `Not up to date: ${data.message}`;
  if (data.kind === "model") showModel(data.body, data.parameters, data.values);
  if (data.kind === "dynamics") showDynamics(data.answer);
});
writing.addEventListener("click", () => {
  editor.postMessage({ kind: "write", values });
});
resetting.addEventListener("click", () => {
  values = Object.fromEntries(parameters.map((p) => [p.key, p.value]));
  showSliders();
  changed();
});
editor.postMessage({ kind: "ready" });

function changed(): void {
  const differs = parameters.some((p) => values[p.key] !== p.value);
  writing.disabled = resetting.disabled = !differs;
  editor.postMessage({ kind: "values", values });
}

function showModel(body: string, found: Parameter[], now: Record<string, number>): void {
  const card = byId("card");
  card.innerHTML = body;
  for (const heading of card.querySelectorAll("h1")) {
    const lower = document.createElement("h2");
    lower.append(...heading.childNodes);
    heading.replaceWith(lower);
  }
  for (const wide of card.querySelectorAll<HTMLElement>(".equation, .wide")) wide.tabIndex = 0;
  const focused = document.activeElement?.id;
  parameters = found;
  values = { ...now };
  showSliders();
  if (focused) document.getElementById(focused)?.focus();
  writing.disabled = resetting.disabled = !parameters.some((p) => values[p.key] !== p.value);
}

function showSliders(): void {
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const title of ["Parameter", "Slider", "Value", "Meaning"]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = title;
    head.append(cell);
  }
  const rows = table.createTBody();
  for (const p of parameters) rows.append(row(p));
  byId("sliders").replaceChildren(table);
}

function row(p: Parameter): HTMLTableRowElement {
  const line = document.createElement("tr");
  const name = document.createElement("th");
  name.scope = "row";
  name.textContent = p.key;
  const slider = document.createElement("input");
  const { low, high, step } = bounds(p);
  Object.assign(slider, { type: "range", id: `slider-${p.key}`, min: String(low), max: String(high), step: String(step) });
  slider.setAttribute("aria-label", p.description ? `${p.key}, ${p.description}` : p.key);
  slider.value = String(values[p.key] ?? p.value);
  const told = document.createElement("output");
  told.textContent = written(values[p.key] ?? p.value, p.unit);
  slider.addEventListener("input", () => {
    values[p.key] = Number(slider.value);
    told.textContent = written(Number(slider.value), p.unit);
    changed();
  });
  line.append(name, ...[slider, told, p.description].map(cell));
  return line;
}

function cell(content: Node | string): HTMLTableCellElement {
  const made = document.createElement("td");
  made.append(content);
  return made;
}

function showDynamics(answer: Answer): void {
  const figures = Object.entries(answer.states).map(([name, curve], n) => trace(name, answer.time, curve, n));
  if (answer.plane) figures.push(phasePlane(answer.plane, answer.states));
  byId("plots").replaceChildren(...figures);
  const last = answer.time[answer.time.length - 1] ?? 0;
  byId("ended").textContent =
    answer.ended === "complete"
      ? `${last} ms without noise, inputs held at 0.`
      : `The trace ends at ${last} ms: ${answer.ended}.`;
}

function trace(name: string, time: number[], curve: (number | null)[], n: number): HTMLElement {
  const last = time[time.length - 1] ?? 1;
  const [svg, x, y] = frame(`${name} over time`, [0, last], extent(curve), "ms", name);
  draw(inside(svg), `trace c${n % 6}`, path(time, curve, x, y)).dataset["state"] = name;
  return figure(svg, `${name} over time`);
}

function phasePlane(plane: Plane, states: Answer["states"]): HTMLElement {
  const [a, b] = plane.axes;
  const title = `Phase plane of ${a} and ${b} with nullclines`;
  const [svg, x, y] = frame(title, plane.ranges[0], plane.ranges[1], a, b);
  const field = inside(svg);
  plane.axes.forEach((axis, n) => {
    const lines = plane.nullclines[axis] ?? [];
    const text = lines.map((line) => path(line.map((p) => p[0]), line.map((p) => p[1]), x, y)).join("");
    draw(field, `nullcline n${n}`, text).dataset["nullcline"] = axis;
  });
  draw(field, "arrows", arrows(plane, x, y));
  draw(field, "orbit", path(states[a] ?? [], states[b] ?? [], x, y));
  return figure(svg, `${title}: ${a}′ = 0 dashed, ${b}′ = 0 dotted`);
}

/** Directions only: a short line at each point of the grid. */
function arrows(plane: Plane, x: Scale, y: Scale): string {
  const [u, v] = plane.axes.map((axis) => plane.arrows[axis] as (number | null)[][]);
  const perX = x(1) - x(0);
  const perY = y(1) - y(0);
  let text = "";
  plane.arrows.y.forEach((py, row) => {
    plane.arrows.x.forEach((px, column) => {
      const dx = (u?.[row]?.[column] ?? 0) * perX;
      const dy = (v?.[row]?.[column] ?? 0) * perY;
      const length = Math.hypot(dx, dy);
      if (!length) return;
      text += `M${x(px).toFixed(1)} ${y(py).toFixed(1)}l${((dx / length) * ARROW).toFixed(1)} ${((dy / length) * ARROW).toFixed(1)}`;
    });
  });
  return text;
}

function frame(
  label: string,
  xs: readonly [number, number],
  ys: readonly [number, number],
  xName: string,
  yName: string,
): [SVGSVGElement, Scale, Scale] {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${BOX.width} ${BOX.height}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  const [right, bottom] = [BOX.width - BOX.right, BOX.height - BOX.bottom];
  const x = scale(...xs, BOX.left, right);
  const y = scale(...ys, bottom, BOX.top);
  draw(svg, "axis", `M${BOX.left} ${BOX.top}V${bottom}H${right}`);
  for (const at of ticks(...xs)) text(svg, String(at), x(at), bottom + 17, "middle");
  for (const at of ticks(...ys)) text(svg, String(at), BOX.left - 5, y(at) + 5, "end");
  text(svg, xName, (BOX.left + right) / 2, BOX.height - 6, "middle");
  text(svg, yName, 4, BOX.top + 8, "start");
  return [svg, x, y];
}

/** The part of a plot within its axes: what leaves it is not drawn. */
function inside(svg: SVGSVGElement): SVGSVGElement {
  const made = document.createElementNS(SVG, "svg");
  const [width, height] = [BOX.width - BOX.left - BOX.right, BOX.height - BOX.top - BOX.bottom];
  for (const [key, value] of Object.entries({ x: BOX.left, y: BOX.top, width, height })) made.setAttribute(key, String(value));
  made.setAttribute("viewBox", `${BOX.left} ${BOX.top} ${width} ${height}`);
  svg.append(made);
  return made;
}

function text(svg: SVGSVGElement, content: string, x: number, y: number, anchor: string): void {
  const made = document.createElementNS(SVG, "text");
  for (const [key, value] of Object.entries({ x, y, "text-anchor": anchor })) made.setAttribute(key, String(value));
  made.textContent = content;
  svg.append(made);
}

function draw(svg: SVGSVGElement, kind: string, d: string): SVGPathElement {
  const made = document.createElementNS(SVG, "path");
  made.setAttribute("class", kind);
  made.setAttribute("d", d);
  svg.append(made);
  return made;
}

function figure(svg: SVGSVGElement, caption: string): HTMLElement {
  const made = document.createElement("figure");
  const told = document.createElement("figcaption");
  told.textContent = caption;
  made.append(svg, told);
  return made;
}
