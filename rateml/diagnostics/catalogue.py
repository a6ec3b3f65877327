"""The catalogue: every fault rateml can report, with its stable code, severity and text.

Groups: 0xx the file and its XML, 1xx the schema and expression syntax, 2xx names, 3xx dynamics,
4xx dimensions and units, 5xx components and couplings, 6xx advice, 7xx targets,
8xx files of the 2022 dialect.
"""

from __future__ import annotations

from enum import Enum, unique

from rateml.diagnostics.diagnostic import Diagnostic, Fix, Related, Severity, Tag
from rateml.text import Span

_E = Severity.ERROR
_W = Severity.WARNING
_I = Severity.INFORMATION
_H = Severity.HINT
_UNNECESSARY = (Tag.UNNECESSARY,)
_DEPRECATED = (Tag.DEPRECATED,)


@unique
class Code(Enum):
    """``Code.UNDEFINED_NAME.at(span, name="tua", place="model 'Kuramoto'")`` makes the diagnostic."""

    MALFORMED_XML = ("RML001", _E, "{problem}")
    ELEMENT_NOT_CLOSED = ("RML002", _E, "<{name}> is not closed")
    CLOSING_TAG_MISMATCH = ("RML003", _E, "</{name}> does not close anything that is open here")
    TAG_NOT_CLOSED = ("RML004", _E, "the tag <{name}> has no closing '>'")
    QUOTE_NOT_CLOSED = ("RML005", _E, "the value of '{name}' has no closing quote")
    COMMENT_NOT_CLOSED = ("RML006", _E, "this {what} is never closed")
    DUPLICATE_ATTRIBUTE = ("RML007", _E, "'{name}' is given twice on <{element}>")
    RAW_CHARACTER = ("RML008", _E, "a raw '{char}' cannot stand here")
    UNKNOWN_ENTITY = ("RML009", _E, "'{entity}' is not one of the entities XML defines")
    UNDECLARED_PREFIX = ("RML010", _E, "the prefix '{prefix}' is not declared")
    FORBIDDEN_MARKUP = ("RML011", _E, "{what} is not allowed in a model file")
    CONTROL_CHARACTER = ("RML012", _E, "the character {char} cannot stand in XML")
    SECOND_ROOT = ("RML013", _E, "nothing may follow the end of the <{root}> element")
    NO_ROOT = ("RML014", _E, "the file holds no <Lems> element")
    UNDECODABLE = ("RML015", _E, "the file is not UTF-8 text: byte 0x{byte:02x} at offset {offset}")
    FILE_TOO_LARGE = ("RML020", _E, "the file is larger than {limit} MB")
    TOO_MANY_ELEMENTS = ("RML021", _E, "the file has more than {limit} elements")
    ELEMENTS_TOO_DEEP = ("RML022", _E, "elements are nested more than {limit} deep")
    EXPRESSION_TOO_LONG = ("RML023", _E, "the expression is longer than {limit} characters")
    PARENTHESES_TOO_DEEP = ("RML024", _E, "parentheses are nested more than {limit} deep")
    TOO_MANY_SIGNS = ("RML025", _E, "more than {limit} signs '-' stand in a row")
    TOO_MANY_ATTRIBUTES = ("RML026", _E, "<{name}> has more than {limit} attributes")
    TOO_MANY_TOKENS = ("RML027", _E, "the expressions of the file have more than {limit} names, numbers and signs")
    INCLUDE_UNREADABLE = ("RML030", _E, "'{name}' cannot be read: {reason}")
    INCLUDE_FORBIDDEN = ("RML031", _E, "'{name}' cannot be included: {reason}")
    INCLUDE_CYCLE = ("RML032", _E, "'{name}' includes itself: {cycle}")

    UNKNOWN_ELEMENT = ("RML101", _E, "<{name}> cannot stand inside <{parent}>")
    UNKNOWN_ATTRIBUTE = ("RML102", _E, "<{element}> has no attribute '{name}'")
    MISSING_ATTRIBUTE = ("RML103", _E, "<{element}> needs the attribute '{name}'")
    BAD_VALUE = ("RML104", _E, "'{value}' is not a valid {name}: {expected}")
    MISSING_CHILD = ("RML105", _E, "<{element}> needs at least one <{child}>")
    UNEXPECTED_TEXT = ("RML106", _E, "<{element}> holds no text")
    WRONG_ROOT = ("RML107", _E, "a RateML file starts with <Lems> in the namespace {namespace}")
    ATTRIBUTE_OF_OTHER_ROLE = ("RML108", _E, "'{name}' means nothing on a {role}")
    ELEMENT_OF_OTHER_ROLE = ("RML109", _E, "a {role} has no <{name}>")
    EXPECTED_OPERAND = ("RML120", _E, "{found}: a number, a name or '(' should stand here")
    UNEXPECTED_TOKEN = ("RML121", _E, "unexpected '{token}'")
    UNCLOSED_PARENTHESIS = ("RML122", _E, "this '(' is never closed")
    OLD_SPELLING = ("RML123", _E, "'{old}' is not written like that here: use '{new}'")
    BAD_NUMBER = ("RML124", _E, "'{number}' is not a number of this language")
    POWER_CHAIN = ("RML125", _E, "'a^b^c' can be read in two ways")
    RELATION_CHAIN = ("RML126", _E, "comparisons cannot be chained")
    UNEXPECTED_CHARACTER = ("RML127", _E, "'{char}' has no meaning in an expression")
    BAD_BINDING = ("RML128", _E, "a binding is 'formal=variable', several are separated by ';'")
    BAD_SWEEP = ("RML129", _E, "{problem}")

    UNDEFINED_NAME = ("RML201", _E, "'{name}' is not defined in {place}")
    NAME_OUT_OF_SCOPE = ("RML202", _E, "'{name}' cannot be used in {place}")
    UNKNOWN_FUNCTION = ("RML203", _E, "there is no function '{name}'")
    WRONG_ARITY = ("RML204", _E, "'{name}' takes {expected}, not {found}")
    DUPLICATE_NAME = ("RML205", _E, "'{name}' is declared twice in {place}")
    RESERVED_NAME = ("RML206", _E, "'{name}' is reserved: {reason}")
    DUPLICATE_TYPE = ("RML207", _E, "there are two component types named '{name}'")
    DUPLICATE_COMPONENT = ("RML208", _E, "there are two components with the id '{name}'")
    UNKNOWN_EXPOSURE = ("RML209", _E, "{problem}")
    NEEDS_CALL = ("RML210", _E, "'{name}' is a function and needs its arguments in parentheses")

    DYNAMICS_COUNT = ("RML301", _E, "{place} needs exactly one <Dynamics>")
    SECOND_ON_START = ("RML302", _E, "a <Dynamics> has at most one <OnStart>")
    DEPENDENCY_CYCLE = ("RML303", _E, "'{name}' depends on itself: {cycle}")
    MISSING_DERIVATIVE = ("RML304", _E, "state variable '{name}' has no <TimeDerivative>")
    SECOND_DERIVATIVE = ("RML305", _E, "state variable '{name}' has a second <TimeDerivative>")
    NOT_A_STATE = ("RML306", _E, "'{name}' is not a state variable of {place}")
    ASSIGNED_TWICE = ("RML307", _E, "'{name}' is assigned twice")
    VALUE_XOR_SELECT = ("RML308", _E, "derived variable '{name}' needs either value or select{both}")
    MISSING_DEFAULT_CASE = ("RML309", _E, "the last <Case> of '{name}' is not recognisably the default")
    UNREACHABLE_CASE = ("RML310", _E, "no <Case> after this one can ever hold")
    NOT_BOOLEAN = ("RML311", _E, "a condition is needed here, and this is a number")
    NOT_REAL = ("RML312", _E, "a number is needed here, and this is a condition")
    RANDOM_OUTSIDE_START = ("RML313", _E, "random() can only be used in <OnStart>")
    NO_STATES = ("RML314", _E, "model '{name}' has no state variables")
    NOT_YET = ("RML315", _E, "{what} are not {done} yet")
    BAD_PERIOD = ("RML316", _E, "the period of '{name}' must be greater than zero")
    FUNCTION_EXPOSURES = ("RML317", _E, "function '{name}' needs exactly one Exposure, this one has {count}")
    CHILD_NOT_FUNCTION = ("RML318", _E, "'{name}' is a {role} type: a Child calls a function type")
    UNMET_REQUIREMENT = ("RML319", _E, "function '{type}' takes '{name}' from its caller, and {place} has none")

    UNKNOWN_DIMENSION = ("RML401", _E, "there is no dimension '{name}'")
    UNKNOWN_UNIT = ("RML402", _E, "there is no unit '{name}'")
    BAD_QUANTITY = ("RML403", _E, "'{text}' is not a quantity")
    DIMENSION_MISMATCH = ("RML404", _E, "{left} and {right} do not agree: {what}")
    BARE_NUMBER = ("RML405", _E, "'{name}' has the dimension {dimension}: '{text}' needs a unit")
    QUANTITY_DIMENSION = ("RML406", _E, "'{name}' has the dimension {expected}, but '{text}' is {found}")
    BAD_DEFINITION = ("RML407", _E, "{problem}")
    NEEDS_DIMENSIONLESS = ("RML408", _E, "{what} must be without dimension, and this is {found}")
    NO_SQUARE_ROOT = ("RML409", _E, "the square root of {found} is not a dimension")

    MODEL_COUNT = ("RML501", _E, "a file needs exactly one Component of a model type, this one has {count}")
    UNKNOWN_TYPE = ("RML502", _E, "there is no component type '{name}'")
    MISSING_VALUE = ("RML503", _E, "component '{component}' gives no value to {names}")
    UNKNOWN_VALUE = ("RML504", _E, "'{name}' is not a parameter of '{type}'")
    BAD_PARAMETER_VALUE = ("RML505", _E, "'{name}' is {kind}, and {text} is not")
    MISSING_INPUT = ("RML506", _E, "coupling '{component}' does not say which input it feeds")
    UNKNOWN_INPUT = ("RML507", _E, "'{name}' is not a requirement of model type '{type}'")
    UNKNOWN_MODEL = ("RML508", _E, "'{name}' is not the model component")
    UNKNOWN_FORMAL = ("RML509", _E, "'{name}' is not a variable that coupling type '{type}' asks for")
    UNKNOWN_ACTUAL = ("RML510", _E, "{problem}")
    BAD_COUPLING_REQUIREMENT = ("RML511", _E, "a coupling cannot require '{name}'")
    MISSING_SPEED = ("RML512", _E, "coupling '{component}' is delayed and has no rml:speed")
    SPEED_NOT_POSITIVE = ("RML513", _E, "the conduction speed must be greater than zero")
    MISSING_PRE = ("RML515", _E, "coupling type '{name}' does not say what it sums")
    COUPLING_EXPOSURE = ("RML516", _E, "a coupling exposes 'pre' and 'post', not '{name}'")
    UNKNOWN_AXIS = ("RML517", _E, "'{name}' cannot be swept: {reason}")
    FORMAL_TWICE = ("RML518", _E, "'{name}' is bound twice")
    STEP_NOT_POSITIVE = ("RML519", _E, "the time step must be greater than zero")
    ALGEBRAIC_LOOP = ("RML520", _E, "'{name}' depends on the input '{input}' at the moment it is coupled")
    COMPONENT_OF_FUNCTION = ("RML521", _E, "'{name}' is a function type, and functions have no Component")

    UNDRIVEN_PORT = ("RML601", _W, "nothing drives the input '{name}': it stays 0 unless it is driven at run time")
    REVERSED_RANGE = ("RML602", _W, "the range of '{name}' ends before it starts")
    OUT_OF_RANGE = ("RML603", _W, "{text} lies outside the range of '{name}'")
    DIVISION_BY_ZERO = ("RML604", _W, "division by zero: the result is infinite or not a number")
    UNDEFINED_AT_DEFAULTS = ("RML605", _W, "{problem} with the values that component '{component}' gives")
    REPEATED_CASE = ("RML606", _W, "this <Case> is never reached: an earlier one has the same condition", _UNNECESSARY)
    SOURCE_FREE_PRE = ("RML607", _W, "'pre' of coupling type '{name}' reads no source: it uses nothing that ends in _j")
    NOISY_RK4 = ("RML608", _W, "the scheme 'rk4' is for deterministic runs, and there is noise on {names}")
    UNUSED_NAME = ("RML610", _H, "{kind} '{name}' is never used", _UNNECESSARY)
    UNUSED_TYPE = ("RML611", _H, "nothing uses the component type '{name}'", _UNNECESSARY)
    UNUSED_DEFINITION = ("RML612", _H, "nothing uses the {kind} '{name}'", _UNNECESSARY)
    FIXED_DIFFUSION = ("RML613", _I, "no Parameter sets the noise on '{name}', so it can be neither swept nor silenced")
    NOT_CANONICAL_ORDER = ("RML614", _I, "<{name}> stands before <{before}> in the canonical order")
    NOT_PORTABLE_FUNCTION = ("RML621", _I, "not portable (P1): LEMS simulators have no function '{name}'")
    NOT_PORTABLE_PRECEDENCE = ("RML622", _I, "not portable (P2): PyLEMS reads this expression as {reading}")
    NOT_PORTABLE_CONDITIONAL = ("RML623", _I, "not portable (P3): '{name}' uses the conditional variable '{used}'")
    NOT_PORTABLE_ORDER = ("RML624", _I, "not portable (P4): '{name}' is used before it is defined, by '{user}'")
    NOT_PORTABLE_DEFAULT = ("RML625", _I, "not portable (P5): LEMS simulators need a condition on every <Case>")
    NOT_PORTABLE_SUBSTRING = ("RML626", _I, "not portable (P6): PyLEMS sees a circle in the names {names}")
    NOT_PORTABLE_ARGUMENT = ("RML627", _I, "not portable (P7): argument '{name}' of '{child}' is a {kind}")
    NOT_PORTABLE_BUILT_IN = ("RML628", _I, "not portable: {names} are built into RateML only")
    NOT_PORTABLE_CALL = ("RML629", _I, "not portable: PyLEMS does not find the function that '{child}' calls")
    NOT_PORTABLE_EVENT = ("RML630", _I, "not portable: in PyLEMS '{name}' is {what} here")
    NOT_PORTABLE_NAME = ("RML631", _I, "not portable: PyLEMS has another use for the name '{name}'")
    UNKNOWN_SUPPRESSION = ("RML690", _W, "{problem}")
    USELESS_SUPPRESSION = ("RML691", _W, "'{name}' silences nothing here")

    NOT_FOR_TARGET = ("RML701", _E, "target '{target}' cannot express {what}")

    OLD_DIALECT = ("RML801", _I, "this file is in the RateML dialect of 2022: it was migrated in memory", _DEPRECATED)
    OLD_LEFT_OUT = ("RML802", _I, "{what} was left out: {reason}")
    OLD_RENAMED = ("RML803", _I, "'{name}' is now '{new}': {reason}")
    OLD_DUPLICATE = ("RML804", _W, "'{name}' is declared more than once: {winner} counts")
    OLD_COMPUTED = ("RML805", _I, "'{text}' was computed: {value}")
    OLD_REVERSED = ("RML806", _I, "the range '{text}' was read from its lower to its upper end")
    OLD_EXPOSURE = ("RML807", _I, "{problem}")
    OLD_SHARED = ("RML808", _I, "'{name}' is used in {where}: both have the one parameter")
    OLD_POSITION = ("RML810", _W, "'{name}' is taken as the derivative of '{state}': the 2022 dialect goes by position")
    OLD_LAST_CASE = (
        "RML811",
        _W,
        "the condition of the last <Case> of '{name}' was never looked at: it is the default",
    )
    OLD_POWER = ("RML812", _W, "the 2022 targets disagree about this power: it was read as {meant}")
    OLD_INTEGER_DIVISION = ("RML813", _W, "'{text}' was a division of integers in CUDA: here it is {left} / {right}")
    OLD_STALE = ("RML814", _W, "'{name}' uses '{used}', which the 2022 code computed later: now it has the new value")
    OLD_NOISE = ("RML815", _W, "{problem}")
    OLD_SPEED_AXIS = ("RML816", _W, "{problem}")
    OLD_NO_PRE = ("RML817", _W, "'{name}' was always 0, since its coupling has no 'pre': it is an open input now")
    OLD_LOCAL_COUPLING = ("RML818", _W, "there is no local coupling here: '{name}' is 0")
    OLD_WRAP = ("RML819", _W, "'PI' is read as an angle that is wrapped at 2 pi")
    OLD_EXTRA_DERIVATIVE = ("RML820", _E, "'{name}' is one derivative too many: the model has {states}")
    OLD_BAD_RANGE = ("RML821", _E, "'{text}' is not a range")
    OLD_NOT_A_NUMBER = ("RML822", _E, "'{text}' has no value that is a finite number")
    OLD_NO_VALUE = ("RML823", _E, "parameter '{name}' has no range and no value")
    OLD_STATE_INDEX = ("RML824", _E, "'{text}' is not the number of a state variable")
    OLD_BAD_DELAY = ("RML825", _E, "no conduction speed can be read from '{text}'")
    OLD_BAD_SPEED = ("RML826", _E, "{problem}")
    OLD_UNAVAILABLE = ("RML827", _E, "'{name}' cannot be used in {place}")

    PLAIN_LEMS = ("RML851", _I, "this file is plain LEMS: it was migrated in memory")
    LEMS_LEFT_OUT = ("RML852", _I, "{what} was left out: {reason}")
    LEMS_ADDED = ("RML853", _I, "added: {what}")
    LEMS_COMPONENT_LEFT_OUT = ("RML854", _W, "{what} was left out: only the equations of one region were taken")
    LEMS_UNSUPPORTED = ("RML861", _E, "{what} has no counterpart in RateML 1")
    LEMS_UNKNOWN_BASE = ("RML862", _E, "the type '{name}', which this one extends, is in none of the files")
    LEMS_NO_MODEL = ("RML863", _E, "{problem}")
    LEMS_WHICH_MODEL = ("RML864", _E, "{count} Components of this file could be the model")
    LEMS_NO_COMPONENT = ("RML865", _E, "no Component gives values to the parameters of '{name}'")

    def __init__(self, id: str, severity: Severity, template: str, tags: tuple[Tag, ...] = ()) -> None:
        self.id = id
        self.severity = severity
        self.template = template
        self.tags = tags

    def at(
        self,
        span: Span,
        *,
        help: str = "",
        related: tuple[Related, ...] = (),
        fixes: tuple[Fix, ...] = (),
        **values: object,
    ) -> Diagnostic:
        """The diagnostic at ``span``; ``values`` fill the template."""
        return Diagnostic(self, span, self.template.format_map(values), help, related, fixes)
