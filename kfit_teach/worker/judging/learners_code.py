"""Runs what a learner wrote: the definitions of a cell, and then the function asked for."""

import ast
import inspect
import io
import linecache
import sys
import traceback
from collections.abc import Callable, Sequence

from kfit_teach.common.words import say

CELL = "your cell"
_MOST_CHARACTERS_KEPT = 2000
# Python's own names (sys.addaudithook) of what starts a process or ends another.
_DEEDS_WITH_PROCESSES = frozenset(
    ["os.exec", "os.fork", "os.forkpty", "os.kill", "os.killpg", "os.posix_spawn", "os.spawn",
     "os.system", "pty.spawn", "subprocess.Popen"]
)  # fmt: skip


class NotYet(Exception):
    """The answer is not right yet; the sentence says what was seen, and what to look at."""

    def __init__(self, sentence: str, details: str = ""):
        super().__init__(sentence)
        self.details = details


class Printed(io.TextIOBase):
    """Stands in for standard output: keeps how the text begins, and lets nobody close it."""

    def __init__(self):
        self._kept, self._characters = "", 0

    def write(self, text: str) -> int:
        """Take text; keep it as long as there is room."""
        self._kept += text[: _MOST_CHARACTERS_KEPT - len(self._kept)]
        self._characters += len(text)
        return len(text)

    def close(self) -> None:
        """Stay open."""

    def told(self) -> str:
        """Give what was printed, for the details; empty where nothing was."""
        if not self._kept:
            return ""
        told = say("\n\nIt printed:\n{text}", text=self._kept)
        left_out = self._characters - len(self._kept)
        if left_out:
            told += say("\n(and {left_out} characters more)", left_out=left_out)
        return told


def refuse_processes() -> None:
    """Let this process neither start nor end another one, from now to its end.

    An answer has no need of that, and one that starts processes in a loop would stop the machine.
    """

    def refuse(deed: str, arguments: tuple) -> None:
        if deed in _DEEDS_WITH_PROCESSES:
            message = say("an answer may not start or end processes ({deed})", deed=deed)
            raise PermissionError(message)

    sys.addaudithook(refuse)


def define(source: str, name: str, parameters: Sequence[str]) -> Callable:
    """Run the imports, definitions and assignments of a cell, and find the function asked for.

    Bare calls at the cell's top level are left out, and what fails after the function is there is
    passed over: the call of the check, and trying out with the notebook's images, stand there, too.

    Raises:
        NotYet: it cannot be run, or the function is not there, or takes something else.
    """
    function = _defined(source, name)
    if not inspect.isfunction(function):
        raise NotYet(say(
            "There is no function {name} in your cell; begin with: def {name}({parameters}):",
            name=name, parameters=", ".join(parameters),
        ))  # fmt: skip
    _refuse_other_parameters(function, name, parameters)
    return function


def define_class(source: str, name: str, base: type, parameters: Sequence[str]) -> type:
    """Run a cell as `define` does, and find the class asked for.

    Args:
        source: the cell.
        name: of the class.
        base: which it must have been made from.
        parameters: what it is made with.

    Raises:
        NotYet: it cannot be run, or the class is not there, or has another base or parameters.
    """
    found = _defined(source, name)
    if not inspect.isclass(found):
        raise NotYet(say("There is no class {name} in your cell; begin with: class {name}({base}):",
                         name=name, base=base.__name__))  # fmt: skip
    if not issubclass(found, base):
        raise NotYet(say("{name} is no {base}, so Keras does not know what to ask it; begin with: "
                         "class {name}({base}):", name=name, base=base.__name__))  # fmt: skip
    _refuse_other_parameters(found, name, parameters)
    return found


def _defined(source: str, name: str) -> object:
    """Run a cell without its bare calls; give what it calls so, or None."""
    try:
        tree = ast.parse(source, CELL)
    except SyntaxError as error:
        raise NotYet(say("Python cannot read line {line} of your cell: {message}.",
                         line=error.lineno, message=error.msg)) from None  # fmt: skip
    tree.body = [statement for statement in tree.body if not isinstance(statement, ast.Expr)]
    cell = {"__name__": "your_cell"}
    try:
        run(lambda: exec(compile(tree, CELL, "exec"), cell), say("Your cell"), source)
    except NotYet:
        if name not in cell:
            raise
    return cell.get(name)


def _refuse_other_parameters(made: Callable, name: str, parameters: Sequence[str]) -> None:
    try:
        inspect.signature(made).bind(*parameters)
    except TypeError:
        raise NotYet(say(
            "{name} takes {own}, but it is called with ({parameters}).",
            name=name, own=inspect.signature(made), parameters=", ".join(parameters),
        )) from None  # fmt: skip


def run(action: Callable[[], object], whose: str, source: str) -> None:
    """Run something of the learner's.

    The sentence begins with `whose`, such as "my_fit", and names a line of the source.

    Raises:
        NotYet: it raised something.
        MemoryError: it was refused memory, which the worker tells of.
    """
    try:
        action()
    except (NotYet, MemoryError):
        raise
    except BaseException as error:
        raise NotYet(_ending(error, whose, source), _traceback(error, source)) from None


def within(most_lines: int, action: Callable[[], object], too_long: str) -> object:
    """Call something of the learner's, but let it run no more than so many lines of its cell.

    A loop that never ends is so told at once, and in its own words.

    Raises:
        NotYet: it ran more lines; the sentence is `too_long`.
    """
    lines = 0

    def count(frame, event, _):
        nonlocal lines
        if frame.f_code.co_filename != CELL:
            return None
        lines += event == "line"
        if lines > most_lines:
            raise NotYet(too_long)
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        return action()
    finally:
        sys.settrace(before)


def _ending(error: BaseException, whose: str, source: str) -> str:
    """Say what ended the learner's code, and in which line of it."""
    said = str(error).strip().splitlines()
    told = {
        "whose": whose,
        "error": type(error).__name__,
        "message": said[0][:200] if said else say("no message"),
    }
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == CELL]
    sentence = say("{whose} ended with {error}: {message}", **told)
    if lines:
        sentence = say(
            "{whose} ended with {error} in line {line} of your cell, `{code}`: {message}",
            line=lines[-1], code=source.splitlines()[lines[-1] - 1].strip(), **told,
        )  # fmt: skip
    # Where a name is missing, most often another cell has it.
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return say("{sentence}. The check runs this one cell alone; import or define the name in "
                   "it.", sentence=sentence)  # fmt: skip
    return sentence


def _traceback(error: BaseException, source: str) -> str:
    """Format a traceback from the learner's first line on, with the lines of the cell."""
    linecache.cache[CELL] = (len(source), None, source.splitlines(keepends=True), CELL)
    start = error.__traceback__
    while start and start.tb_frame.f_code.co_filename != CELL:
        start = start.tb_next
    return "".join(traceback.format_exception(error.with_traceback(start)))
