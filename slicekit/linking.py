"""Viewers of different grids, kept at the same place in mm."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from slicekit.complaint import told
from slicekit.orientation import position_of, voxel_at
from slicekit.panels import View
from slicekit.viewer import SliceViewer, viewers

SENT: dict[SliceViewer, SliceViewer] = {}  # who is on the way, and the first one, who moved


def link(a: SliceViewer, b: SliceViewer) -> Callable[[], None]:
    """Keep two viewers at the same place in mm, whatever their grids.

    The second one goes where the first one is, and from then on each follows the other:
    to the voxel in which the other's centre lies, at the edge of its volume if need be. It ends
    when one of them is closed.

    Parameters
    ----------
    a, b : SliceViewer
        Two viewers, such as `view` returns, whose volumes know where they lie.

    Returns
    -------
    function
        Call it without arguments, and they go their own ways.

    Raises
    ------
    TypeError, ValueError
        If these are not two viewers, one is closed, or a volume has no affine.
    """
    for one in (a, b):
        if not isinstance(one, SliceViewer):
            raise TypeError(f"link takes two viewers, such as view returns, got {told(one)}")
        if one not in viewers(one.fig):
            raise ValueError(f"{told(one)} is closed already; view(...) makes another")
    if a is b:
        raise ValueError(f"link takes two viewers, got {told(a)} twice; view(...) makes another")

    def follow(leader: Any, follower: Any) -> None:
        # all go where the first one went, or three in a ring would send each other on for ever
        first = SENT.get(leader, leader)
        there = nearest(follower, first)
        # whoever has the finer grid may move within a voxel of the other
        if there != voxel(follower) and nearest(first, follower) != voxel(first):
            SENT[follower] = first
            try:
                go(follower, there)
            finally:
                SENT.pop(follower, None)

    follow(a, b)
    ends = [a.on_change(lambda _: follow(a, b)), b.on_change(lambda _: follow(b, a))]

    def unlink() -> None:
        while ends:  # whoever stays open does not keep the other one
            ends.pop()()

    a.on_close.callback(unlink)
    b.on_close.callback(unlink)
    return unlink


def voxel(viewer: SliceViewer) -> tuple[int, ...]:
    """Return the slice that a viewer shows, or last showed, along each of its axes."""
    return tuple(viewer._indices)


def nearest(viewer: SliceViewer, other: SliceViewer) -> tuple[int, ...]:
    """Return the voxel of one viewer that is nearest to where another one is, in mm."""
    position = position_of(other.volume, voxel(other))
    if position is None:
        raise ValueError(f"{other.volume!r} does not know where it lies in mm; give it an affine=")
    last = np.subtract(viewer.volume.shape, 1)
    return tuple(np.clip(voxel_at(viewer.volume, position), 0, last).tolist())


def go(viewer: SliceViewer, voxel: Sequence[int]) -> None:
    """Show a voxel, in as many planes as the viewer has."""
    if isinstance(viewer, View):
        viewer.voxel = tuple(voxel)
    else:
        viewer._indices = list(voxel)
        viewer.refresh()
