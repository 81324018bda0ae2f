"""How likely a point is to survive, by the emulators, and points drawn in proportion to that.

Lines of a group miss together: what the emulators are off by at one point is kept as a whole (cross-validated residuals of
all its lines at a point that was simulated), laid on what they say of another point, and counted how often all brackets
are then met.

Drawing points in proportion to the chance, rather than evenly from all that is not ruled out, is what finds survivors
where there are a hundred parameters and few sets meet everything. It is importance sampling: a survivor that was as
likely to be drawn as another twice over stands for half as much of the prior. `thin` takes that back.
"""
import numpy

from .identified import kish

RESIDUALS = 250  # at most: they are all laid on every point
REDRAWN = (1, 2, 4, 8)  # coordinates that a step of a chain draws anew, on average


class Bank:
    """All emulators at once: they share the features, and products of a few hundred pairs of parameters are soon
    multiplied."""

    def __init__(self, emulators):
        self.processes = [(k, e.process) for k, e in enumerate(emulators) if e.process is not None]
        pairs = sorted({pair for e in emulators for pair in e.quadratic.pairs})
        place = {pair: n for n, pair in enumerate(pairs)}
        self.first, self.second = (numpy.array([pair[side] for pair in pairs], int) for side in (0, 1))
        d = (len(emulators[0].quadratic.ridge.coef_) - len(emulators[0].quadratic.pairs)) // 2
        self.alone = numpy.empty((2 * d, len(emulators)))
        self.products = numpy.zeros((len(pairs), len(emulators)))
        self.constant = numpy.empty(len(emulators))
        for k, emulator in enumerate(emulators):
            q = emulator.quadratic
            slope = q.ridge.coef_ / q.spread
            self.constant[k] = q.ridge.intercept_ - slope @ q.centre
            self.alone[:, k] = slope[:2 * d]
            self.products[[place[pair] for pair in q.pairs], k] = slope[2 * d:]

    def predict(self, x):
        """(points, emulators)"""
        u = 2 * numpy.asarray(x, float) - 1
        found = numpy.hstack([u, u * u]) @ self.alone + (u[:, self.first] * u[:, self.second]) @ self.products
        found += self.constant
        for k, process in self.processes:
            found[:, k] += process.predict(numpy.asarray(x, float))
        return found


class Chance:
    """Of one group of lines: `ends` (2, lines) of their brackets on the common scale, `residuals` (n, lines) at points
    that were simulated, `share` of the lines that must be inside. Never 0, so that no point is ruled out for good."""

    def __init__(self, emulators, ends, residuals, share=1.0):
        there = numpy.asarray(residuals)[numpy.isfinite(residuals).all(axis=1)]
        self.residuals = there[-RESIDUALS:].astype("float32")
        self.bank, self.ends = Bank(emulators), numpy.asarray(ends, "float32")
        self.enough = int(numpy.ceil(share * len(emulators) - 1e-9))

    def __call__(self, x):
        guess = self.bank.predict(x).astype("float32")
        inside = numpy.zeros((len(guess), len(self.residuals)), "int16")
        for k in range(guess.shape[1]):
            low, high = self.ends[:, k]
            value = guess[:, k, None] + self.residuals[:, k]
            inside += (value >= low) & (value <= high)
        return ((inside >= self.enough).sum(axis=1) + 0.5) / (len(self.residuals) + 1)


def together(chances, x):
    """The product: groups are taken to miss independently of each other. Few simulations have the lines of both, too few for
    residuals of all lines together."""
    return numpy.prod([chance(x) for chance in chances], axis=0)


def chains(chances, start, moves, seed):
    """Points whose density is in proportion to `together`, under a uniform prior, and the share of steps taken. A chain
    from each row of `start` (Metropolis and others 1953): a few coordinates are drawn anew, and kept with the ratio of
    the chances. What the first groups already refuse is not asked of the others."""
    luck = numpy.random.default_rng(seed)
    x, now, taken = numpy.array(start, float), together(chances, start), 0
    for move in range(moves):
        other = x.copy()
        redraw = luck.random(x.shape) < REDRAWN[move % len(REDRAWN)] / x.shape[1]
        other[redraw] = luck.random(int(redraw.sum()))
        bar, left = luck.random(len(x)) * now, numpy.arange(len(x))
        then = numpy.ones(len(x))
        for chance in chances:
            then[left] *= chance(other[left])
            left = left[then[left] > bar[left]]
            if not len(left):
                break
        x[left], now[left] = other[left], then[left]
        taken += len(left)
    return x, taken / (moves * len(x))


def thin(chance, wanted, seed):
    """Indices, in random order, of so many survivors (all, where there are no more), each kept with a probability in
    proportion to 1 / its chance of having been drawn, as far as a probability goes; and how many evenly drawn ones they
    would be worth with the weights that are left (Kish 1965): those that are too unlikely to have been drawn are too few
    still, and who uses the sets without weights has them tilted by that."""
    chance, luck = numpy.asarray(chance, float), numpy.random.default_rng(seed)
    low, high = 0.0, float(chance.max()) * len(chance)
    for _ in range(100):
        level = (low + high) / 2
        low, high = (level, high) if numpy.minimum(1, level / chance).sum() < wanted else (low, level)
    keep = numpy.minimum(1, high / chance)
    order = luck.permutation(len(chance))
    steps = numpy.floor(numpy.concatenate([[0], numpy.cumsum(keep[order])]) + luck.random())  # systematic sampling
    kept = order[numpy.diff(steps) > 0]
    return luck.permutation(kept), kish(1 / (chance * keep)[kept])
