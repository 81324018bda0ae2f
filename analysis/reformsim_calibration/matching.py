"""History matching: parameters that the emulators rule out, and points among the rest.

A point is ruled out by a statistic when its emulated value lies outside of the bracket by more than `CUT` times the SD of
everything that is not known about it: the emulator's error, the luck of the replicates, and how far a small world is off
the pattern's own (Craig et al. 1997; Vernon, Goldstein and Bower 2010). What is not ruled out is no posterior yet; it
is where the next wave looks.
"""
import numpy

CUT = 3.0  # as is usual; a plan may be stricter
MOST_DRAWS = 400_000
BATCH = 20_000


class Matcher:
    """`lines` are triples of an emulator, a bracket, and the SD (on the common scale) of what is unknown beside the
    emulator's own error."""

    def __init__(self, lines, cut=CUT):
        self.lines, self.cut = list(lines), cut

    def implausibility(self, line, x):
        emulator, bracket, unknown = line
        return bracket.outside(emulator.predict(x)) / numpy.hypot(emulator.error, unknown)

    def allowed(self, x):
        """True for the points that are not ruled out."""
        x = numpy.asarray(x, float)
        left = numpy.arange(len(x))
        for line in self.lines:
            left = left[self.implausibility(line, x[left]) <= self.cut]
            if not len(left):
                return numpy.zeros(len(x), bool)
        keep = numpy.zeros(len(x), bool)
        keep[left] = True
        return keep

    def sample(self, wanted, parameters, seed, moves=1000):
        """Points uniform over what is not ruled out, and the share of the prior that it is (a number, or the least that
        could have been seen when chains had to help).

        Draws from the prior are taken or rejected. Where too few are taken, chains go on from them: a few coordinates
        at a time are drawn anew, and kept where the point is not ruled out, which has the uniform distribution over
        the allowed region as its own."""
        luck = numpy.random.default_rng(seed)
        some = luck.random((2000, parameters))  # the strictest line first: the others then have less to look at
        self.lines.sort(key=lambda line: numpy.mean(self.implausibility(line, some) <= self.cut))
        taken, drawn = [], 0
        while sum(map(len, taken)) < wanted and drawn < MOST_DRAWS:
            x = luck.random((BATCH, parameters))
            drawn += len(x)
            taken.append(x[self.allowed(x)])
        x = numpy.concatenate(taken)
        share = len(x) / drawn
        if len(x) >= wanted:
            return x[:wanted], share
        if not len(x):
            raise ValueError("every point that was drawn is ruled out; the patterns and the emulators do not agree")
        x = x[luck.integers(len(x), size=wanted)]
        for _ in range(moves):
            other = x.copy()
            redraw = luck.random(x.shape) < 3 / parameters
            other[redraw] = luck.random(int(redraw.sum()))
            better = self.allowed(other)
            x[better] = other[better]
        return x, share
