import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import kfit_teach

SOLUTION = Path(kfit_teach.__file__).parent / "worker" / "judging" / "solutions" / "my_fit.py"
JUDGE_ALL = """
import json, sys
from kfit_teach.worker.training.libraries import load_library
keras = load_library(sys.argv[1])
from kfit_teach.worker.judging import JUDGES
answers = json.load(sys.stdin)
print(json.dumps({name: JUDGES["my_fit"](keras, source) for name, source in answers.items()}))
"""
# Each planted answer: the loops it writes, and words of the sentence that it must get.
PLANTED = {
    "a stub": ("...", "without a single call of train_on_batch"),
    "one epoch only": (
        """
        for start in range(0, len(images), batch_size):
            cut = slice(start, start + batch_size)
            model.train_on_batch(images[cut], labels[cut])
        """,
        "1 epoch instead of 3: loop over epochs, too",
    ),
    "the smaller last batch left out": (
        """
        for epoch in range(epochs):
            for step in range(len(images) // batch_size):
                cut = slice(step * batch_size, (step + 1) * batch_size)
                model.train_on_batch(images[cut], labels[cut])
        """,
        "last 4 images were never trained on",
    ),
    "the last batch filled up": (
        """
        for epoch in range(epochs):
            for start in range(0, len(images), batch_size):
                places = np.arange(start, start + batch_size) % len(images)
                model.train_on_batch(images[places], labels[places])
        """,
        "filled up with images that had been seen",
    ),
    "shuffled": (
        """
        for epoch in range(epochs):
            order = np.random.default_rng(epoch).permutation(len(images))
            for start in range(0, len(images), batch_size):
                places = order[start:start + batch_size]
                model.train_on_batch(images[places], labels[places])
        """,
        "The order is another one",
    ),
    "all in one batch": (
        """
        for epoch in range(epochs):
            model.train_on_batch(images, labels)
        """,
        "All images were one batch",
    ),
    "batches of one": (
        """
        for epoch in range(epochs):
            for place in range(len(images)):
                model.train_on_batch(images[place:place + 1], labels[place:place + 1])
        """,
        "did not hold 8 images each, but: 1",
    ),
    "overlapping slices": (
        """
        for epoch in range(epochs):
            for start in range(0, len(images), batch_size // 2):
                cut = slice(start, start + batch_size)
                model.train_on_batch(images[cut], labels[cut])
        """,
        "do your slices overlap?",
    ),
    "an image left out": (
        """
        for epoch in range(epochs):
            for start in range(1, len(images), batch_size):
                cut = slice(start, start + batch_size)
                model.train_on_batch(images[cut], labels[cut])
        """,
        "1 image never came to train_on_batch, such as number 0",
    ),
    "a slice one too long": (
        """
        for epoch in range(epochs):
            for start in range(0, len(images), batch_size):
                cut = slice(start, start + batch_size + 1)
                model.train_on_batch(images[cut], labels[cut])
        """,
        "A batch held 9 images, but batch_size is 8",
    ),
    "one step too many": (
        """
        for epoch in range(epochs):
            for step in range(len(images) // batch_size + 1):
                cut = slice(step * batch_size, (step + 1) * batch_size)
                model.train_on_batch(images[cut], labels[cut])
        """,
        "no image at all",
    ),
    "one epoch too many": (
        """
        for epoch in range(epochs + 1):
            for start in range(0, len(images), batch_size):
                cut = slice(start, start + batch_size)
                model.train_on_batch(images[cut], labels[cut])
        """,
        "2 epochs instead of 1: range(epochs) is enough",
    ),
    "loops the wrong way round": (
        """
        for start in range(0, len(images), batch_size):
            cut = slice(start, start + batch_size)
            for epoch in range(epochs):
                model.train_on_batch(images[cut], labels[cut])
        """,
        "loop over epochs outside, over batches inside",
    ),
    "batches that reach into the next epoch": (
        """
        images, labels = np.concatenate([images] * epochs), np.concatenate([labels] * epochs)
        for start in range(0, len(images), batch_size):
            cut = slice(start, start + batch_size)
            model.train_on_batch(images[cut], labels[cut])
        """,
        "images of two epochs",
    ),
    "the same batch for ever": (
        """
        start = 0
        while start < len(images):
            cut = slice(start, start + batch_size)
            model.train_on_batch(images[cut], labels[cut])
        """,
        "does each turn of your loop go on to the next images",
    ),
    "fit itself": (
        "model.fit(images, labels, batch_size=batch_size, epochs=epochs, shuffle=False, verbose=0)",
        "called model.fit, but the task allows train_on_batch alone",
    ),
    "compiled again each epoch": (
        """
        for epoch in range(epochs):
            model.compile("sgd", "categorical_crossentropy")
            for start in range(0, len(images), batch_size):
                cut = slice(start, start + batch_size)
                model.train_on_batch(images[cut], labels[cut])
        """,
        "compiled again",
    ),
    "images scaled": (
        """
        for epoch in range(epochs):
            for start in range(0, len(images), batch_size):
                cut = slice(start, start + batch_size)
                model.train_on_batch(images[cut] / 255, labels[cut])
        """,
        "hand on slices of images, unchanged",
    ),
    "labels of others": (
        """
        for epoch in range(epochs):
            for start in range(0, len(images), batch_size):
                cut = slice(start, start + batch_size)
                model.train_on_batch(images[cut], labels[::-1][cut])
        """,
        "labels of other images",
    ),
    "weights changed besides": (
        """
        for epoch in range(epochs):
            for start in range(0, len(images), batch_size):
                cut = slice(start, start + batch_size)
                model.train_on_batch(images[cut], labels[cut])
        model.set_weights([weight * 2 for weight in model.get_weights()])
        """,
        "something beside train_on_batch changed them",
    ),
    "an exception": ("images['first']", "IndexError in line 3 of your cell, `images['first']`"),
    "a name of another cell": ("images / none_such", "import or define the name in it"),
    "asking the user": ("input()", "my_fit ended with"),
    "leaving": ("raise SystemExit(3)", "my_fit ended with SystemExit"),
    "endless recursion": ("my_fit(model, images, labels, batch_size, epochs)", "RecursionError"),
}
WHOLE_CELLS = {
    "no such function": ("def fit_it():\n    pass\n", "There is no function my_fit"),
    "other parameters": ("def my_fit(model):\n    pass\n", "takes (model), but it is called with"),
    "not Python": ("def my_fit(:\n", "Python cannot read line 1"),
    "a cell that fails": ("import none_such_module\n", "Your cell ended with ModuleNotFoundError"),
    "nothing": ("", "There is no function my_fit"),
}


def cell_of(body):
    body = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    return f"import numpy as np\ndef my_fit(model, images, labels, batch_size, epochs):\n{body}\n"


@pytest.fixture(scope="module", params=["keras", "tf_keras"])
def verdicts(request):
    """What the judge says of every answer, in one library; in one process, to be quick."""
    cells = {name: cell_of(body) for name, (body, _) in PLANTED.items()}
    cells |= {name: cell for name, (cell, _) in WHOLE_CELLS.items()}
    cells["the solution"] = SOLUTION.read_text()
    cells["the solution, checked in its own cell"] = (
        SOLUTION.read_text() + "\nexercise.check(my_fit)\nprint('done')\n"
    )
    cells["the solution, tried out in its own cell"] = (
        SOLUTION.read_text() + "\nresult = my_fit(model_of_the_notebook, images, labels, 8, 1)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", JUDGE_ALL, request.param], input=json.dumps(cells),
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


def test_the_solution_passes_and_fits_on_a_screen(verdicts):
    assert verdicts["the solution"]["passed"]
    assert verdicts["the solution, checked in its own cell"]["passed"]
    assert verdicts["the solution, tried out in its own cell"]["passed"]
    assert len(SOLUTION.read_text().splitlines()) < 20


@pytest.mark.parametrize("name", [*PLANTED, *WHOLE_CELLS])
def test_each_wrong_answer_gets_its_own_sentence(verdicts, name):
    words = (PLANTED | WHOLE_CELLS)[name][1]
    verdict = verdicts[name]
    assert not verdict["passed"]
    assert words in verdict["sentence"]
    others = [other["sentence"] for key, other in verdicts.items()
              if key not in (name, "nothing", "no such function")]  # fmt: skip
    assert verdict["sentence"] not in others


def test_a_traceback_begins_in_the_learners_cell_and_shows_its_line(verdicts):
    lines = verdicts["an exception"]["details"].splitlines()
    assert lines[1] == '  File "your cell", line 3, in my_fit'
    assert lines[2].strip() == "images['first']"
