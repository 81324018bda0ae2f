"""Small functions that the mechanisms share."""

import math

import numpy as np


def unit(x):
    """x held between 0 and 1."""
    return np.clip(x, 0, 1)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def share(rate, years):
    """Part of a stock that leaves in a term at a yearly rate."""
    return 1 - np.exp(-rate * years)


def left_of(rate, years):
    """What is left at the end of the term of an amount that came in evenly and fades at a rate."""
    r = np.maximum(np.asarray(rate, float) * years, 1e-9)
    return -np.expm1(-r) / r


def filled(stock, gains, loses, years):
    """A stock in 0 to 1 that gains a rate of what it lacks and loses one of what it has (M18)."""
    rate = gains + loses
    level = divide(gains, rate)
    return unit(np.where(rate > 0, level + (stock - level) * np.exp(-rate * years), stock))


def divide(a, b, otherwise=0.0):
    """a / b, and something else where b is 0."""
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    return np.divide(a, b, out=np.full(a.shape, float(otherwise)), where=b != 0)


def sum_by(values, group, groups):
    """Sum of the values of each group; rows of group -1 are left out."""
    inside = group >= 0
    if inside.all():
        return np.bincount(group, values, groups)
    return np.bincount(group[inside], np.broadcast_to(values, group.shape)[inside], groups)


def mean_by(values, group, groups, weight=None):
    """Mean of the values of each group, weighted if so asked; 0 for an empty group."""
    weight = np.ones(len(group)) if weight is None else weight
    return divide(sum_by(values * weight, group, groups), sum_by(weight, group, groups))


def deviation_by(values, group, groups, least=0.0):
    """Mean and SD of each group, divisor N, the variance at least `least`."""
    mean = mean_by(values, group, groups)
    variance = mean_by((values - mean[group]) ** 2, group, groups)
    return mean, np.sqrt(np.maximum(variance, least))


def order_within(group, keys):
    """Rows in order of group, within it of the key, highest first (equals: lowest row first)."""
    return np.lexsort((np.arange(len(group)), -keys, group))


def places(sorted_groups):
    """Place of each row within its group, from 0; the rows have to be in order of their groups."""
    n = len(sorted_groups)
    new = np.r_[True, sorted_groups[1:] != sorted_groups[:-1]][:n]
    first = np.maximum.accumulate(np.where(new, np.arange(n), 0))
    return np.arange(n) - first


def normal_cdf(x):
    """Of a standard normal, by the error function."""
    return np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in x])
