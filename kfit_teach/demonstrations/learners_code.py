"""Runs what a learner wrote: the definitions of a cell, and then the function asked for."""

import ast
import inspect
import traceback

CELL = "your cell"


class NotYet(Exception):
    """The answer is not right yet; the sentence says what was seen, and what to look at."""

    def __init__(self, sentence, details=""):
        super().__init__(sentence)
        self.details = details


def define(source, name, parameters):
    """Run the imports, definitions and assignments of a cell, and find the function asked for.

    Bare calls at the cell's top level are left out: the call of the check stands there, too.

    Args:
        source: the learner's code.
        name: what the function must be called.
        parameters: the names of its parameters, in order.

    Returns:
        The function.

    Raises:
        NotYet: it cannot be run, or the function is not there, or takes something else.
    """
    try:
        tree = ast.parse(source, CELL)
    except SyntaxError as error:
        raise NotYet(f"Python cannot read line {error.lineno} of your cell: {error.msg}.") from None
    tree.body = [statement for statement in tree.body if not isinstance(statement, ast.Expr)]
    cell = {"__name__": "your_cell"}
    run(lambda: exec(compile(tree, CELL, "exec"), cell), "Your cell", source)
    function = cell.get(name)
    if not inspect.isfunction(function):
        raise NotYet(f"There is no function {name} in your cell; begin with: "
                     f"def {name}({', '.join(parameters)}):")  # fmt: skip
    try:
        inspect.signature(function).bind(*parameters)
    except TypeError:
        raise NotYet(
            f"{name} takes {inspect.signature(function)}, but it is called with "
            f"({', '.join(parameters)})."
        ) from None
    return function


def run(action, whose, source):
    """Run something of the learner's.

    Args:
        action: a function without arguments.
        whose: what the sentence begins with, such as "my_fit".
        source: the learner's code, for the line.

    Raises:
        NotYet: it raised something.
        MemoryError: it was refused memory, which the worker tells of.
    """
    try:
        action()
    except (NotYet, MemoryError):
        raise
    except BaseException as error:
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == CELL
        ]
        where = ""
        if lines:
            text = source.splitlines()[lines[-1] - 1].strip()
            where = f" in line {lines[-1]} of your cell, `{text}`"
        said = str(error).strip().splitlines()
        first = said[0][:200] if said else "no message"
        raise NotYet(
            f"{whose} ended with {type(error).__name__}{where}: {first}", traceback.format_exc()
        ) from None
