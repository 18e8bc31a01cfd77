"""Runs what a learner wrote: the definitions of a cell, and then the function asked for."""

import ast
import inspect
import io
import linecache
import sys
import traceback

CELL = "your cell"
_MOST_CHARACTERS_KEPT = 2000
# Python's own names (sys.addaudithook) of what starts a process or ends another.
_DEEDS_WITH_PROCESSES = frozenset(
    ["os.exec", "os.fork", "os.forkpty", "os.kill", "os.killpg", "os.posix_spawn", "os.spawn",
     "os.system", "pty.spawn", "subprocess.Popen"]
)  # fmt: skip


class NotYet(Exception):
    """The answer is not right yet; the sentence says what was seen, and what to look at."""

    def __init__(self, sentence, details=""):
        super().__init__(sentence)
        self.details = details


class Printed(io.TextIOBase):
    """Stands in for standard output: keeps how the text begins, and lets nobody close it."""

    def __init__(self):
        self._kept, self._characters = "", 0

    def write(self, text):
        """Take text; keep it as long as there is room."""
        self._kept += text[: _MOST_CHARACTERS_KEPT - len(self._kept)]
        self._characters += len(text)
        return len(text)

    def close(self):
        """Stay open."""

    def told(self):
        """Give what was printed, for the details; empty where nothing was."""
        if not self._kept:
            return ""
        left_out = self._characters - len(self._kept)
        more = f"\n(and {left_out} characters more)" if left_out else ""
        return f"\n\nIt printed:\n{self._kept}{more}"


def refuse_processes():
    """Let this process neither start nor end another one, from now to its end.

    An answer has no need of that, and one that starts processes in a loop would stop the machine.
    """

    def refuse(deed, arguments):
        if deed in _DEEDS_WITH_PROCESSES:
            raise PermissionError(f"an answer may not start or end processes ({deed})")

    sys.addaudithook(refuse)


def define(source, name, parameters):
    """Run the imports, definitions and assignments of a cell, and find the function asked for.

    Bare calls at the cell's top level are left out, and what fails after the function is there is
    passed over: the call of the check, and trying out with the notebook's images, stand there, too.

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
    try:
        run(lambda: exec(compile(tree, CELL, "exec"), cell), "Your cell", source)
    except NotYet:
        if name not in cell:
            raise
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
            f"{whose} ended with {type(error).__name__}{where}: {first}{_advice(error)}",
            _traceback(error, source),
        ) from None


def _advice(error):
    """Say what to do where a name is missing: most often, another cell has it."""
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return ". The check runs this one cell alone; import or define the name in it."
    return ""


def _traceback(error, source):
    """Format a traceback from the learner's first line on, with the lines of the cell."""
    linecache.cache[CELL] = (len(source), None, source.splitlines(keepends=True), CELL)
    start = error.__traceback__
    while start and start.tb_frame.f_code.co_filename != CELL:
        start = start.tb_next
    return "".join(traceback.format_exception(error.with_traceback(start)))
