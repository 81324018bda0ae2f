"""Emulators: what a statistic would be at parameters that were not simulated, and how far that may be off.

A statistic is learnt in two steps: ridge regression on the parameters, their squares and the products of those that
matter most, which is nearly all there is to most statistics; and where it helps, a Gaussian process over the most
important parameters on what is left (Kennedy and O'Hagan 2001; Rasmussen and Williams 2006). Whether it helps, and how
far the emulator is off, is found by cross-validation, never by how well it fits.
"""
import itertools
import warnings

import numpy
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold

FOLDS = 4
PRODUCTS_OF = 12     # parameters whose products are features
PROCESS_OVER = 8     # parameters of the Gaussian process
PROCESS_POINTS = 300 # at most, to learn it from: the last, which waves bring nearest to what is looked for
WORTH = 0.05         # the share of the error that a process must take away to be kept
ENOUGH = 0.3         # share of variance that may be left without a process being tried: it costs most of the time
STRENGTHS = numpy.logspace(-1, 4, 8)


class Quadratic:
    """Ridge regression on the unit cube; `order` ranks the parameters by what they contribute."""

    def fit(self, x, y):
        first = self._features(x, [])
        self.centre, self.spread = first.mean(axis=0), first.std(axis=0) + 1e-12
        alone = RidgeCV(STRENGTHS).fit((first - self.centre) / self.spread, y)
        d = x.shape[1]
        self.weight = numpy.hypot(alone.coef_[:d], alone.coef_[d:])
        self.order = numpy.argsort(-self.weight)
        self.pairs = list(itertools.combinations(sorted(self.order[:PRODUCTS_OF]), 2))
        every = self._features(x, self.pairs)
        self.centre, self.spread = every.mean(axis=0), every.std(axis=0) + 1e-12
        self.ridge = RidgeCV(STRENGTHS).fit((every - self.centre) / self.spread, y)
        return self

    def predict(self, x):
        return self.ridge.predict((self._features(x, self.pairs) - self.centre) / self.spread)

    @staticmethod
    def _features(x, pairs):
        u = 2 * numpy.asarray(x, float) - 1
        products = [u[:, [a]] * u[:, [b]] for a, b in pairs]
        return numpy.hstack([u, u * u, *products])


class Process:
    """A Gaussian process on residuals, over the parameters that matter most."""

    def __init__(self, order):
        self.over = order[:PROCESS_OVER]

    def fit(self, x, residual):
        self.unit = residual.std() or 1.0
        kernel = ConstantKernel(0.5, (1e-3, 10)) * RBF(numpy.ones(len(self.over)), (0.1, 30)) + \
            WhiteKernel(0.5, (1e-3, 3))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.process = GaussianProcessRegressor(kernel, random_state=0).fit(
                x[-PROCESS_POINTS:, self.over], residual[-PROCESS_POINTS:] / self.unit)
        return self

    def predict(self, x):
        return self.process.predict(x[:, self.over]) * self.unit


class Emulator:
    """`fit` on points of the unit cube (n, parameters) and values on the scale of brackets.Bracket, `noise` the
    standard errors of the values over replicates. Then `error` is the SD of what the emulator does not know
    (cross-validated, the replicates' noise taken out) and `explained` the share of the values' variance that it
    predicts at points it has not seen. `residual` (n) is how far it is off at each point when that is not seen, the
    luck of the replicates included; NaN where there is no value."""

    def fit(self, x, y, noise=None, process=True):
        there = numpy.isfinite(y)
        self.residual = numpy.full(len(there), numpy.nan)
        x, y = numpy.asarray(x, float)[there], numpy.asarray(y, float)[there]
        self.quadratic, self.process = Quadratic().fit(x, y), None
        guess = self._unseen(x, y, lambda xs, ys: Quadratic().fit(xs, ys).predict)
        missed = y - guess
        square = numpy.mean(missed ** 2)
        luck = numpy.nanmean(numpy.asarray(noise, float)[there] ** 2) if noise is not None else 0.0
        luck = luck if numpy.isfinite(luck) else 0.0
        if process and square - luck > ENOUGH * y.var():
            left = y - guess
            more = self._unseen(x, left, lambda xs, ys: Process(self.quadratic.order).fit(xs, ys).predict, folds=2)
            better = numpy.mean((left - more) ** 2)
            if better < (1 - WORTH) * square:
                self.process = Process(self.quadratic.order).fit(x, left)
                square, missed = better, left - more
        self.residual[there] = missed
        self.error = float(numpy.sqrt(max(square - luck, 0.02 * square)))
        self.explained = float(1 - square / y.var()) if y.var() > 0 else 1.0
        return self

    @staticmethod
    def _unseen(x, y, learn, folds=FOLDS):
        guess = numpy.empty(len(y))
        for seen, unseen in KFold(folds, shuffle=True, random_state=0).split(x):
            guess[unseen] = learn(x[seen], y[seen])(x[unseen])
        return guess

    def predict(self, x):
        found = self.quadratic.predict(x)
        return found + self.process.predict(numpy.asarray(x, float)) if self.process else found
