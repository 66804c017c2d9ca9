"""The compressed data: do the pseudo-rows hold all that the likelihood needs, however the columns are shifted?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hlm_teach.compress import compress
from hlm_teach.stacks import cholesky, forward, gram, semi_cholesky


def draw(seed, J=5, most=6, q=2, p=3, shift=0.0):
    """Random columns in J groups of 1 … most rows; z is the first q columns of x."""
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(J), rng.integers(1, most + 1, J))
    rng.shuffle(codes)
    x = [np.ones(len(codes)), *(shift + rng.normal(size=len(codes)) for _k in range(p - 1))]
    return rng.normal(size=len(codes)), x, x[:q], codes


def unscaled(c):
    """X, y in the coordinates of the compressed columns, as a matrix that maps [X y] to them."""
    k = c.p + 1
    change = np.diag(1 / c.x_scale)
    if c.ones is not None:
        change[:-1] -= np.outer(c.ones, c.x_shift / c.x_scale)
    return change[:k, :k]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3), st.sampled_from([0.0, 5.0, 2010.0]))
def test_cross_products_are_kept(seed, q, shift):
    """Are Z'Z, Z'[X y] of every group and [X y]'[X y] in total what R, E and W say?"""
    y, x, z, codes = draw(seed, q=q, shift=shift)
    c = compress(y, x, z, codes)
    D = np.column_stack([*x, y]) @ unscaled(c)
    Zs = (np.column_stack(z) - c.z_shift) / c.z_scale
    total = np.zeros((c.p + 1, c.p + 1))
    for j in range(c.J):
        rows = codes == j
        R, E = c.R[:, :, j], c.E[:, :, j]
        np.testing.assert_allclose(R.T @ R, Zs[rows].T @ Zs[rows], atol=1e-9)
        np.testing.assert_allclose(R.T @ E, Zs[rows].T @ D[rows], atol=1e-9)
        assert np.all(np.tril(R, -1) == 0)
        total += E.T @ E
    np.testing.assert_allclose(c.W + total, D.T @ D, atol=1e-8)
    np.testing.assert_allclose(c.total(), D.T @ D, atol=1e-8)
    assert c.spare == len(y) - sum(np.linalg.matrix_rank(Zs[codes == j]) for j in range(c.J))


def test_left_over_block_is_the_residual_of_every_group():
    """Is W the cross-product of [X y] after each group has been fitted by its own Z?"""
    y, x, z, codes = draw(3, J=4, most=9)
    c = compress(y, x, z, codes)
    D, Z = np.column_stack([*x, y]), np.column_stack(z)
    rest = np.zeros((4, 4))
    for j in range(4):
        rows = codes == j
        left = D[rows] - Z[rows] @ np.linalg.lstsq(Z[rows], D[rows], rcond=None)[0]
        rest += left.T @ left
    np.testing.assert_allclose(c.W * np.outer(c.x_scale, c.x_scale), rest, atol=1e-12)
    left, df = c.within()
    ranks = [np.linalg.matrix_rank(Z[codes == j]) for j in range(4)]
    assert df == len(y) - sum(ranks) - 1  # and the one column of X that Z does not span
    assert 0 < left <= c.W[-1, -1]


def test_one_varying_intercept_is_sizes_and_means():
    """With Z = 1: is R = √n_j and E = √n_j·mean?"""
    y, x, _z, codes = draw(1, J=6)
    c = compress(y, x, [np.ones(len(y))], codes)
    n_j = np.bincount(codes)
    np.testing.assert_allclose(c.R[0, 0], np.sqrt(n_j))
    means = np.bincount(codes, y) / n_j
    np.testing.assert_allclose(c.E[0, -1] / np.sqrt(n_j) * c.x_scale[-1] + c.x_shift[-1], means)


@pytest.mark.parametrize("shift", [1e3, 1e6, 1e9])
def test_a_shift_of_a_column_changes_nothing_but_the_shift(shift):
    """Are R, E and W the same for year and year + a million, to what the column itself can resolve?"""
    y, x, _z, codes = draw(2, J=5)
    grid = [x[0], np.round(x[1] * 2**10) / 2**10, x[2]]  # exact after the shift
    a = compress(y, grid, grid[:2], codes)
    moved = [x[0], grid[1] + shift, x[2]]
    b = compress(y, moved, moved[:2], codes)
    np.testing.assert_allclose(b.W, a.W, atol=1e-12)
    np.testing.assert_allclose(b.E[1:], a.E[1:], atol=1e-12)
    np.testing.assert_allclose(b.R[1:], a.R[1:], atol=1e-12)
    moved_by = (b.x_shift[1] - shift) - a.x_shift[1]  # the mean of large numbers is itself rounded
    assert abs(moved_by) < 1e-15 * shift
    np.testing.assert_allclose(b.R[0, 1], a.R[0, 1] - np.sqrt(a.n_j) * moved_by / a.z_scale[1], atol=1e-12)


def test_blocks_do_not_change_the_result():
    """Does the sweep in small blocks of rows give what one block gives?"""
    import sys

    from hlm_teach import compress as _function  # noqa: F401 (the module is reached through sys.modules)

    module = sys.modules["hlm_teach.compress"]
    y, x, z, codes = draw(5, J=3, most=40)
    table = module._Table(y, x, z, codes, None, None)
    for whole, parts in zip(module._sweep(table), module._sweep(table, block=7), strict=True):
        np.testing.assert_allclose(whole, parts, atol=1e-12)


def test_without_an_intercept_the_shift_is_undone():
    """With no constant in X, are the columns unshifted; with dummies that add to one, are the others shifted?"""
    rng = np.random.default_rng(0)
    codes = np.repeat(np.arange(4), 5)
    x, a = 100 + rng.normal(size=20), (np.arange(20) % 2).astype(float)
    y, one = rng.normal(size=20), np.ones(20)
    plain = compress(y, [x], [one], codes, ("x",), ("Intercept",))
    assert plain.ones is None and plain.x_shift[0] == 0 and plain.x_shift[1] == 0
    dummies = compress(y, [a, 1 - a, x], [one], codes, ("a", "b", "x"), ("Intercept",))
    np.testing.assert_allclose(dummies.ones, [1, 1, 0], atol=1e-12)
    np.testing.assert_allclose(dummies.x_shift[:3], [0, 0, x.mean()])


def test_constant_columns_inside_groups_lower_the_rank():
    """Is a column that does not vary inside a group, or a group with fewer rows than columns, given a zero pivot?"""
    codes = np.array([0, 0, 0, 1, 1, 1, 2])
    x = np.array([1.0, 2, 3, 5, 5, 5, 7])
    c = compress(np.arange(7.0) ** 2, [np.ones(7), x], [np.ones(7), x], codes)
    assert c.R[1, 1, 0] > 0 and c.R[1, 1, 1] == 0 and c.R[1, 1, 2] == 0
    assert c.spare == 7 - (2 + 1 + 1)
    tenth = np.full(7, 0.1) + x
    c = compress(np.arange(7.0) ** 2, [np.ones(7), tenth], [np.ones(7), tenth], codes)
    assert c.R[1, 1, 1] == 0


def test_a_small_spread_inside_groups_keeps_its_digits():
    """Groups of seconds inside one day, twenty years apart: is the inside spread as exact as after centring by hand?"""
    rng = np.random.default_rng(4)
    codes = np.repeat(np.arange(8), 6)
    inside = rng.integers(0, 86_400, 48).astype(float)
    seconds = 1.6e9 + 8e7 * codes + inside
    y = rng.normal(size=48)
    c = compress(y, [np.ones(48), seconds], [np.ones(48), seconds], codes)
    for j in range(8):
        by_hand = inside[codes == j] - inside[codes == j].mean()
        np.testing.assert_allclose(c.R[1, 1, j] * c.z_scale[1], np.sqrt(by_hand @ by_hand), rtol=1e-9)


def test_small_matrices_side_by_side_agree_with_one_at_a_time():
    """Do the stacked Cholesky, substitution and products equal numpy's for each group?"""
    rng = np.random.default_rng(0)
    A, B = rng.normal(size=(3, 3, 5)), rng.normal(size=(3, 2, 5))
    V = gram(A, A)
    L = cholesky(V)
    X = forward(L, B)
    half, rank = semi_cholesky(V, np.zeros((3, 5)), 1e-13)
    assert np.all(rank == 3)
    for j in range(5):
        np.testing.assert_allclose(V[:, :, j], A[:, :, j].T @ A[:, :, j], atol=1e-13)
        np.testing.assert_allclose(L[:, :, j], np.linalg.cholesky(V[:, :, j]), atol=1e-12)
        np.testing.assert_allclose(half[:, :, j], L[:, :, j], atol=1e-12)
        np.testing.assert_allclose(X[:, :, j], np.linalg.solve(L[:, :, j], B[:, :, j]), atol=1e-12)
