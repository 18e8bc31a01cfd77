from datetime import UTC, datetime

from matplotlib.text import Text

from kfit_teach.common.demonstrations import call_costs, overhead
from kfit_teach.front.demonstrations.call_costs import CallCosts
from kfit_teach.front.demonstrations.overhead import WAYS, Overhead


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text)]


def costs(libraries=("keras", "tf_keras"), often=50.0):
    ms = {"fit": 1.0, "train_on_batch": 2.0, "fit_per_batch": often}
    runs = [{"name": one, "library": one, "status": "done",
             "pieces": [{"way": way, "round": number, "ms": value * number}
                        for number in (1, 2, 3) for way, value in ms.items()]}
            for one in libraries]  # fmt: skip
    return CallCosts(created=datetime.now(UTC), runs=runs,
                     settings=call_costs.Settings(images="synthetic"))  # fmt: skip


def speeds(pieces):
    run = {"name": "keras", "library": "keras", "status": "done", "pieces": pieces}
    return Overhead(created=datetime.now(UTC), runs=[run],
                    settings=overhead.Settings(images="synthetic"))  # fmt: skip


def test_a_call_of_fit_for_each_batch_is_told_beside_a_step_within_fit():
    told = costs()
    assert told.ms_of("tf_keras", "train_on_batch") == 4.0
    assert [card.headline for card in told.verdicts()] == [
        "A call of train_on_batch: 4.0 ms in keras and 4.0 ms in tf_keras",
        "keras: a call of fit for each batch costs 50 times a step within fit",
        "tf_keras: a call of fit for each batch costs 50 times a step within fit",
    ]
    assert "4.00 (2.00 to 6.00)" in told.report()
    assert {"keras", "tf_keras", "100.0 ms"} <= set(texts(told.draw()))


def test_before_the_second_library_has_run_its_panel_is_there_and_empty():
    told = costs(["keras"])
    assert {"keras", "tf_keras"} <= set(texts(told.draw()))
    assert told.verdicts()[0].headline == "A call of train_on_batch: 4.0 ms in keras"
    assert "Waiting for the first calls" in texts(costs([]).draw())


def test_the_factor_is_told_once_every_way_was_clocked():
    pieces = [{"network": network, "way": way, "size": size,
               "images_per_s": size * (100.0 if way == "eager" else 100.0 * factor)}
              for network, factor in (("tiny", 11), ("small", 1.5))
              for way in WAYS for size in (1, 8, 32)]  # fmt: skip
    told = speeds(pieces)
    message = "From the slowest way to the fastest: tiny step × 11, large step × 1.5"
    assert told.verdicts()[0].headline == message and message in texts(told.draw())
    for number in (0, 1, len(pieces) - 1):
        begun = speeds(pieces[:number])
        assert begun.verdicts() == [] and message not in texts(begun.draw())
