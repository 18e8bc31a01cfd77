"""Results as figures: images/s, memory over time, loss by step.

Every function takes data and returns a Figure; none trains, shows or touches global state. The
same figure serves a projector and a page, so letters are large and nothing is told by colour
alone.
"""

import base64
import html
import io

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

from kfit_teach.flowers import NAME_OF_KIND
from kfit_teach.showing.style import (
    INCHES_HIGH_PER_LIBRARY,
    INCHES_WIDE,
    LABEL_POINTS,
    LINE_STYLE_OF,
    LOOK_OF,
    SMALL_POINTS,
    TITLE_POINTS,
)
from kfit_teach.verdicts import speed_without_pauses


def comparison_figure(results_by_library, title_of):
    """Draw one row of panels a library: images/s, memory over time, loss by step.

    Args:
        results_by_library: dict of library name to list of Result.
        title_of: dict of library name to the row's title.

    Returns:
        matplotlib Figure.
    """
    height = INCHES_HIGH_PER_LIBRARY * len(results_by_library)
    figure = Figure(figsize=(INCHES_WIDE, height), layout="constrained")
    rows = figure.subfigures(len(results_by_library), 1, squeeze=False)[:, 0]
    for row, (library, results) in zip(rows, results_by_library.items(), strict=True):
        row.suptitle(title_of[library], fontsize=TITLE_POINTS)
        speed, memory, loss = row.subplots(1, 3)
        done = [result for result in results if result.status == "done"]
        draw_speed(speed, done)
        draw_memory(memory, [result for result in results if result.curve])
        draw_loss(loss, done)
        for panel in (speed, memory, loss):
            _tidy(panel)
        lines, names = memory.get_legend_handles_labels()
        row.legend(lines, names, loc="outside lower center", ncols=3, fontsize=LABEL_POINTS)
    return figure


def draw_speed(panel, results):
    """Draw images/s in the steady state as bars; a hollow top shows it without the pauses."""
    names = [result.experiment.label.replace(": ", ":\n") for result in results]
    for place, result in enumerate(results):
        look = LOOK_OF[result.experiment.training_function]
        speed = result.timing.images_per_s or 0
        plain = speed_without_pauses(result) or 0
        panel.bar(place, speed, color=look.colour, hatch=look.hatch, edgecolor="white", width=0.7)
        panel.text(place, max(plain, speed), f"{speed:.0f}", ha="center", va="bottom",
                   fontsize=LABEL_POINTS)  # fmt: skip
        if plain > 1.05 * speed:
            panel.bar(place, plain, fill=False, edgecolor=look.colour, linestyle=":", width=0.7)
    panel.set_xticks(range(len(names)), names)
    panel.margins(y=0.15)
    panel.set_ylabel("images/s, steady state")
    panel.set_title("Speed (dotted: without pauses)")


def draw_memory(panel, results):
    """Draw resident memory over the compiled base against time, with the data's own size."""
    for result in results:
        function = result.experiment.training_function
        look = LOOK_OF[function]
        seconds, mib = _curve_over_base(result)
        panel.plot(
            seconds, mib, color=look.colour, marker=look.marker, markevery=max(1, len(mib) // 8),
            linestyle=LINE_STYLE_OF[result.experiment.loader], linewidth=2,
            label=result.experiment.label,
        )  # fmt: skip
    if results:
        data_mib = results[0].experiment.data_bytes / 2**20
        panel.axhline(data_mib, color="black", linestyle=":", linewidth=2)
        panel.annotate(f"the data: {data_mib:.0f} MiB", (0.98, data_mib), ha="right", va="bottom",
                       xycoords=("axes fraction", "data"), fontsize=SMALL_POINTS)  # fmt: skip
    panel.set_xlabel("seconds since the model was compiled")
    panel.set_ylabel("MiB over the compiled base")
    panel.set_ylim(bottom=0)
    panel.set_title("Memory")


def _curve_over_base(result):
    """Shift the curve so that both axes start at the compiled base."""
    base_mib = result.memory.base_mib if result.memory else result.curve[0][1]
    start_s = result.timing.phases_s["data"] if result.timing else 0
    end_s = result.timing.phases_s["return"] if result.timing else float("inf")
    points = [(at - start_s, mib - base_mib) for at, mib in result.curve if start_s <= at <= end_s]
    return zip(*points, strict=True) if points else ((), ())


def draw_loss(panel, results):
    """Draw each batch's own loss by step; equal curves lie on each other, all to be seen."""
    for place, result in enumerate(results):
        function = result.experiment.training_function
        look = LOOK_OF[function]
        spacing = max(3, len(result.losses) // 8)
        panel.plot(
            range(1, len(result.losses) + 1), result.losses, color=look.colour,
            marker=look.marker, markevery=(place * spacing // 3, spacing), markersize=8,
            linewidth=2 * (len(results) - place), label=function,
        )  # fmt: skip
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.set_xlabel("step (batch)")
    panel.set_ylabel("loss of the batch")
    panel.set_title("Loss (each batch's own)")


def _tidy(panel):
    """Give a panel the house's letters and lines."""
    panel.title.set_fontsize(LABEL_POINTS)
    panel.xaxis.label.set_fontsize(LABEL_POINTS)
    panel.yaxis.label.set_fontsize(LABEL_POINTS)
    panel.tick_params(labelsize=SMALL_POINTS)
    panel.spines[["top", "right"]].set_visible(False)


def contact_sheet(flowers):
    """Draw one image of each class, with its name.

    Args:
        flowers: kfit_teach.flowers.Flowers.

    Returns:
        matplotlib Figure.
    """
    figure = Figure(figsize=(10, 4.4), layout="constrained")
    panels = figure.subplots(3, 6).ravel()
    for panel in panels:
        panel.axis("off")
    for label, name in enumerate(flowers.class_names):
        first = int(np.argmax(flowers.labels == label))
        panels[label].imshow(flowers.read(np.array([first]))[0])
        panels[label].set_title(name, fontsize=LABEL_POINTS)
    figure.suptitle(NAME_OF_KIND[flowers.settings.images], fontsize=TITLE_POINTS)
    return figure


def as_image(figure, alt):
    """Make a figure into something that a notebook shows, with words for those who cannot see it.

    JupyterLab gives plain PNG outputs no alt text, so the picture goes into an img element.

    Args:
        figure: matplotlib Figure.
        alt: what the figure shows, in words.

    Returns:
        IPython HTML.
    """
    from IPython.display import HTML  # here: at the shell nothing needs it

    picture = base64.b64encode(figure_as(figure, "png")).decode()
    return HTML(f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{picture}">')


def figure_as(figure, form):
    """Render a figure.

    Args:
        figure: matplotlib Figure.
        form: "png", "svg" or "pdf".

    Returns:
        The bytes of a file.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format=form, dpi=80)
    return _with_fewer_colours(buffer) if form == "png" else buffer.getvalue()


def _with_fewer_colours(png):
    """Reduce a PNG to 256 colours: nobody sees it, and a notebook stays small."""
    smaller = io.BytesIO()
    Image.open(png).convert("RGB").quantize(256).save(smaller, format="png", optimize=True)
    return smaller.getvalue()
