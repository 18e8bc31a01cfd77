from kfit_teach.front.comparable import comparable
from kfit_teach.lessons.recorded import load_recorded


def other(comparison, **settings):
    """The same comparison, asked for with other settings."""
    asked = comparison.settings.model_copy(update=settings)
    return comparison.model_copy(update={"settings": asked})


def test_it_says_machine_library_and_epochs():
    own, recorded = load_recorded("order"), load_recorded("start_here")
    found = comparable(own, recorded)
    version = recorded.results[0].machine.versions["keras"]
    assert found.sentence.startswith("In grey, recorded on ")
    assert found.sentence.endswith(f" cores: keras {version}, 3 epochs.")
    assert [ranking.library for ranking in found.rankings] == ["keras"]


def test_other_epochs_are_said():
    own = load_recorded("order")
    assert "3 epochs where yours has 5" in comparable(other(own, epochs=5), own).sentence


def test_what_would_mislead_is_not_drawn_and_it_says_why():
    own = load_recorded("order")
    found = comparable(other(own, batch_size=8), own)
    assert found.rankings == []
    assert found.sentence == (
        "The recorded result is not drawn: it has batches of 32, this one batches of 8."
    )
    assert comparable(own, load_recorded("three_doors")).sentence.endswith(
        "it has 340 images, this one 680 images."
    )


def test_only_lanes_that_both_have_are_drawn():
    recorded = load_recorded("three_doors")
    found = comparable(other(recorded, library="tf_keras", functions=("fit",)), recorded)
    assert [ranking.library for ranking in found.rankings] == ["tf_keras"]
    assert [lane.name for lane in found.rankings[0].lanes] == ["fit"]
    own = load_recorded("order")
    none = comparable(other(own, library="tf_keras"), own)
    assert none.rankings == [] and "but those of keras" in none.sentence


def test_it_is_found_before_anything_ran():
    own, recorded = load_recorded("order"), load_recorded("order")
    own.results = []
    assert comparable(own, recorded).rankings


def test_a_figure_leaves_out_what_cannot_be_compared():
    def grey_lines(recorded):
        figure = own.figure(recorded=recorded)
        labels = [text for axes in figure.subfigs[0].axes
                  for text in axes.get_legend_handles_labels()[1]]  # fmt: skip
        return sum("recorded" in label for label in labels)

    own = load_recorded("order")
    assert grey_lines(load_recorded("start_here")) and not grey_lines(load_recorded("three_doors"))
