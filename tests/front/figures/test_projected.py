from kfit_teach.front.projected import pictures
from kfit_teach.front.telling.cards import cards
from kfit_teach.lessons.recorded import load_recorded


def test_each_panel_is_a_picture_of_its_own_for_a_window(can_be_read):
    order = load_recorded("order")
    shown = pictures(order, load_recorded("start_here").rankings())
    kinds = ("images/s", "MiB", "loss", "share")
    for picture, kind in zip(shown, kinds, strict=True):
        figure = picture.draw()
        assert tuple(round(side) for side in figure.get_size_inches() * figure.dpi) == (1280, 620)
        assert kind in figure.axes[0].get_ylabel()
        can_be_read(figure)


def test_titles_are_the_messages_of_the_cards():
    order = load_recorded("order")
    (told,) = [card.headline for card in cards(order) if card.subject == "memory"]
    memory = pictures(order)[1]
    assert memory.draw().get_suptitle() == told
    needed = order.results[0].memory.peak_extra_mib
    assert memory.alt.startswith(told) and f"fit {needed:.0f} MiB" in memory.alt


def test_two_libraries_are_told_apart():
    shown = pictures(load_recorded("three_doors"))
    libraries = [picture.draw().get_suptitle().split(":")[0] for picture in shown]
    assert libraries == ["keras"] * 3 + ["tf_keras"] * 3
