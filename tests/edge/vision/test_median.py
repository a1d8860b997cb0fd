"""The median is that of numpy."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.median import median


@pytest.mark.parametrize("shape", [(1,), (2,), (431,), (432,), (3, 3), (8, 3)])
def test_it_is_the_median_of_numpy(shape):
    values = np.random.default_rng(1).normal(size=shape)
    np.testing.assert_array_equal(median(values), np.median(values, axis=0))
