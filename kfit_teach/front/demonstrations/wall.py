"""How wall is shown: way beside way, the memory of each over time, under the budget as a wall."""

from typing import ClassVar, Literal

from kfit_teach.common import wire
from kfit_teach.common.demonstrations.wall import Piece, Settings
from kfit_teach.common.ways import WAYS
from kfit_teach.common.words import listed, say, say_counted, to_say
from kfit_teach.front.demonstrated import Demonstrated, RunSeen
from kfit_teach.front.figures import skyline
from kfit_teach.front.figures.memory import Stage, stages_on
from kfit_teach.front.telling.cards import Card
from kfit_teach.front.telling.tables import NOTHING, Table


class Wall(Demonstrated):
    """The memory of several ways into training."""

    title: ClassVar[str] = to_say("How much memory does each way need?")

    demonstration: Literal["wall"] = "wall"
    settings: Settings
    runs: list[RunSeen[Piece]] = []

    # Facts

    def needed_mib(self, run: RunSeen | None) -> float | None:
        """Tell the most that a run came to hold, in MiB; None where it did not come to its end."""
        ended = run and _moment(run, "end")
        return ended.peak_mib if ended else None

    def free_run(self) -> RunSeen | None:
        """Find the run of fit over the array that had no budget."""
        return self.run_named(WAYS["array"].call)

    def times_the_array(self) -> float | None:
        """Tell how many times the array fit over it came to hold; None where that is not known."""
        needed = self.needed_mib(self.free_run())
        return needed and needed / self.settings.mib_of("array")

    def runs_under_budget(self) -> list[RunSeen]:
        """List the runs that had the budget."""
        return [run for run in self.runs if self.settings.budget_mib and run.name not in _CALLS]

    def ways_that_stayed(self) -> float | None:
        """Count the ways that stayed within the budget; None where not all ran, or there is none.

        A run that failed without it can answer nothing.
        """
        runs = self.runs_under_budget()
        answered = [run for run in runs if run.status in ("done", "over budget")]
        if not runs or len(answered) < len(self.settings.ways):
            return None
        return float(sum(run.status == "done" for run in runs))

    def curve_of(self, run: RunSeen) -> list[tuple[float, float]]:
        """Give a run's memory over its base: seconds since its base, and MiB."""
        base, end = _moment(run, "base"), _moment(run, "end")
        if base is None or run.base_mib is None:
            return []
        last_s = end.at_s if end else float("inf")
        points = [(at - base.at_s, max(0.0, mib - run.base_mib))
                  for at, mib in run.curve if base.at_s <= at <= last_s]  # fmt: skip
        return [(0.0, 0.0), *points]

    def stages(self, run: RunSeen) -> list[Stage]:
        """Find where fit over the array came to hold it once, twice and three times.

        The stages of other ways, and of arrays that the library converts first, are others.
        """
        curve = self.curve_of(run)
        if _call(run) != WAYS["array"].call or self.settings.dtype != "float32" or not curve:
            return []
        return stages_on(*zip(*curve, strict=True), self.settings.mib_of("array"))

    def first_step(self, run: RunSeen) -> tuple[float, float] | None:
        """Tell when the first batch had been trained on, and what was held then."""
        step, base, curve = _moment(run, "step"), _moment(run, "base"), self.curve_of(run)
        if not step or len(curve) < 2:
            return None
        return min(curve, key=lambda point: abs(point[0] + base.at_s - step.at_s))

    # The picture

    def is_seen_in_picture(self, event: wire.Seen) -> bool:
        """Follow memory, too."""
        return isinstance(event, wire.PieceMade | wire.MemorySeen)

    def draw(self):
        """Draw a lane a way, from left to right as they run."""
        return skyline.draw(
            [self._lane(run.name) for run in self.settings.runs()], self._message(),
            self.settings.mib_of("array"), self.settings.budget_mib)  # fmt: skip

    def _lane(self, name: str) -> skyline.Lane:
        """Say what is seen of a run; nothing where it has not begun."""
        run, way = self.run_named(name), WAYS[self.settings.way_of(name)]
        curve = self.curve_of(run) if run else []
        return skyline.Lane(
            function=way.function, given=way.given, curve=curve,
            stages=self.stages(run) if run and name in _CALLS else [],
            step=self.first_step(run) if run and name == WAYS["array"].call else None,
            note=_note(run, self.needed_mib(run), self.settings.mib_of(way.holds)),
            broke_off=bool(run and run.status == "over budget"),
            has_wall=name not in _CALLS,
            is_spared=bool(self.settings.budget_mib) and name in _CALLS,
        )  # fmt: skip

    def _message(self) -> str:
        if not any(map(self.curve_of, self.runs)):
            return say("Waiting for the first way to begin")
        times, stayed = self.times_the_array(), self.ways_that_stayed()
        told = []
        if times:
            told.append(say("{call} needed {times:.1f} times your array",
                            call=WAYS["array"].call, times=times))  # fmt: skip
        if stayed is not None:
            told.append(self._stayed())
        return say("; ").join(told) or say("Memory as it is taken")

    def _stayed(self) -> str:
        return say_counted(
            "{number} of {ways} ways stayed within {budget} MiB",
            "{number} of {ways} ways stayed within {budget} MiB",
            int(self.ways_that_stayed()), ways=len(self.settings.ways),
            budget=self.settings.budget_mib)  # fmt: skip

    # Words

    def tell(self) -> str:
        """Say what the picture shows."""
        lanes = [say("{run}: {ended}", run=run.name,
                     ended=_ended(run, self.needed_mib(run))) for run in self.runs]  # fmt: skip
        return say(
            "Memory over time, a lane a way; your array is {mib:.0f} MiB. {message}. {lanes}.",
            mib=self.settings.mib_of("array"), message=self._message(),
            lanes="; ".join(lanes) or say("no lane yet"))  # fmt: skip

    def verdicts(self) -> list[Card]:
        """Say how many times its array fit came to hold, and who stayed within the budget."""
        return [*self._of_array(), *self._of_budget(), *self._of_no_cure()]

    def _of_array(self) -> list[Card]:
        times, run = self.times_the_array(), self.free_run()
        if times is None:
            return []
        headline = say("{call} needed {mib:.0f} MiB: {times:.1f} times your array", times=times,
                       call=WAYS["array"].call, mib=self.needed_mib(run))  # fmt: skip
        kinds = [say(stage.kind) for stage in self.stages(run)]
        # Where the curve shows no three, nothing is said of them.
        detail = say("It rose in these stages: {stages}.", stages=listed(kinds)) if kinds else ""
        if run.pieces[-1].counted == "since the start":
            detail = say("{detail} Counted from the start of the process, since this system "
                         "cannot count from later on.", detail=detail).strip()  # fmt: skip
        return [Card("first", headline, detail)]

    def _of_budget(self) -> list[Card]:
        if self.ways_that_stayed() is None:
            return []
        broke = [say("{call} at {mib:.0f} MiB", call=_call(run), mib=run.budget_end.at_mib)
                 for run in self.runs_under_budget() if run.budget_end]  # fmt: skip
        detail = say("These broke off: {runs}.", runs=listed(broke)) if broke else ""
        return [Card("second", self._stayed(), detail)]

    def _of_no_cure(self) -> list[Card]:
        """Lay tf.data over the array beside the array itself, where both came to their end."""
        array, tf_data = (
            self.needed_mib(self.run_named(WAYS[way].call)) for way in ("array", "tf_data")
        )
        if not (array and tf_data):
            return []
        return [Card("", say("{call} needed {times:.2f} times what {other} needed",
                             call=WAYS["tf_data"].call, other=WAYS["array"].call,
                             times=tf_data / array))]  # fmt: skip

    def table(self) -> Table:
        """Lay out every run."""
        rows = []
        for run in self.runs:
            way, needed = WAYS[self.settings.way_of(run.name)], self.needed_mib(run)
            own = self.settings.mib_of(way.holds)
            rows.append([
                run.name, say("{mib:.0f}", mib=own) if own else NOTHING,
                say("{mib:.0f}", mib=needed) if needed else NOTHING,
                say("{times:.1f}", times=needed / own) if needed and own else NOTHING,
                _ended(run, needed),
            ])  # fmt: skip
        heads = [say("way"), say("the array that you hold, MiB"),
                 say("needed more than before training, MiB"), say("times that array"),
                 say("how it ended")]  # fmt: skip
        return Table(heads, rows, ["left", "right", "right", "right", "left"])

    def sentences(self) -> list[str]:
        """Say what each way is given, and what ended those that broke off."""
        ways = [say("{call}: {what}.", call=WAYS[way].call, what=say(WAYS[way].what))
                for way in self.settings.ways]  # fmt: skip
        ends = [say("{run}: {sentence}", run=run.name, sentence=run.problem.sentence)
                for run in self.runs if run.budget_end and run.problem]  # fmt: skip
        return [*ways, *ends]

    def numbers(self) -> dict[str, float]:
        """Name what a class may compare."""
        times = self.times_the_array()
        return {say("{call}: times your array", call=WAYS["array"].call): times} if times else {}


SHOWN = Wall
_CALLS = frozenset(way.call for way in WAYS.values())


def _moment(run: RunSeen, name: str) -> Piece | None:
    return next((piece for piece in run.pieces if piece.moment == name), None)


def _call(run: RunSeen) -> str:
    return WAYS[Settings.way_of(run.name)].call


def _ended(run: RunSeen, needed_mib: float | None) -> str:
    """Say in a few words how a run ended."""
    if run.budget_end:
        return say("broke off at {mib:.0f} MiB", mib=run.budget_end.at_mib)
    if needed_mib is None:
        return say("did not come to its end")
    return say("needed {mib:.0f} MiB", mib=needed_mib)


def _note(run: RunSeen | None, needed_mib: float | None, own_mib: float) -> str:
    """Write what stands at a lane: what it needed, and how many times its own array that is."""
    if run is None or (needed_mib is None and not run.budget_end):
        return ""
    if run.budget_end:
        return say("broke off\nat {mib:.0f} MiB", mib=run.budget_end.at_mib)
    needed = say("{mib:.0f} MiB", mib=needed_mib)
    if not own_mib:
        return needed
    return say("{needed}\n{times:.1f} × its array", needed=needed, times=needed_mib / own_mib)
