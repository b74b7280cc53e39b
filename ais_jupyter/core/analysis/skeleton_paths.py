"""The centre lines of a component: its skeleton as paths between ends and branch points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

#: A path of fewer voxels has no direction.
FEWEST = 4
_NEIGHBOUR = 1.8  # voxels: also across a corner of the cube


@dataclass(frozen=True)
class Path:
    """A line of voxels.

    Attributes
    ----------
    voxels : int (n, 3)
        (z, y, x), from one end to the other.
    at_branch : (bool, bool)
        Whether the path begins, and ends, at a branch point.
    """

    voxels: np.ndarray
    at_branch: tuple[bool, bool]


def skeleton_paths(mask: np.ndarray, min_length: float) -> list[Path]:
    """Thin a component to lines, cut off short branches, and return what is left between its branch points.

    Parameters
    ----------
    mask : bool (z, y, x)
        One component.
    min_length : float
        Voxels. Branches with a free end that are shorter are cut off, the shortest first; what is shorter as a whole
        gives nothing.
    """
    voxels = _thinned(mask)
    while len(voxels) >= FEWEST:
        pieces = _pieces(voxels)
        short = [(_length(path.voxels), i) for i, path in enumerate(pieces) if not all(path.at_branch)]
        if not short or min(short)[0] >= min_length:
            return [path for path in pieces if len(path.voxels) >= FEWEST]
        gone = {tuple(voxel) for voxel in pieces[min(short)[1]].voxels.tolist()}
        voxels = np.array([voxel for voxel in voxels.tolist() if tuple(voxel) not in gone]).reshape(-1, 3)
    return []


def _thinned(mask: np.ndarray) -> np.ndarray:
    """Return the voxels of the skeleton, (n, 3).

    Thinning erases shapes that are an even number of voxels wide all along; they are made a voxel wider for it.
    """
    from skimage.morphology import skeletonize

    wide = np.pad(mask, 2)
    found = skeletonize(wide)
    if not found.any():
        for axis in range(3):
            wide |= np.roll(wide, 1, axis)
        found = skeletonize(wide)
    return np.argwhere(found) - 2


def _pieces(voxels: np.ndarray) -> list[Path]:
    """Paths between branch points; a knot of voxels that only two paths meet at belongs to one path."""
    from scipy.sparse.csgraph import connected_components

    graph = _graph(voxels)
    knotted = np.diff(graph.indptr) > 2
    _, knots = connected_components(graph[knotted][:, knotted], directed=False)
    _, lines = connected_components(graph[~knotted][:, ~knotted], directed=False)
    knot = np.full(len(voxels), -1)
    knot[knotted] = knots
    line = np.full(len(voxels), -1)
    line[~knotted] = lines
    rows, columns = graph.nonzero()
    meets = {(knot[a], line[b]) for a, b in zip(rows, columns) if knot[a] >= 0 and line[b] >= 0}
    branches = {k for k in set(knot[knotted].tolist()) if sum(one == k for one, _ in meets) > 2}
    apart = ~np.isin(knot, list(branches)) if branches else np.ones(len(voxels), bool)
    _, members = connected_components(graph[apart][:, apart], directed=False)
    beside = np.zeros(len(voxels), bool)
    beside[columns[~apart[rows] & apart[columns]]] = True
    places = np.flatnonzero(apart)
    return [_ordered(graph, voxels, places[members == number], beside) for number in range(members.max(initial=-1) + 1)]


def _ordered(graph: Any, voxels: np.ndarray, members: np.ndarray, beside: np.ndarray) -> Path:
    """Return one piece from one end to the other; a ring from any voxel once around."""
    own = graph[members][:, members]
    ends = np.flatnonzero(np.diff(own.indptr) <= 1)
    if len(ends):
        order = _between(own, int(ends[0]), int(ends[-1]) if len(ends) > 1 else None)
    else:
        around = np.setdiff1d(own[0].indices, [0])
        opened = own.tolil()
        opened[0, :] = opened[:, 0] = 0
        order = [0, *_between(opened.tocsr(), int(around[0]), None)]
    path = members[order]
    return Path(voxels[path], (bool(beside[path[0]]), bool(beside[path[-1]])))


def _between(graph: Any, first: int, last: int | None) -> list[int]:
    """Shortest way from one voxel to another, or to the farthest one."""
    from scipy.sparse.csgraph import dijkstra

    away, before = dijkstra(graph, indices=first, return_predecessors=True)
    order = [last if last is not None else int(np.where(np.isfinite(away), away, -1).argmax())]
    while order[-1] != first:
        order.append(int(before[order[-1]]))
    return order[::-1]


def _graph(voxels: np.ndarray) -> Any:
    """Distances between neighbouring voxels, as a sparse matrix."""
    from scipy.spatial import cKDTree

    tree = cKDTree(voxels)
    graph = tree.sparse_distance_matrix(tree, _NEIGHBOUR, output_type="coo_matrix").tocsr()
    graph.eliminate_zeros()
    return graph


def _length(voxels: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(voxels, axis=0), axis=1).sum())
