"""Viewers of different grids at the same place in mm."""

import gc
import weakref
from itertools import pairwise, permutations, product

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backend_bases import FigureCanvasBase
from nibabel.affines import apply_affine

from slicekit import SliceViewer, Volume, link, press, scroll, view

SHAPE = (9, 10, 11)


@pytest.fixture(autouse=True)
def _no_drawing(monkeypatch):
    """Agg draws whenever it is asked to draw when idle, and nobody looks."""
    monkeypatch.setattr(FigureCanvasBase, "draw_idle", lambda self: None)


def grid(mm=1.0, origin=(0, 0, 0), codes=(0, 1, 2), signs=(1, 1, 1), shape=SHAPE):
    """Return a volume whose axes run along those of the world in some order."""
    affine = np.eye(4)
    affine[:3, :3] = 0
    for axis, (world, sign) in enumerate(zip(codes, signs, strict=True)):
        affine[world, axis] = sign * mm
    affine[:3, 3] = origin
    return Volume(np.zeros(shape, np.int8), (mm, mm, mm), affine)


def place(viewer):
    return apply_affine(viewer.volume.affine, tuple(viewer._indices))


def linked(a, b, **options):
    one, two = view(a, **options), view(b, **options)
    return one, two, link(one, two)


@pytest.mark.parametrize("planes", [False, True])
def test_the_second_goes_to_the_first_and_then_each_to_the_other(planes):
    one, two, _ = linked(grid(2), grid(1, (3, 3, 3)), planes=planes)
    assert one.voxel == (4, 5, 5)
    assert two.voxel == (5, 7, 7)
    press(one.fig, "k", one.axes[0])
    assert two.voxel == (7, 7, 7)
    two.voxel = 0, 0, 2
    assert one.voxel == (2, 2, 3)
    press(two.fig, "end", two.axes[0])
    assert (one.voxel, two.voxel) == ((6, 2, 3), (8, 0, 2))


@pytest.mark.parametrize("codes", list(permutations((0, 1, 2))))
def test_whatever_way_the_axes_run(codes):
    first = grid(shape=(9, 9, 9))
    for signs in product((1, -1), repeat=3):
        origin = np.where(np.array(signs)[np.argsort(codes)] < 0, 8, 0)
        one, two, _ = linked(first, grid(1, origin, codes, signs, (9, 9, 9)))
        for voxel in ((1, 2, 5), (8, 0, 3)):
            one.voxel = voxel
            assert np.allclose(two.position, voxel)
            two.voxel = voxel
            assert np.allclose(one.position, two.position)
        plt.close("all")


def test_oblique_grids():
    turned = grid(0.7)
    turned.affine[:3, :3] = [[0.6, -0.3, 0.2], [0.3, 0.6, -0.1], [-0.1, 0.2, 0.65]]
    one, two, _ = linked(grid(), turned, planes=True)
    for voxel in ((2, 3, 4), (1, 4, 4)):
        one.voxel = voxel
        # no other voxel of the second grid is nearer
        everywhere = apply_affine(turned.affine, np.indices(SHAPE).reshape(3, -1).T)
        off = np.linalg.norm(everywhere - voxel, axis=1)
        assert np.linalg.norm(two.position - voxel) <= off.min() + 0.15


def test_a_fine_grid_moves_freely_within_a_coarse_voxel():
    coarse, fine, _ = linked(grid(5), grid(1, (-2, -2, -2), shape=(25, 25, 25)))
    found = []
    for _ in range(7):
        press(fine.fig, "k")
        found.append((fine.index, coarse.index))
    assert [index for index, _ in found] == [23, 24, 24, 24, 24, 24, 24]
    fine.index = 12
    found = []
    for _ in range(6):
        press(fine.fig, "k")
        found.append((fine.index, coarse.index))
    assert found == [(13, 2), (14, 2), (15, 3), (16, 3), (17, 3), (18, 3)]
    coarse.index = 1
    assert fine.index == 7  # the middle of it
    press(coarse.fig, "]")
    coarse.refresh()
    assert fine.index == 7


def test_one_that_only_redraws_moves_nobody():
    coarse, fine, _ = linked(grid(5), grid(1, (-2, -2, -2), shape=(25, 25, 25)), planes=True)
    fine.voxel = 13, 14, 11
    coarse.refresh()
    coarse.mark([[1, 1, 1]])
    press(coarse.fig, "backspace")
    assert fine.voxel == (13, 14, 11)


def test_grids_fine_along_different_axes_come_to_rest():
    a, b = grid(), grid()
    a.affine[:3, :3], b.affine[:3, :3] = np.diag([1, 1, 5]), np.diag([5, 1, 1])
    one, two, _ = linked(a, b, planes=True)
    moves = []
    one.on_change(lambda viewer: moves.append(1))
    two.on_change(lambda viewer: moves.append(2))
    for viewer, voxel in ((one, (7, 3, 1)), (two, (1, 3, 6)), (one, (4, 2, 0)), (two, (0, 9, 10))):
        moves.clear()
        viewer.voxel = voxel
        assert viewer.voxel == voxel
        assert len(moves) <= 2
        apart = np.abs(one.position - two.position)
        assert np.all(apart <= 2.5)


# ---- more than two


def test_a_chain_carries_the_place_on():
    one, two, three = (view(grid(mm, shape=(n,) * 3)) for mm, n in ((1, 40), (3, 14), (2, 20)))
    link(one, two)
    link(two, three)
    one.index = 30
    assert (two.index, three.index) == (10, 15)
    three.index = 3
    assert (one.index, two.index) == (6, 2)


@pytest.mark.parametrize("offsets", [(0, 0.4, 0.8), (0, 0.3, -0.4), (0.5, 0, -0.5), (0, 0, 0)])
def test_three_in_a_ring_come_to_rest(offsets):
    ring = [view(grid(1, (x, 0, 0), shape=(60, 2, 2)), index=5) for x in offsets]
    for a, b in ((0, 1), (1, 2), (2, 0)):
        link(ring[a], ring[b])
    heard = []
    for viewer in ring:
        viewer.on_change(lambda viewer: heard.append(viewer))
    for leader in (*ring, *ring):
        heard.clear()
        leader.index += 7
        places = [place(viewer)[0] for viewer in ring]
        assert max(places) - min(places) <= 1
        assert np.ptp([p - place(leader)[0] for p in places]) <= 1
        assert len(heard) <= 3
    assert abs(ring[0].index - 47) <= 6  # one at most for each move


def test_all_go_where_the_first_one_went():
    """And not each a little further than the one before."""
    row = [view(grid(1, (0.4 * n, 0, 0), shape=(60, 2, 2))) for n in range(5)]
    for a, b in pairwise(row):
        link(a, b)
    row[0].index = 40
    assert all(abs(place(viewer)[0] - 40) <= 0.5 for viewer in row)


def test_a_listener_may_move_a_third_one():
    one, two, _ = linked(grid(), grid())
    apart, beside = view(grid()), view(grid())
    link(apart, beside)
    two.on_change(lambda viewer: setattr(apart, "index", viewer.index - 2))
    one.index = 7
    assert (two.index, apart.index, beside.index) == (7, 5, 5)


def test_linked_twice_is_linked_once_more():
    one, two, unlink = linked(grid(), grid())
    again = link(one, two)
    unlink()
    press(one.fig, "k")
    assert two.index == one.index == 5
    again()
    press(one.fig, "k")
    assert (one.index, two.index) == (6, 5)


# ---- viewers of all kinds


def test_viewers_of_all_kinds():
    plain = SliceViewer(grid(), axis=2)
    single, three = view(grid(2), axis=1), view(grid(1, (1, 1, 1)), planes=True)
    link(three, plain)
    link(three, single)
    three.voxel = 1, 3, 5
    assert plain._indices == [2, 4, 6]
    assert plain.ax.get_title() == "6 / 10, 6 mm"
    assert single.voxel == (1, 2, 3)
    assert single.ax.get_title().startswith("2 / 9")
    plain.index = 1
    assert three.voxel == (1, 3, 0)
    press(single.fig, "a")  # another axis is the same place
    assert three.voxel == (1, 3, 0)
    single.index = 4
    assert three.voxel[2] == 7
    scroll(three.fig, 1, three.axes[0])
    assert plain._indices[0] == 3


def test_a_click_in_one_moves_the_crosshair_of_the_other():
    one, two, _ = linked(grid(2), grid(1, (3, 3, 3)), planes=True)
    one.pick(np.array([3, 4, 5]))
    assert two.voxel == (3, 5, 7)
    one.drag(np.array([2, 4, 5]))
    assert two.voxel == (1, 5, 7)
    down, across = two.crosshairs[0].lines
    assert (down.get_xdata()[0], across.get_ydata()[0]) == (5, 7)
    assert len(two.points) == 0


def test_time_stays_where_it_is():
    film = np.zeros((3, 9, 10, 11), np.int8)
    one, two = (view(film, dims="tzyx", affine=np.eye(4)) for _ in range(2))
    link(one, two)
    press(one.fig, "t")
    one.go(7, t=2)
    assert (two.index, two.at) == (7, {"t": 0})


# ---- edges, ends, errors


def test_a_place_outside_of_one_is_its_edge():
    one, two, _ = linked(grid(shape=(40, 5, 5)), grid(1, (10, 0, 0), shape=(8, 5, 5)))
    for index, edge in ((39, 7), (2, 0), (13, 3), (0, 0)):
        one.index = index
        assert (one.index, two.index) == (index, edge)
    two.refresh()
    assert one.index == 0
    press(two.fig, "k")
    assert (one.index, two.index) == (11, 1)


def test_unlink_and_close_end_it():
    for end in ("unlink", "one", "two"):
        one, two, unlink = linked(grid(), grid())
        {"unlink": unlink, "one": one.close, "two": two.close}[end]()
        one.index = 1
        assert two.index == 4
        two.index = 7
        assert one.index == 1
        unlink()  # harmless twice


def test_closing_the_figure_ends_it():
    one, two, _ = linked(grid(), grid())
    one.fig.canvas.callbacks.process("close_event", None)
    two.index = 2
    assert one.index == 4


def test_whoever_stays_open_does_not_keep_the_other_one():
    one, two, _ = linked(grid(), grid())
    gone = weakref.ref(one)
    one.close()
    plt.close(one.fig)
    del one, _
    gc.collect()
    assert gone() is None
    two.index = 2


@pytest.mark.parametrize("planes", [False, True])
def test_no_affine_is_an_error_and_nothing_is_linked(planes):
    known, unknown = view(grid(), planes=planes), view(np.zeros(SHAPE), planes=planes)
    before = len(known._listeners), len(unknown._listeners)
    for pair in ((known, unknown), (unknown, known)):
        with pytest.raises(
            ValueError, match=r"does not know where it lies in mm; give it an affine=$"
        ):
            link(*pair)
    assert (len(known._listeners), len(unknown._listeners)) == before


def test_what_cannot_be_linked():
    one = view(grid())
    for pair in ((one, None), (None, one)):
        with pytest.raises(TypeError, match="two viewers, such as view returns, got None"):
            link(*pair)
    with pytest.raises(ValueError, match=r"got <View.*> twice; view\(\.\.\.\) makes another$"):
        link(one, one)
    assert len(one._listeners) == 1  # the status line's


def test_a_listener_that_fails_leaves_no_trace():
    one, two, _ = linked(grid(), grid())
    end = two.on_change(lambda viewer: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        one.index = 2
    end()
    one.index = 6
    assert two.index == 6
    two.index = 3
    assert one.index == 3


def test_a_closed_viewer_cannot_be_linked():
    one, two = view(grid()), SliceViewer(grid())
    two.close()
    for pair in ((one, two), (two, one)):
        with pytest.raises(
            ValueError, match=r"<SliceViewer.*> is closed already; view\(...\) makes another$"
        ):
            link(*pair)


def test_a_leader_that_cannot_be_read_moves_nobody(monkeypatch):
    one, two, _ = linked(grid(), grid())
    monkeypatch.setattr(Volume, "plane", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        one.index = 7
    assert one.voxel == two.voxel == (4, 5, 5)


def test_what_is_no_viewer_is_that_first_of_all():
    with pytest.raises(
        TypeError, match=r"^link takes two viewers, such as view returns, got None$"
    ):
        link(None, None)
