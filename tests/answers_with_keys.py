"""What readers answer in chapters 05 and 06, and words of what `check` says to it.

Each line is as in `answers_with_slices`.
"""

from functools import partial

import matplotlib.pyplot as plt

import slicekit
from checks import ball, ball_spacing
from slicekit import SliceViewer, multi_slice_viewer, next_slice, previous_slice


def to(index, picture=True, volume=None):
    """Return a function as in exercise 05-core, which goes to one slice."""

    def go(ax):
        ax.index = index
        if picture:
            ax.images[0].set_array((ax.volume if volume is None else volume)[index])

    return go


def on_top(ax):
    ax.index = 0
    ax.imshow(ax.volume[0])


def only_the_picture(ax):
    ax.images[0].set_array(ax.volume[0])


def step_by_step(ax):
    while ax.index > 0:
        previous_slice(ax)


def over_the_end(ax):
    ax.index = 0
    previous_slice(ax)


def wheel(step, axes=lambda event: event.canvas.figure.axes[0]):
    """Return a function as in exercise 05-stretch, with a step and axes of somebody's own."""

    def process_scroll(event):
        if (ax := axes(event)) is not None:
            step(ax, event)

    return process_scroll


def by_sign(ax, event):
    (next_slice if event.step > 0 else previous_slice)(ax)


def by_size(ax, event):
    to(ax.index + int(event.step))(ax)


def by_one(ax, event):
    if event.step == 1:
        next_slice(ax)
    elif event.step == -1:
        previous_slice(ax)


def without_end(ax, event):
    to(ax.index + (1 if event.step > 0 else -1))(ax)


def below_zero(ax, event):
    to((ax.index + 1) % 20 if event.step > 0 else ax.index - 1)(ax)


def upside_down(ax, event):
    (next_slice if event.step < 0 else previous_slice)(ax)


def by_button(ax, event):
    (next_slice if event.button == "up" else previous_slice)(ax)


def to_the_end(ax, event):
    to(min(ax.index + 1, 19) if event.step > 0 else max(ax.index - 1, 0))(ax)


def index_alone(ax, event):
    ax.index += 1 if event.step > 0 else -1


def somewhere_else(ax, event):
    by_sign(plt.subplots()[1], event)


def ball_viewer(aspect=2, volume=ball, change=None, **options):
    """Return the figure of a viewer as in exercise 06-core, changed by a function of its axes."""
    fig = multi_slice_viewer(volume, aspect, **options)
    if change:
        change(fig.axes[0])
    return fig


def deaf(ax):
    ax.figure.canvas.callbacks.callbacks["key_press_event"].clear()


def titled(words):
    return lambda ax: ax.set_title(words)


def empty():
    return plt.figure()


def keys_not_free():
    fig = multi_slice_viewer(ball, 2)
    plt.rcdefaults()
    return fig


def own(
    title="slice {}", free=slicekit.remove_keymap_conflicts, keys="np", step=1, write=None,
    start=10, show=None, ends=lambda index: index % 20, volume=None, returns=lambda fig: fig,
):  # fmt: skip
    """Return a function as in exercise 06-stretch, with one thing or another done differently."""
    write = write or (lambda fig, words: fig.axes[0].set_title(words))
    show = show or (lambda ax, image: ax.images[0].set_array(image))

    def make(given):
        free(set(keys))
        data = given if volume is None else volume
        fig, ax = plt.subplots()
        index = start
        ax.imshow(data[index])
        write(fig, title.format(index, number=index + 1))

        def answer(event):
            nonlocal index
            if event.key in tuple(keys):
                index = ends(index + (step if event.key == keys[0] else -step))
                show(fig.axes[0], data[index])
                write(fig, title.format(index, number=index + 1))

        fig.canvas.mpl_connect("key_press_event", answer)
        return returns(fig)

    return make


def once(fig, words):
    if not fig.axes[0].get_title():
        fig.axes[0].set_title(words)


def as_in_the_article(keys):
    """Free P in place, which works once."""
    plt.rcParams["keymap.pan"].remove("p")


def without_handler(volume):
    fig = own(free=lambda keys: None)(volume)
    fig.canvas.mpl_disconnect(fig.canvas.manager.key_press_handler_id)
    return fig


def anew(ax, image):
    ax.clear()
    ax.imshow(image)


def piled(ax, image):
    ax.imshow(image)


def spoilt(ax, image):
    ax.images[0].set_array(image + 1)


def later_viewer(volume):
    return SliceViewer(volume, keys={"next": {"n"}, "previous": {"p"}}).fig


first, last = to(0), to(19)

ANSWERS = [
    ("05-core", "untouched", lambda: (to(7), to(7)), "first_slice changes nothing; set ax.index"),
    ("05-core", "index alone", lambda: (to(0, False), last), "changes ax.index, but not the pict"),
    ("05-core", "picture alone", lambda: (only_the_picture, last), "first_slice makes ax.index 7"),
    ("05-core", "from 1", lambda: (to(1), last), "makes ax.index 1; of 20 slices it should be 0"),
    ("05-core", "-1", lambda: (first, to(-1)), "makes ax.index -1; of 20 slices it should be 19"),
    ("05-core", "len", lambda: (first, to(20)), "fails with IndexError: index 20 is out of bounds"),
    ("05-core", "half done", lambda: (first, lambda ax: None), "last_slice changes nothing"),
    ("05-core", "exchanged", lambda: (last, first), "first_slice makes ax.index 19"),
    ("05-core", "other volume", lambda: (to(0, volume=ball.T), last), "not show slice 0 of ax.vol"),
    ("05-core", "imshow", lambda: (on_top, last), "puts a second image on top"),
    ("05-core", "mutates", lambda: (lambda ax: ax.volume.sort(0), last), "read-only"),
    ("05-core", "called", lambda: (None, None), "without brackets behind it"),
    ("05-core", "in steps", lambda: (step_by_step, over_the_end), "correct"),
    ("05-core", "without names", lambda: (partial(first), lambda ax: last(ax)), "correct"),
    ("05-stretch", "untouched", lambda: lambda event: None, "begin as process_key does, and ask"),
    ("05-stretch", "by size", lambda: wheel(by_size), "of 3 leads from slice 7 to 10, not to 8"),
    ("05-stretch", "only 1", lambda: wheel(by_one), "a step of 3 changes nothing"),
    ("05-stretch", "wrong way", lambda: wheel(upside_down), "1 leads from slice 7 to 6, not to 8"),
    ("05-stretch", "no end", lambda: wheel(without_end), "fails with IndexError"),
    ("05-stretch", "-1", lambda: wheel(below_zero), "of -1 leads from slice 0 to -1, not to 19"),
    ("05-stretch", "index", lambda: wheel(index_alone), "ax.index changes, but not the picture"),
    ("05-stretch", "event", lambda: next_slice, "AttributeError: 'MouseEvent' object has no attr"),
    ("05-stretch", "other figure", lambda: wheel(somewhere_else), "has no attribute 'volume'"),
    ("05-stretch", "inaxes", lambda: lambda event: by_sign(event.inaxes, event), "may be outside"),
    ("05-stretch", "called", lambda: None, "without brackets behind it"),
    ("05-stretch", "inaxes if any", lambda: wheel(by_sign, lambda e: e.inaxes), "correct"),
    ("05-stretch", "button", lambda: wheel(by_button), "correct"),
    ("05-stretch", "stops at ends", lambda: wheel(to_the_end), "correct"),
    ("06-core", "untouched", lambda: None, "put your figure in place of None; multi_slice_viewer"),
    (
        "06-core",
        "the axes",
        lambda: ball_viewer().axes[0],
        "this is of type Axes; it should be th",
    ),
    ("06-core", "a pair", plt.subplots, "this is of type tuple; it should be the figure"),
    ("06-core", "empty", empty, "there is no image in the figure; imshow makes one"),
    ("06-core", "no aspect", lambda: ball_viewer(1), "the ball is not round"),
    ("06-core", "wrong way", lambda: ball_viewer(0.5), "the ball is not round"),
    ("06-core", "auto", lambda: ball_viewer("auto"), "the ball is not round"),
    ("06-core", "turned", lambda: ball_viewer(volume=ball.T), "not a slice of ball along its fi"),
    ("06-core", "scaled", lambda: ball_viewer(volume=ball / 2), "show ball as it is"),
    ("06-core", "first", lambda: ball_viewer(change=to(0)), "it is on slice 0, not 10, the mid"),
    (
        "06-core",
        "limits",
        lambda: ball_viewer(change=lambda ax: ax.images[0].set_clim(0, 9)),
        "not those of the whole volume",
    ),
    ("06-core", "K taken", keys_not_free, "K makes the x axis log; free your keys first"),
    ("06-core", "deaf", lambda: ball_viewer(change=deaf), "after K it still shows slice 10; what"),
    ("06-core", "with a title", lambda: ball_viewer(change=titled("exercise 6")), "correct"),
    (
        "06-core",
        "SliceViewer",
        lambda: SliceViewer(slicekit.Volume(ball, ball_spacing)).fig,
        "correct",
    ),
    ("06-core", "own keys", lambda: own(keys="kj")(ball), "the ball is not round"),
    ("06-stretch", "untouched", lambda: None, "write a function, as multi_slice_viewer is one"),
    ("06-stretch", "called", lambda: own()(ball), "without brackets behind it"),
    (
        "06-stretch",
        "no return",
        lambda: own(returns=lambda f: None),
        "the function returns is None",
    ),
    ("06-stretch", "a pair", lambda: own(returns=lambda f: (f, 1)), "is of type tuple; it should"),
    (
        "06-stretch",
        "no picture",
        lambda: lambda volume: plt.figure(),
        "there is no image in the fig",
    ),
    ("06-stretch", "other volume", lambda: own(volume=ball.T), "no slice, along its first axis"),
    ("06-stretch", "of the chapter", lambda: multi_slice_viewer, "title does not tell the number"),
    (
        "06-stretch",
        "title once",
        lambda: own(write=once),
        "after N, on slice 11, the title says 's",
    ),
    ("06-stretch", "title by accident", lambda: own("slice 0/19", start=0), "after N, on slice 1,"),
    ("06-stretch", "J and K", lambda: own(keys="kj"), "after N it still shows slice 10; what ans"),
    ("06-stretch", "with Shift", lambda: own(keys="NP"), "still shows slice 10; what answers 'n'?"),
    ("06-stretch", "two at once", lambda: own(step=2), "it shows slice 12; it should be 11"),
    ("06-stretch", "wrong way", lambda: own(step=-1), "it shows slice 9; it should be 11"),
    ("06-stretch", "piled", lambda: own(show=piled), "there are two images now; exchange"),
    ("06-stretch", "other numbers", lambda: own(show=spoilt), "after N the picture is no slice of"),
    (
        "06-stretch",
        "below zero",
        lambda: own(ends=lambda i: i),
        "slice 19, the title says 'slice -1'",
    ),
    ("06-stretch", "bounces", lambda: own(ends=abs), "it shows slice 1; it should be"),
    ("06-stretch", "no end", lambda: own(ends=lambda i: max(i, 0)), "fails with IndexError"),
    ("06-stretch", "P taken", lambda: own(free=lambda keys: None), "P still switches Matplotlib's"),
    ("06-stretch", "in place", lambda: own(free=as_in_the_article), "a second viewer fails, since"),
    ("06-stretch", "misspelt", lambda: lambda volume: subplots(), "fails with NameError"),  # noqa: F821
    ("06-stretch", "anew each time", lambda: own(show=anew), "correct"),
    ("06-stretch", "counted from 1", lambda: own("{number} of 20"), "correct"),
    ("06-stretch", "stops at ends", lambda: own(ends=lambda i: min(max(i, 0), 19)), "correct"),
    ("06-stretch", "suptitle", lambda: own(write=lambda f, w: f.suptitle(w)), "correct"),
    ("06-stretch", "handler gone", lambda: without_handler, "correct"),
    ("06-stretch", "SliceViewer", lambda: later_viewer, "correct"),
]
