"""The command kfit-teach: compare, grow, gather, data, lab, doctor.

Exit codes: 0 all is well, 1 a run failed, 2 bad arguments, 130 ended by Ctrl-C.
"""

import argparse
import sys
from functools import partial
from pathlib import Path

from kfit_teach.common.experiment import ComparisonSettings
from kfit_teach.common.problems import BadInput

INTERRUPTED = 130
STOPPED = "Stopped by Ctrl-C; this is what was done.\n"


def main(arguments=None):
    """Run the command line.

    Args:
        arguments: list of words; the process's own unless given.

    Returns:
        The exit code.
    """
    parser = _parser()
    options, options.more = parser.parse_known_args(arguments)
    if options.more and options.run is not _lab:
        parser.error(f"unrecognized arguments: {' '.join(options.more)}")
    try:
        return options.run(options)
    except BadInput as error:
        print(f"kfit-teach: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser():
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        prog="kfit-teach",
        description="Keras fit, fit_generator or train_on_batch? Measured, on your machine.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_compare(commands)
    _add_grow(commands)
    _add_gather(commands)
    _add_data(commands)
    lab = commands.add_parser(
        "lab",
        help="open the lessons in JupyterLab",
        epilog="Other arguments, such as --no-browser, are passed on to JupyterLab.",
    )
    lab.set_defaults(run=_lab)
    doctor = commands.add_parser("doctor", help="say whether this machine can run the lessons")
    doctor.set_defaults(run=_doctor)
    return parser


def _add_compare(commands):
    """Describe `kfit-teach compare`."""
    command = commands.add_parser(
        "compare", help="train through the training functions, side by side"
    )
    command.set_defaults(run=_compare)
    _add_settings(command)
    add = command.add_argument
    add("--list", action=_ListPairs, nargs=0, help="show which function goes with which loader")
    add("--measure", action="store_true", help="measure speed in blocks, with verdicts")
    add("--blocks", metavar="N", default=argparse.SUPPRESS, help="how many blocks (default 10)")
    add("--json", metavar="FILE", help="save everything that was measured")
    add("--plot", metavar="FILE", help="save the figure: .png, .svg or .pdf")
    add("--plot-timeline", metavar="FILE", help="save when each batch ended, one file a library")
    add("--plot-coverage", metavar="FILE", help="save which images were seen, one file a library")
    add("--plot-weights", metavar="FILE", help="save how far weights differ, one file a library")
    add("--script", metavar="FILE", help="save the same in plain Keras, one file a lane")


def _add_grow(commands):
    """Describe `kfit-teach grow`."""
    command = commands.add_parser(
        "grow", help="compare over more and more images: what do a thousand more cost?"
    )
    command.set_defaults(run=_grow)
    _add_settings(command)
    add = command.add_argument
    add(
        "--numbers",
        metavar="N",
        nargs="+",
        default=argparse.SUPPRESS,
        help="how many images an epoch has (default 340 680 1360 2720)",
    )
    add("--json", metavar="FILE", help="save everything that was measured")
    add("--plot", metavar="FILE", help="save the figure, one file a library")


def _add_gather(commands):
    """Describe `kfit-teach gather`."""
    command = commands.add_parser("gather", help="lay the saved results of a class over each other")
    command.add_argument("folder", metavar="FOLDER", help="with files that were saved as JSON")
    command.add_argument("--plot", metavar="FILE", help="save the figure: .png, .svg or .pdf")
    command.set_defaults(run=_gather)


def _gather(options):
    """Lay the results of a class over each other."""
    from kfit_teach.front.gathering import gather

    _check_files(options)
    gathering = gather(options.folder)
    print(gathering.report())
    if options.plot:
        gathering.save_figure(options.plot)
    return 0


def _add_settings(command):
    """Add what both take. Values are text here; ComparisonSettings checks them."""
    add = partial(command.add_argument, default=argparse.SUPPRESS)
    add("--library", metavar="NAME", help="keras, tf_keras or both (default)")
    add("--functions", metavar="NAME", nargs="+", help="fit fit_generator train_on_batch")
    add(
        "--loader",
        metavar="NAME",
        nargs="+",
        help="natural (default; each its own), one for all functions, or several for one function",
    )
    add("--model", metavar="NAME", help="small (default) or minivggnet")
    add("--dropout", action="store_true", help="the small network gets a Dropout layer")
    add("--batch-normalization", action="store_true", help="and BatchNormalization")
    add("--images", metavar="NAME", help="auto (default), oxford (the real ones) or synthetic")
    add("--split", metavar="N", help="official split: 1 (default), 2 or 3")
    add("--part", metavar="NAME", help="train (default), val, test or train+val")
    add("--image-size", metavar="PX", help="side of the images, 16 to 256 (default 64)")
    add("--batch-size", metavar="N", help="images a step (default 32)")
    add("--epochs", metavar="N", help="default 2; the first is not in the steady state")
    add("--images-per-epoch", metavar="N", help="fewer or more images than the part has")
    add("--order", metavar="NAME", help="mixed (default) or sorted (by class)")
    add("--shuffle", action="store_true", help="shuffle anew each epoch")
    add("--augment", metavar="NAME", help="none (default), generator, loader, layers or fused")
    add("--workers", metavar="N", help="of the loaders sequence and flow (default 1)")
    add("--multiprocessing", action="store_true", help="those workers are processes")
    add("--max-queue-size", metavar="N", help="batches that wait there at the most (default 10)")
    add("--memory-budget", metavar="SIZE", help="over the compiled base, such as 500MiB")
    add("--evaluate", action="store_true", help="take the accuracy on the test part after each run")
    add("--optimizer", metavar="NAME", help="sgd (default), adam or rmsprop")
    add("--loss", metavar="NAME", help="categorical_crossentropy (default) or mse")
    add("--metrics", metavar="NAME", nargs="*", help="accuracy (default), mae")
    add("--seed", metavar="N", help="for the order and the initial weights (default 17)")
    command.add_argument("--path", help="the real images: a .tgz or a folder")
    command.add_argument("--quiet", action="store_true", help="no progress bars")


class _ListPairs(argparse.Action):
    """Print the table of functions and loaders, then leave, as --help does."""

    def __call__(self, parser, *arguments):
        from kfit_teach.common.loaders import table_of_pairs

        print(table_of_pairs())
        parser.exit()


def _settings_of(options):
    """Pick what ComparisonSettings takes out of the command line."""
    return {
        name: value for name, value in vars(options).items()
        if name in ComparisonSettings.model_fields
    }  # fmt: skip


def _check_files(options):
    """Refuse files that could not be written, before anything is run."""
    from kfit_teach.common.files import FIGURE_SUFFIXES, writable_path

    endings = {"json": (), "script": (".py",)}
    for name in ("json", "script", "plot", "plot_timeline", "plot_coverage", "plot_weights"):
        file = getattr(options, name, None)
        if file:
            writable_path(file, endings.get(name, FIGURE_SUFFIXES))


def _compare(options):
    """Run a comparison; print what is done even where it is cut short."""
    from kfit_teach.common.progress import no_progress_bar, progress_bar
    from kfit_teach.front.comparison import prepare_comparison, run_comparison

    _check_files(options)
    bar = no_progress_bar if options.quiet else progress_bar
    comparison = prepare_comparison(options.path, bar, **_settings_of(options))
    exit_code = 0
    try:
        run_comparison(comparison, bar=bar)
    except KeyboardInterrupt:
        exit_code = INTERRUPTED
        print(STOPPED, file=sys.stderr)
    print(comparison.report())
    _save(comparison, options)
    return exit_code or (0 if comparison.all_done else 1)


def _save(comparison, options):
    """Write the files that were asked for."""
    from kfit_teach.front.showing.script import save_scripts

    if options.json:
        comparison.save(options.json)
    if options.script:
        save_scripts(options.script, comparison.settings.experiments())
    if not comparison.results:
        return
    if options.plot:
        comparison.save_figure(options.plot)
    for library in comparison.libraries:
        for file, kind in (
            (options.plot_timeline, "timeline"),
            (options.plot_coverage, "coverage"),
            (options.plot_weights, "weights"),
        ):
            if file:
                file = _file_of_library(file, library, comparison.libraries)
                comparison.save_figure(file, f"{kind}_figure", library)


def _file_of_library(file, library, libraries):
    """Name one file a library: the file itself where there is one library only."""
    file = Path(file)
    return file if len(libraries) == 1 else file.with_stem(f"{file.stem}-{library}")


def _grow(options):
    """Run comparisons over more and more images; print what is done even where it is cut short."""
    from kfit_teach.common.progress import no_progress_bar, progress_bar
    from kfit_teach.front.growth import USUAL_NUMBERS, Growth, comparisons_over

    _check_files(options)
    bar = no_progress_bar if options.quiet else progress_bar
    numbers = getattr(options, "numbers", USUAL_NUMBERS)
    growth, exit_code = Growth(comparisons=[]), 0
    try:
        for comparison in comparisons_over(numbers, options.path, bar, **_settings_of(options)):
            growth.comparisons.append(comparison)
    except KeyboardInterrupt:
        exit_code = INTERRUPTED
        print(STOPPED, file=sys.stderr)
    if not growth.comparisons:
        return exit_code
    print(growth.report())
    if options.json:
        growth.save(options.json)
    if options.plot:
        for library in growth.libraries:
            growth.save_figure(_file_of_library(options.plot, library, growth.libraries), library)
    return exit_code or (0 if growth.all_done else 1)


def _add_data(commands):
    """Describe `kfit-teach data`."""
    command = commands.add_parser("data", help="show which images are there, or download them")
    command.add_argument("--path", help="the real images: a .tgz or a folder")
    command.set_defaults(run=_data)
    actions = command.add_subparsers(dest="action", metavar="ACTION")
    download = actions.add_parser("download", help="fetch the real Flowers-17 and check it")
    download.add_argument("--address", help="a mirror, instead of the official address")
    download.set_defaults(run=_download)


def _data(options):
    """Say what is there, where, and how it was checked."""
    from kfit_teach.common.flowers.report import data_report

    print(data_report(options.path))
    return 0


def _download(options):
    """Fetch the real images."""
    from kfit_teach.common.flowers import oxford, store
    from kfit_teach.common.progress import progress_bar

    address = options.address or oxford.OFFICIAL_ADDRESS
    with progress_bar(1, "17flowers.tgz", "bytes") as bar:
        archive = oxford.download(store.make_cache_folder(), address, bar)
    print(f"{archive}: all 1360 originals match the sha256 in data/flowers17.csv")
    return 0


def _lab(options):
    """Open the lessons."""
    from kfit_teach.front.lab import open_lab

    return open_lab(options.more)


def _doctor(options):
    """Print one line a finding; 1 where there is trouble."""
    from kfit_teach.front.doctor import examine

    findings = []
    for finding in examine():
        print(finding, flush=True)
        findings.append(finding)
    well = all(finding.well for finding in findings)
    print("This machine can run the lessons." if well else "See the lines marked TROUBLE.")
    return 0 if well else 1
