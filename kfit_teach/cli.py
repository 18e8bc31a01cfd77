"""The command kfit-teach: compare, grow, demonstrate, gather, record, data, lab, doctor.

Exit codes: 0 all is well, 1 a run failed, 2 bad arguments, 130 ended by Ctrl-C. What a command
needs is imported when it runs, so that help is quick.
"""

import argparse
import sys
from pathlib import Path

from pydantic.fields import FieldInfo

from kfit_teach.common import demonstrations
from kfit_teach.common.experiment import ComparisonSettings, TrainingSettings
from kfit_teach.common.fields import bounds_of, names_of, takes_a_size, takes_several
from kfit_teach.common.flowers.settings import ImageSettings
from kfit_teach.common.loaders import table_of_pairs
from kfit_teach.common.problems import BadInput
from kfit_teach.common.words import either, say, to_say
from kfit_teach.front.figures import FIGURES

INTERRUPTED = 130
STOPPED = to_say("Stopped by Ctrl-C; this is what was done.\n")
# The options that name a file; each figure has one more. The comparison's own is just --plot.
JSON = {"json": to_say("save everything that was measured")}
SCRIPT = {"script": to_say("save the same in plain Keras, one file a lane")}
PLOT_OF = {kind: "plot" if kind == "comparison" else f"plot_{kind}" for kind in FIGURES}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line, the process's own unless given; return the exit code."""
    parser = _parser()
    options, options.more = parser.parse_known_args(arguments)
    if options.more and options.run is not _lab:
        parser.error(say("unrecognized arguments: {words}", words=" ".join(options.more)))
    try:
        return options.run(options)
    except BadInput as error:
        print(f"kfit-teach: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED


# What can be typed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kfit-teach",
        description=say("Keras fit, fit_generator or train_on_batch? Measured, on your machine."),
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _describe_comparing(commands)
    _describe_demonstrating(commands)
    gather = _command(
        commands, "gather", _gather, say("lay the saved results of a class over each other")
    )
    gather.add_argument("folder", metavar="FOLDER", help=say("with files that were saved as JSON"))
    _add_files(gather, {"plot": FIGURES["comparison"].help})
    _describe_record(commands)
    data = _command(commands, "data", _data, say("show which images are there, or download them"))
    _add_path(data)
    actions = data.add_subparsers(dest="action", metavar="ACTION")
    download = _command(
        actions, "download", _download, say("fetch the real Flowers-17 and check it")
    )
    download.add_argument("--address", help=say("a mirror, instead of the official address"))
    lab = _command(commands, "lab", _lab, say("open the lessons in JupyterLab"))
    lab.epilog = say("Other arguments, such as --no-browser, are passed on to JupyterLab.")
    _command(commands, "doctor", _doctor, say("say whether this machine can run the lessons"))
    return parser


def _command(commands, name: str, run, what: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=what)
    command.set_defaults(run=run)
    return command


def _describe_comparing(commands) -> None:
    """Describe `kfit-teach compare` and `kfit-teach grow`."""
    compare = _command(
        commands, "compare", _compare, say("train through the training functions, side by side")
    )
    _add_settings(compare)
    listed = say("show which function goes with which loader")
    compare.add_argument("--list", action=_ListPairs, nargs=0, help=listed)
    plots = {PLOT_OF[kind]: figure.help for kind, figure in FIGURES.items()}
    _add_files(compare, JSON | plots | SCRIPT)
    grow = _command(
        commands, "grow", _grow,
        say("compare over more and more images: what do a thousand more cost?"),
    )  # fmt: skip
    _add_settings(grow, but=("images_per_epoch", "measure", "blocks"))
    numbers = say("how many images an epoch has (default 340 680 1360 2720)")
    grow.add_argument("--numbers", metavar="N", nargs="+", default=argparse.SUPPRESS, help=numbers)
    _add_files(grow, JSON | {"plot": to_say("save the figure, one file a library")})


def _describe_record(commands) -> None:
    """Describe `kfit-teach record`, and what can be done with the record."""
    record = _command(
        commands, "record", _record,
        say("show your own guesses beside what was measured, and which exercises passed"),
    )  # fmt: skip
    actions = record.add_subparsers(dest="action", metavar="ACTION")
    export = _command(actions, "export", _export_record, say("write it as JSON, to hand it in"))
    export.add_argument("file", metavar="FILE", help=say("where it is written"))
    clear = _command(actions, "clear", _clear_record, say("remove it from this machine"))
    clear.add_argument("--yes", action="store_true", help=say("really remove it"))


def _describe_demonstrating(commands) -> None:
    """Describe `kfit-teach demonstrate`, with a command of its own for each demonstration."""
    demonstrate = _command(
        commands, "demonstrate", _demonstrate, say("do a demonstration of a lesson")
    )
    each = demonstrate.add_subparsers(dest="demonstration", required=True, metavar="NAME")
    for name in demonstrations.names():
        settings = demonstrations.demonstration(name).Settings
        command = _command(each, name, _demonstrate, say(settings.what))
        for field, described in settings.model_fields.items():
            option = _option(described)
            command.add_argument(_spelt(field), default=argparse.SUPPRESS, **option)
        _add_path(command)
        command.add_argument("--quiet", action="store_true", help=say("no progress bars"))
        _add_files(command, JSON | {"plot": to_say("save the picture")})


def _add_settings(command: argparse.ArgumentParser, but: tuple[str, ...] = ()) -> None:
    """Add an option for each setting; values are text here, ComparisonSettings checks them."""
    for settings in (ComparisonSettings, TrainingSettings, ImageSettings):  # its own come first
        for name in settings.__annotations__:
            if name not in but:
                option = _option(ComparisonSettings.model_fields[name])
                command.add_argument(_spelt(name), default=argparse.SUPPRESS, **option)
    _add_path(command)
    command.add_argument("--quiet", action="store_true", help=say("no progress bars"))


def _option(field: FieldInfo) -> dict:
    """Say how a setting is typed, and what for."""
    what = say(field.description)
    if field.annotation is bool:
        return {"action": "store_true", "help": what}
    told = {"help": say("{values}: {what}", values=_values_in_words(field), what=what)}
    if takes_several(field):
        may_be_empty = field.json_schema_extra and field.json_schema_extra["may_be_empty"]
        told["nargs"] = "*" if may_be_empty else "+"
    if names_of(field):
        return told | {"metavar": "NAME"}
    return told | {"metavar": "SIZE" if takes_a_size(field) else "N"}


def _values_in_words(field: FieldInfo) -> str:
    """Say what can be typed for a setting, and which is its default."""
    default = field.default
    if names_of(field):
        usual = default if takes_several(field) else [default]
        names = [say("{name} (default)", name=name) if name in (usual or ()) else name
                 for name in names_of(field)]  # fmt: skip
        return ", ".join(names) if takes_several(field) else either(names)
    if takes_a_size(field):
        return say("such as 500MiB")
    if not bounds_of(field):
        return say("numbers (default {default})", default=" ".join(map(str, default)))
    low, high = bounds_of(field)
    if default is None:
        return say("{low} to {high}", low=low, high=high)
    return say("{low} to {high} (default {default})", low=low, high=high, default=default)


def _add_path(command: argparse.ArgumentParser) -> None:
    command.add_argument("--path", help=say("the real images: a .tgz or a folder"))


def _add_files(command: argparse.ArgumentParser, files: dict[str, str]) -> None:
    for name, what in files.items():
        command.add_argument(_spelt(name), metavar="FILE", help=say(what))


def _spelt(name: str) -> str:
    return f"--{name.replace('_', '-')}"


class _ListPairs(argparse.Action):
    """Print the table of functions and loaders, then leave, as --help does."""

    def __call__(self, parser, *arguments):
        print(table_of_pairs())
        parser.exit()


# What is done


def _check_files(options: argparse.Namespace) -> None:
    """Refuse files that could not be written, before anything is run."""
    from kfit_teach.common.files import FIGURE_SUFFIXES, writable_path

    endings = {"json": (), "script": (".py",)} | dict.fromkeys(PLOT_OF.values(), FIGURE_SUFFIXES)
    for name, allowed in endings.items():
        file = getattr(options, name, None)
        if file:
            writable_path(file, allowed)


def _asked(options: argparse.Namespace) -> dict:
    """Pick the settings that were typed, and how progress is shown."""
    from kfit_teach.common.progress import no_progress_bar, progress_bar

    settings = ComparisonSettings.model_fields
    typed = {name: value for name, value in vars(options).items() if name in settings}
    bar = no_progress_bar if options.quiet else progress_bar
    return {"path": options.path, "bar": bar, **typed}


def _compare(options: argparse.Namespace) -> int:
    """Run a comparison; print what is done even where it is cut short."""
    from kfit_teach.front.comparing import prepare_comparison, run_comparison

    _check_files(options)
    asked = _asked(options)
    comparison, exit_code = prepare_comparison(**asked), 0
    try:
        run_comparison(comparison, bar=asked["bar"])
    except KeyboardInterrupt:
        exit_code = INTERRUPTED
        print(say(STOPPED), file=sys.stderr)
    print(comparison.report())
    _save(comparison, options)
    return exit_code or (0 if comparison.all_done else 1)


def _save(comparison, options: argparse.Namespace) -> None:
    """Write the files that were asked for."""
    from kfit_teach.front.plain_code.script import save_scripts

    if options.json:
        comparison.save(options.json)
    if options.script:
        save_scripts(options.script, comparison.settings.experiments())
    asked = {kind: vars(options)[PLOT_OF[kind]] for kind in FIGURES if comparison.results}
    for kind, file in asked.items():
        if file and FIGURES[kind].one_a_library:
            _save_one_a_library(comparison, file, kind)
        elif file:
            comparison.save_figure(file, kind)


def _save_one_a_library(whole, file: str, *kind: str) -> None:
    """Draw one file a library: the file itself where there is one library only."""
    for library in whole.libraries:
        named = Path(file)
        if len(whole.libraries) > 1:
            named = named.with_stem(f"{named.stem}-{library}")
        whole.save_figure(named, *kind, library)


def _grow(options: argparse.Namespace) -> int:
    """Run comparisons over more and more images; print what is done even where it is cut short."""
    from kfit_teach.front.growth import USUAL_NUMBERS, Growth, comparisons_over

    _check_files(options)
    numbers = getattr(options, "numbers", USUAL_NUMBERS)
    growth, exit_code = Growth(comparisons=[]), 0
    try:
        for comparison in comparisons_over(numbers, **_asked(options)):
            growth.comparisons.append(comparison)
    except KeyboardInterrupt:
        exit_code = INTERRUPTED
        print(say(STOPPED), file=sys.stderr)
    if not growth.comparisons:
        return exit_code
    print(growth.report())
    if options.json:
        growth.save(options.json)
    if options.plot:
        _save_one_a_library(growth, options.plot)
    return exit_code or (0 if growth.all_done else 1)


def _demonstrate(options: argparse.Namespace) -> int:
    """Do a demonstration; print what is known even where it is cut short."""
    from kfit_teach.common.progress import no_progress_bar, progress_bar
    from kfit_teach.front.demonstrating import prepare_demonstration, run_demonstration

    _check_files(options)
    name, bar = options.demonstration, no_progress_bar if options.quiet else progress_bar
    settings = demonstrations.demonstration(name).Settings.model_fields
    typed = {field: value for field, value in vars(options).items() if field in settings}
    shown, exit_code = prepare_demonstration(name, options.path, bar, **typed), 0
    try:
        run_demonstration(shown, bar=bar)
    except KeyboardInterrupt:
        exit_code = INTERRUPTED
        print(say(STOPPED), file=sys.stderr)
    print(shown.report())
    if options.json:
        shown.save(options.json)
    if options.plot and shown.has_results:
        shown.save_figure(options.plot)
    return exit_code or (0 if shown.all_done else 1)


def _gather(options: argparse.Namespace) -> int:
    from kfit_teach.front.gathering import gather

    _check_files(options)
    gathering = gather(options.folder)
    print(gathering.report())
    if options.plot:
        gathering.save_figure(options.plot)
    return 0


def _record(options: argparse.Namespace) -> int:
    """Print the record, and where it lies."""
    from kfit_teach.front.record import record, record_path

    kept, path = record(), record_path()
    print(kept.report())
    if path and path.exists():
        print(say("\nIt is kept in {file}.", file=path))
    return 0


def _export_record(options: argparse.Namespace) -> int:
    from kfit_teach.front.record import contents_of, record

    kept = record()
    kept.save(options.file)
    print(say("Written to {file}: {what}.", file=options.file, what=contents_of(kept)))
    return 0


def _clear_record(options: argparse.Namespace) -> int:
    """Remove the record; without --yes only say what would be removed."""
    from kfit_teach.front.record import clear_record, contents_of, record, record_path

    path = record_path()
    if options.yes or path is None or not path.exists():
        print(clear_record())
        return 0
    raise BadInput(say("{file} holds {what}; to remove it, type kfit-teach record clear --yes.",
                       file=path, what=contents_of(record())))  # fmt: skip


def _data(options: argparse.Namespace) -> int:
    from kfit_teach.common.flowers.report import data_report

    print(data_report(options.path))
    return 0


def _download(options: argparse.Namespace) -> int:
    from kfit_teach.common.flowers import oxford, store
    from kfit_teach.common.progress import progress_bar

    address = options.address or oxford.OFFICIAL_ADDRESS
    with progress_bar(1, "17flowers.tgz", say("bytes"), shortened=True) as bar:
        archive = oxford.download(store.make_cache_folder(), address, bar)
    print(say("{archive}: all 1360 originals match the sha256 in data/flowers17.csv",
              archive=archive))  # fmt: skip
    return 0


def _lab(options: argparse.Namespace) -> int:
    from kfit_teach.front.lab import open_lab

    return open_lab(options.more)


def _doctor(options: argparse.Namespace) -> int:
    """Print one line a finding; 1 where there is trouble."""
    from kfit_teach.front.doctor import examine

    well = True
    for finding in examine():
        print(finding, flush=True)
        well = well and finding.well
    can_run = say("This machine can run the lessons.")
    print(can_run if well else say("See the lines marked TROUBLE."))
    return 0 if well else 1
