"""How PyLEMS 0.6.9 reads an expression: where its one-pass parser takes operands together differently than
written precedence says."""

from __future__ import annotations

import functools
import re
from typing import Final, TypeAlias

from rateml.syntax.expr import Binary, Call, Expr, Logic, Name, Neg, Num, Relation

Tree: TypeAlias = "str | tuple[Tree, ...]"
"""An operand, or an operator before its operands."""

_TOKEN: Final = re.compile(
    r"\s*([A-Za-z][A-Za-z0-9_]*|[0-9](?:[0-9.eE]|(?<=[eE])[+-])*|\.(?=[A-Za-z])[A-Za-z.]+|\.[0-9.]+|.)", re.DOTALL
)
_FUNCTIONS: Final = frozenset(
    {"exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "abs", "ceil", "factorial", "random", "H"}
)
_PRIORITY: Final = {
    "$": -5,
    "func": 8,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "^": 7,
    "~": 8,
    "exp": 8,
    ".and.": 1,
    ".or.": 1,
    **dict.fromkeys((".gt.", ".ge.", ".geq.", ".lt.", ".le.", ".eq.", ".neq.", ".ne."), 2),
}


def ours(expr: Expr) -> Tree:
    """An expression as the language reads it."""
    match expr:
        case Num(value):
            return repr(value)
        case Name(id):
            return id
        case Neg(operand):
            return ("-", "0.0", ours(operand))
        case Binary(op, left, right):
            return (op, ours(left), ours(right))
        case Relation(op, left, right) | Logic(op, left, right):
            return (f".{op}.", ours(left), ours(right))
        case Call(func, args):
            return (func, *(ours(arg) for arg in args))
    return "?"


def theirs(text: str) -> Tree | None:
    """The expression as PyLEMS reads it; None when it cannot."""
    try:
        return _Reading(_tokens(text)).level()
    except IndexError:
        return None


def same_reading(expr: Expr, text: str) -> bool:
    """Whether both readings come to the same; the order in which a sum's terms are added does not count."""
    other = _their_normal(text)
    return other is not None and other == _normal(ours(expr))


@functools.lru_cache(maxsize=4096)
def _their_normal(text: str) -> object:
    """Kept per text: an editor asks for every expression at every keystroke."""
    other = theirs(text)
    return None if other is None else _normal(other)


def spelled(tree: Tree) -> str:
    """A reading with every operation in parentheses."""
    if isinstance(tree, str):
        return tree.removesuffix(".0")
    operator, operands = tree[0], tree[1:]
    if len(operands) == 1:
        return f"{operator}{_bracketed(spelled(operands[0]))}"
    left, right = operands
    if (operator, left) == ("-", "0.0"):
        return f"(-{spelled(right)})"
    return f"({spelled(left)} {operator} {spelled(right)})"


def _bracketed(text: str) -> str:
    return text if text.startswith("(") else f"({text})"


def _normal(tree: Tree) -> object:
    """A reading with chains of + and -, and of * and /, as lists of what is added and multiplied."""
    if isinstance(tree, str):
        return tree
    operator, operands = tree[0], tree[1:]
    for kinds in (("+", "-"), ("*", "/")):
        if operator in kinds:
            found: list[tuple[bool, object]] = []
            pending: list[tuple[bool, Tree]] = [(False, tree)]
            while pending:
                turned, part = pending.pop()
                if not isinstance(part, str) and part[0] in kinds:
                    pending += [(turned != (part[0] == kinds[1]), part[2]), (turned, part[1])]
                elif not (kinds[0] == "+" and part == "0.0"):
                    found.append((turned, _normal(part)))
            return (kinds[0], *found)
    return (operator, *(_normal(o) for o in operands))


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    for match in _TOKEN.finditer(text.strip()):
        token = match[1]
        if token == "-" and (not found or found[-1] == "(" or found[-1] in _PRIORITY):
            token = "~"
        found.append(token)
    return found


class _Reading:
    """Reads tokens from left to right; an operand is taken by the operator before it unless the next one binds
    tighter, and an operator that binds looser than the last one closes everything that is open."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def level(self) -> Tree:
        """What stands up to the next closing parenthesis."""
        operators: list[str] = ["$"]
        operands: list[Tree] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            following = self.tokens[self.at] if self.at < len(self.tokens) else ""
            if token == "(":
                operands.append(self.level())
                rest = len(self.tokens) - self.at
                self.take(operators, operands, self.tokens[self.at] if rest > 1 else "")
            elif token == ")":
                break
            elif token in _FUNCTIONS:
                operators.append(token)
            elif token in _PRIORITY:
                if _priority(token) < _priority(operators[-1]):
                    operands.append(_close(operators, operands))
                operators.append(token)
            else:
                if following == "(":
                    raise IndexError(token)  # a call of what is no function
                operands.append(_number(token))
                self.take(operators, operands, following)
        return _close(operators, operands)

    def take(self, operators: list[str], operands: list[Tree], following: str) -> None:
        """Give the last operand to the operator before it, if there is one and the next binds no tighter."""
        last = operators[-1]
        if last != "$" and not (following in _PRIORITY and _priority(last) < _priority(following)):
            right = operands.pop()
            operands.append(_node(operators.pop(), right, operands))


def _priority(token: str) -> int:
    return _PRIORITY.get(token, 8 if token in _FUNCTIONS else -5)


def _close(operators: list[str], operands: list[Tree]) -> Tree:
    right = operands.pop()
    while operators[-1] != "$":
        right = _node(operators.pop(), right, operands)
    return right


def _node(operator: str, right: Tree, operands: list[Tree]) -> Tree:
    if operator in _FUNCTIONS:
        return (operator, right)
    if operator == "~":
        return ("-", "0.0", right)
    return (operator, operands.pop(), right)


def _number(token: str) -> str:
    """A number or a name; Python, to which PyLEMS hands them on, refuses ``02``."""
    if token.isdigit() and token[0] == "0" and token.strip("0"):
        raise IndexError(token)
    try:
        return repr(float(token)) if token[0] in "0123456789." else token
    except ValueError:
        return token
