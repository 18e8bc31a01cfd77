import tracemalloc

import numpy as np
import pytest

from kfit_teach.front.running.weights import weight_distances

MIB = 2**20


def files_of(folder, *arrays):
    files = [folder / f"{place}.npy" for place in range(len(arrays))]
    for file, array in zip(files, arrays, strict=True):
        np.save(file, np.array(array, np.float32))
    return files


def test_each_two_lanes_are_as_far_apart_as_their_furthest_weight(tmp_path):
    files = files_of(tmp_path, [0, 1, 2], [0, 1, 2], [0.5, 1, -1])
    assert weight_distances(files) == [[0, 0, 3], [0, 0, 3], [3, 3, 0]]


def test_weights_that_differ_in_one_bit_are_not_called_the_same(tmp_path):
    one_bit = np.nextafter(np.float32(1), np.float32(2))
    assert weight_distances(files_of(tmp_path, [1], [one_bit]))[0][1] == 2.0**-23


def test_lanes_without_weights_and_weights_without_a_number_have_no_distance(tmp_path):
    files = files_of(tmp_path, [1.0], [np.nan])
    known = weight_distances([*files, None, tmp_path / "never_written.npy"])
    assert known == [[0.0, None, None, None], *[[None] * 4] * 3]
    assert weight_distances(files_of(tmp_path, [np.inf], [np.inf])) == [[None] * 2] * 2


@pytest.mark.parametrize("place", [0, MIB - 1, MIB, 4 * MIB + 4])
def test_one_weight_is_found_wherever_it_stands(place, tmp_path):
    weights = np.zeros(4 * MIB + 5, np.float32)
    other = weights.copy()
    other[place] = -0.5
    assert weight_distances(files_of(tmp_path, weights, other)) == [[0, 0.5], [0.5, 0]]
    other[place] = np.nan
    assert weight_distances(files_of(tmp_path, weights, other)) == [[0, None], [None, None]]


def test_lanes_of_large_networks_are_never_in_memory_together(tmp_path):
    files = files_of(tmp_path, *[np.zeros(8 * MIB, np.float32) for _ in range(4)])  # 32 MiB each
    tracemalloc.start()
    weight_distances(files)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 12 * MIB
