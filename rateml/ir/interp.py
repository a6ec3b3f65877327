"""The oracle: a slow, obvious float64 evaluator of a Program that every target is compared with.

It follows the contract word by word and shares no code with any target: plain loops over steps, regions and
edges, one expression evaluated at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rateml.errors import InternalError
from rateml.ir import philox
from rateml.ir.program import Assign, Coupling, Program
from rateml.model.nodes import Scheme
from rateml.syntax.expr import Binary, Call, Choose, Expr, Logic, Missing, Name, Neg, Num, Relation, names

Float = NDArray[np.float64]
Env = dict[str, float]

_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "exp": np.exp,
    "log": np.log,
    "ln": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "abs": np.abs,
    "ceil": np.ceil,
    "floor": np.floor,
    "min": np.minimum,
    "max": np.maximum,
    "pow": np.power,
    "mod": lambda x, y: x - y * np.floor(x / y),
    "sign": np.sign,
    "H": lambda x: 0.5 * (np.sign(x) + 1.0),
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "erf": lambda x: np.float64(math.erf(x)),
    "erfc": lambda x: np.float64(math.erfc(x)),
}
_RELATIONS: Mapping[str, Callable[[float, float], bool]] = {
    "lt": lambda a, b: a < b,
    "gt": lambda a, b: a > b,
    "leq": lambda a, b: a <= b,
    "geq": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "neq": lambda a, b: a != b,
}


def evaluate(expr: Expr, env: Mapping[str, float]) -> float:
    """The value of a real expression by the rules of IEEE arithmetic: 1/0 is inf, log(-1) is nan."""
    match expr:
        case Num(value):
            return np.float64(value)
        case Name(id):
            return np.float64(env[id])
        case Neg(operand):
            return -evaluate(operand, env)
        case Binary(op, left, right):
            a, b = evaluate(left, env), evaluate(right, env)
            match op:
                case "+":
                    return a + b
                case "-":
                    return a - b
                case "*":
                    return a * b
                case "/":
                    return a / b
                case "^":
                    return np.float64(a) ** np.float64(b)
        case Call(func, args):
            return np.float64(_FUNCTIONS[func](*(evaluate(arg, env) for arg in args)))
        case Choose(test, then, otherwise):
            return evaluate(then if holds(test, env) else otherwise, env)
        case Relation() | Logic() | Missing():
            raise InternalError(f"{type(expr).__name__} is no real value")


def holds(expr: Expr, env: Mapping[str, float]) -> bool:
    """The truth of a boolean expression."""
    match expr:
        case Relation(op, left, right):
            return bool(_RELATIONS[op](evaluate(left, env), evaluate(right, env)))
        case Logic("and", left, right):
            return holds(left, env) and holds(right, env)
        case Logic("or", left, right):
            return holds(left, env) or holds(right, env)
        case _:
            raise InternalError(f"{type(expr).__name__} is no condition")


@dataclass(frozen=True)
class Network:
    """Dense weights [target, source] and the delay of each edge in steps, per coupling id."""

    weights: Mapping[str, Float]
    delays: Mapping[str, NDArray[np.int64]]

    @property
    def n_nodes(self) -> int:
        return int(next(iter(self.weights.values())).shape[0])


@dataclass(frozen=True)
class Trajectory:
    """``states`` (steps + 1, state, region) from t = 0 on; ``exposures`` likewise; ``diverged_at`` or -1."""

    states: Float
    exposures: Float
    diverged_at: int


@dataclass(frozen=True)
class Noise:
    """Which noise a simulation sees: the contract's counters but step, region and state."""

    seed: int
    point: int = 0
    trial: int = 0


def parameters(program: Program, n_nodes: int, given: Mapping[str, float | Sequence[float]]) -> dict[str, Float]:
    """Every parameter per region: the given values over the defaults, then the derived parameters."""
    values = {c.name: np.full(n_nodes, c.value) for c in program.constants}
    for p in program.parameters:
        values[p.key] = np.broadcast_to(np.asarray(given.get(p.key, p.default), dtype=np.float64), (n_nodes,))
    with np.errstate(all="ignore"):
        for assign in program.derived_parameters:
            values[assign.name] = np.array(
                [evaluate(assign.value, {k: v[i] for k, v in values.items()}) for i in range(n_nodes)]
            )
    return values


def start(program: Program, values: Mapping[str, Float], n_nodes: int, noise: Noise) -> Float:
    """The initial state of OnStart, shape (state, region)."""
    x = np.empty((len(program.states), n_nodes))
    with np.errstate(all="ignore"):
        for s, state in enumerate(program.states):
            every = (n.id for value in (*(a.value for a in state.before), state.start) for n in names(value))
            drawn = [name for name in every if name.startswith("random.")]
            u = {
                name: philox.uniforms(noise.seed, int(name[7:]), np.arange(n_nodes), s, noise.point, noise.trial)
                for name in drawn
            }
            for i in range(n_nodes):
                env = {k: v[i] for k, v in values.items()} | {k: v[i] for k, v in u.items()}
                for assign in state.before:
                    env[assign.name] = evaluate(assign.value, env)
                x[s, i] = evaluate(state.start, env)
    return x


class Interpreter:
    """One simulation. ``past`` has shape (k, state, region), its last row the state at t = 0."""

    def __init__(
        self,
        program: Program,
        network: Network,
        dt: float,
        scheme: Scheme,
        given: Mapping[str, float | Sequence[float]] | None = None,
        past: Float | None = None,
        noise: Noise | None = None,
        drive: Callable[[str, float, int], float] | None = None,
    ) -> None:
        self.program, self.network, self.dt, self.scheme = program, network, dt, scheme
        self.n = network.n_nodes
        self.values = parameters(program, self.n, given or {})
        self.noise = noise
        self.drive = drive
        if past is None:
            past = start(program, self.values, self.n, noise or Noise(0))[np.newaxis]
        self.past = np.asarray(past, dtype=np.float64)
        self.stored: list[dict[str, Float]] = []

    def run(self, steps: int) -> Trajectory:
        """Integrate ``steps`` steps from t = 0; after a divergence everything is nan."""
        with np.errstate(all="ignore"):
            return self._run(steps)

    def _run(self, steps: int) -> Trajectory:
        program = self.program
        x = self.past[-1].copy()
        states = np.full((steps + 1, *x.shape), np.nan)
        exposures = np.full((steps + 1, len(program.exposures), self.n), np.nan)
        longest = max((int(d.max(initial=0)) for d in self.network.delays.values()), default=0)
        before = np.repeat(self.past[:1], max(0, longest + 1 - len(self.past)), axis=0)
        past = np.concatenate([before, self.past])
        silent = np.zeros((len(program.inputs), self.n))
        history = [self._publish(row, (k + 1 - len(past)) * self.dt, silent) for k, row in enumerate(past[:-1])]
        history.append(self._publish(x, 0.0))
        inputs = self._inputs(history, 0)
        history[-1] |= self._publish(x, 0.0, inputs)
        states[0], exposures[0] = x, self._expose(x, inputs, 0.0)
        for step in range(steps):
            try:
                x = np.stack([self._advance(x[:, i], inputs[:, i], step, i) for i in range(self.n)], axis=1)
            except FloatingPointError:
                return Trajectory(states, exposures, step)
            t = (step + 1) * self.dt
            history.append(self._publish(x, t))
            inputs = self._inputs(history, step + 1)
            history[-1] |= self._publish(x, t, inputs)
            states[step + 1], exposures[step + 1] = x, self._expose(x, inputs, t)
        return Trajectory(states, exposures, -1)

    def _at(self, node: int) -> Env:
        return {k: float(v[node]) for k, v in self.values.items()}

    def _stage(self, x: Float, inputs: Float, t: float, node: int) -> Env:
        """Every name that holds at a stage of one region."""
        env = self._at(node) | {"t": t}
        for assign in self.program.timed:
            env[assign.name] = evaluate(assign.value, env)
        env |= {s.name: float(v) for s, v in zip(self.program.states, x, strict=True)}
        env |= {i.name: float(v) for i, v in zip(self.program.inputs, inputs, strict=True)}
        for assign in self.program.derived:
            env[assign.name] = evaluate(assign.value, env)
        return env

    def _field(self, x: Float, inputs: Float, t: float, node: int) -> Float:
        env = self._stage(x, inputs, t, node)
        return np.array([evaluate(a.value, env) for a in self.program.derivatives])

    def _increment(self, x: Float, inputs: Float, step: int, node: int) -> Float:
        """sqrt(2 D dt) N(0, 1) per state, D taken at t_n."""
        dw = np.zeros(len(x))
        if self.noise is None:
            return dw
        env = self._stage(x, inputs, step * self.dt, node)
        index = {s.name: k for k, s in enumerate(self.program.states)}
        for assign in self.program.diffusion:
            k = index[assign.name]
            z = philox.normals(self.noise.seed, step, node, k, self.noise.point, self.noise.trial)
            dw[k] = np.sqrt(2.0 * evaluate(assign.value, env) * self.dt) * float(z)
        return dw

    def _constrain(self, x: Float, t: float, node: int) -> Float:
        """OnConditions in document order, each seeing the assignments before it; raises when not finite."""
        if not np.isfinite(x).all():
            raise FloatingPointError
        env = self._at(node) | {"t": t} | {s.name: float(v) for s, v in zip(self.program.states, x, strict=True)}
        for condition in self.program.conditions:
            for assign in condition.before:
                env[assign.name] = evaluate(assign.value, env)
            if holds(condition.test, env):
                env |= {a.name: evaluate(a.value, env) for a in condition.assignments}
        return np.array([env[s.name] for s in self.program.states])

    def _wrap(self, x: Float) -> Float:
        out = x.copy()
        for k, state in enumerate(self.program.states):
            if state.period is not None:
                out[k] = x[k] - state.period * np.floor(x[k] / state.period)
        return out

    def _advance(self, x: Float, u: Float, step: int, node: int) -> Float:
        dt, t = self.dt, step * self.dt
        dw = self._increment(x, u, step, node)
        k1 = self._field(x, u, t, node)
        match self.scheme:
            case "euler":
                out = self._constrain(x + dt * k1 + dw, t + dt, node)
            case "heun":
                inter = self._constrain(x + dt * k1 + dw, t + dt, node)
                k2 = self._field(inter, u, t + dt, node)
                out = self._constrain(x + 0.5 * dt * (k1 + k2) + dw, t + dt, node)
            case "rk4":
                half, full = t + 0.5 * dt, t + dt
                k2 = self._field(self._constrain(x + 0.5 * dt * k1, half, node), u, half, node)
                k3 = self._field(self._constrain(x + 0.5 * dt * k2, half, node), u, half, node)
                k4 = self._field(self._constrain(x + dt * k3, full, node), u, full, node)
                out = self._constrain(x + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4), full, node)
        return self._wrap(out)

    def _publish(self, x: Float, t: float, inputs: Float | None = None) -> dict[str, Float]:
        """The variables that couple, at one time, per region; what depends on inputs is nan until they are known."""
        if inputs is None:
            inputs = np.full((len(self.program.inputs), self.n), np.nan)
        stages = [self._stage(x[:, i], inputs[:, i], t, i) for i in range(self.n)]
        coupled = dict.fromkeys((*self.program.stored, *self.program.current))
        return {name: np.array([stage[name] for stage in stages]) for name in coupled}

    def _inputs(self, history: Sequence[Mapping[str, Float]], step: int) -> Float:
        """All inputs at t = step * dt, shape (input, region)."""
        index = {item.name: k for k, item in enumerate(self.program.inputs)}
        inputs = np.zeros((len(index), self.n))
        if self.drive is not None:
            for port in self.program.ports:
                inputs[index[port.name]] = [self.drive(port.name, step * self.dt, i) for i in range(self.n)]
        for coupling in self.program.couplings:
            for i in range(self.n):
                inputs[index[coupling.input], i] += self._couple(coupling, history, i)
        return inputs

    def _couple(self, coupling: Coupling, history: Sequence[Mapping[str, Float]], i: int) -> float:
        weights, delays = self.network.weights[coupling.id], self.network.delays[coupling.id]
        now = history[-1]
        match coupling.reduce:
            case "sum":
                gx = 0.0
                for j in range(self.n):
                    if weights[i, j] != 0.0:
                        past = history[max(0, len(history) - 1 - int(delays[i, j]))]
                        gx += weights[i, j] * self._pre(coupling, now, i, past, j)
            case "self":
                gx = self._pre(coupling, now, i, now, i)
            case "mean":
                gx = sum(self._pre(coupling, now, k, now, k) for k in range(self.n)) / self.n
        env = self._at(i) | {"n_node": float(self.n), f"{coupling.id}.gx": gx}
        env |= {f"{name}@i": float(now[name][i]) for name in self.program.current}
        return self._last(coupling.node, coupling.post, env)

    def _pre(self, coupling: Coupling, now: Mapping[str, Float], i: int, past: Mapping[str, Float], j: int) -> float:
        env = self._at(i) | {"n_node": float(self.n)}
        env |= {f"{k}@i": v for k, v in self._at(i).items()} | {f"{k}@j": v for k, v in self._at(j).items()}
        env |= {f"{name}@i": float(now[name][i]) for name in self.program.current}
        env |= {f"{name}@j": float(past[name][j]) for name in self.program.stored}
        return self._last(coupling.edge, coupling.pre, env)

    @staticmethod
    def _last(assigns: Sequence[Assign], result: Expr, env: Env) -> float:
        for assign in assigns:
            env[assign.name] = evaluate(assign.value, env)
        return float(evaluate(result, env))

    def _expose(self, x: Float, inputs: Float, t: float) -> Float:
        stages = [self._stage(x[:, i], inputs[:, i], t, i) for i in range(self.n)]
        return np.array([[stage[e.name] for stage in stages] for e in self.program.exposures])
