from functools import partial
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib.backend_bases import KeyEvent, MouseEvent, key_press_handler
from matplotlib.figure import Figure

from slicekit import claim_keys, press, remove_keymap_conflicts
from slicekit.keymap import action_of_key


def test_the_keys_are_gone_from_every_keymap():
    remove_keymap_conflicts({"k", "left", "s"})
    keymaps = [keys for name, keys in plt.rcParams.items() if name.startswith("keymap.")]
    assert not any({"k", "left", "s"} & set(keys) for keys in keymaps)


def test_the_other_keys_stay():
    before = {name: list(keys) for name, keys in plt.rcParams.items() if name.startswith("keymap.")}
    remove_keymap_conflicts({"j", "k"})
    for name, keys in before.items():
        assert plt.rcParams[name] == [key for key in keys if key not in {"j", "k"}]


def test_twice_is_harmless():
    remove_keymap_conflicts({"j", "k"})
    remove_keymap_conflicts({"j", "k"})
    assert plt.rcParams["keymap.xscale"] == ["L"]


def test_rc_context_and_rcdefaults_bring_the_keys_back():
    with plt.rc_context():
        remove_keymap_conflicts({"k"})
    assert "k" in plt.rcParams["keymap.xscale"]
    remove_keymap_conflicts({"k"})
    assert "k" in mpl.rcParamsDefault["keymap.xscale"]
    plt.rcdefaults()
    assert "k" in plt.rcParams["keymap.xscale"]


def test_a_list_or_a_generator_of_keys_will_do():
    remove_keymap_conflicts(key for key in ["k", "l"])
    assert plt.rcParams["keymap.xscale"] == ["L"]
    assert plt.rcParams["keymap.yscale"] == []


# ---- keys claimed for one figure


@pytest.fixture
def fig():
    fig = plt.figure()
    fig.add_subplot().set(xlim=(1, 2), ylim=(1, 2))
    return fig


def x_scale_after_k(fig):
    fig.axes[0].set_xscale("linear")
    press(fig, "k")
    return fig.axes[0].get_xscale()


def test_claimed_keys_are_given_back(fig):
    before = {name: len(cids) for name, cids in fig.canvas.callbacks.callbacks.items() if cids}
    give_back = claim_keys(fig, {"k"})
    assert x_scale_after_k(fig) == "linear"
    give_back()
    assert x_scale_after_k(fig) == "log"
    give_back()
    after = {name: len(cids) for name, cids in fig.canvas.callbacks.callbacks.items() if cids}
    assert before == after


def test_two_claims_on_one_key(fig):
    first, second = claim_keys(fig, {"k"}), claim_keys(fig, ["k", "l"])
    first()
    first()
    assert x_scale_after_k(fig) == "linear"
    second()
    assert x_scale_after_k(fig) == "log"


def test_a_handler_that_came_between_two_claims(fig):
    """It is held back for the second one, as long as that lasts."""
    first = claim_keys(fig, {"k"})
    fig.canvas.mpl_connect("key_press_event", key_press_handler)
    second = claim_keys(fig, {"k"})
    first()
    assert x_scale_after_k(fig) == "linear"
    second()
    assert x_scale_after_k(fig) == "log"


def test_handlers_of_other_people_hear_all_keys(fig):
    heard = []
    fig.canvas.mpl_connect("key_press_event", lambda event: heard.append(event.key))
    fig.canvas.mpl_connect("key_press_event", partial(heard.append))
    claim_keys(fig, {"k"})
    press(fig, "k")
    assert heard[0] == "k"
    assert len(heard) == 2


def test_the_figure_still_knows_which_keys_are_held_down(fig):
    """Matplotlib tells mouse events with what key they came."""
    claim_keys(fig, {"control", "k"})
    event = KeyEvent("key_press_event", fig.canvas, "control", 100, 100)
    fig.canvas.callbacks.process(event.name, event)
    assert fig.canvas._key == "control"


def test_keys_chosen():
    defaults = {"next": {"k", "right"}, "previous": ["j"]}
    assert action_of_key(defaults, {}) == {"k": "next", "right": "next", "j": "previous"}
    assert action_of_key(defaults, {"previous": "k"}) == {"k": "previous", "right": "next"}
    assert action_of_key(defaults, {"next": set()}) == {"j": "previous"}
    wheel = {"next": {"k", "wheel up"}, "previous": {"j", "wheel down"}}
    assert action_of_key(wheel, {"next": "n"})["wheel up"] == "next"
    turned = action_of_key(wheel, {"next": {"n", "wheel down"}, "previous": {"wheel up"}})
    assert turned == {"n": "next", "wheel down": "next", "wheel up": "previous"}
    with pytest.raises(ValueError, match="no action 'up' to choose keys for; there are"):
        action_of_key(defaults, {"up": "u"})
    with pytest.raises(ValueError, match="'n' is chosen for 'next' and 'previous'; drop one"):
        action_of_key(defaults, {"next": "n", "previous": ["n"]})


class Handler:
    """A handler that calls itself one of Matplotlib's."""

    def __init__(self, name):
        package, module, self.__qualname__ = name.split(".", 2)
        self.__module__ = f"{package}.{module}"
        self.heard = []

    def __call__(self, event):
        self.heard.append(event.key)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("key_press_event", "matplotlib.backend_bases.key_press_handler"),
        ("scroll_event", "matplotlib.backend_bases.scroll_handler"),
        ("key_press_event", "matplotlib.backend_managers.ToolManager._key_press"),
    ],
)
def test_each_of_matplotlibs_handlers_is_held_back_and_known_by_its_new_number(kind, name):
    def send(key):
        if kind == "scroll_event":
            event = MouseEvent(kind, fig.canvas, 0, 0, step=1, key=key)
        else:
            event = KeyEvent(kind, fig.canvas, key)
        fig.canvas.callbacks.process(kind, event)

    def known():
        return getattr(fig.canvas.manager, number)

    fig, handler = Figure(), Handler(name)
    number = {"key_press_event": "key_press_handler_id", "scroll_event": "scroll_handler_id"}[kind]
    cid = fig.canvas.mpl_connect(kind, handler)
    fig.canvas.manager = SimpleNamespace(**{number: cid})
    give_back = claim_keys(fig, {"control"})
    send("control")
    send("x")
    assert handler.heard == ["x"]
    assert known() != cid
    assert known() in fig.canvas.callbacks.callbacks[kind]
    give_back()
    send("control")
    assert handler.heard == ["x", "control"]
    assert known() in fig.canvas.callbacks.callbacks[kind]
