"""The synthetic list of schools: Initialization, 1a of the ODD."""

import math

import numpy as np

from tools import normal_cdf

SETTING = "population."


def district_sizes(weights, schools):
    """Schools of each district, in proportion to the weights; every district has at least one."""
    sizes = np.zeros(len(weights), int)
    open_ones, left = list(np.argsort(weights)), schools
    while open_ones and weights[open_ones[0]] / weights[open_ones].sum() * left < 1:
        sizes[open_ones.pop(0)] = 1
        left -= 1
    exact = weights[open_ones] / weights[open_ones].sum() * left
    sizes[open_ones] = np.maximum(np.floor(exact), 1)
    for row in np.argsort(np.floor(exact) - exact, kind="stable")[:left - sizes[open_ones].sum()]:
        sizes[open_ones[row]] += 1
    return sizes


class Deprivation:
    """Beta distributed shares, by a normal copula in which schools of a district are correlated."""

    def __init__(self, mean, sd, between):
        concentration = mean * (1 - mean) / sd ** 2 - 1
        a, b = mean * concentration, (1 - mean) * concentration
        grid = (np.arange(200000) + 0.5) / 200000
        logs = (a - 1) * np.log(grid) + (b - 1) * np.log1p(-grid)
        mass = np.cumsum(np.exp(logs - logs.max()))
        self.normal = np.linspace(-7, 7, 2801)
        self.quantile = np.interp(normal_cdf(self.normal), mass / mass[-1], grid)
        self.r = self.correlation_of_normals(between)

    def share(self, normals):
        """Share of disadvantaged pupils that stands for a standard normal deviate."""
        return np.interp(normals, self.normal, self.quantile)

    def correlation_of_normals(self, between):
        """Correlation of deviates that gives the wanted one of shares, by Hermite polynomials."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(60)
        weights, parts = weights / weights.sum(), []
        for order in range(1, 13):
            polynomial = np.polynomial.hermite_e.hermeval(nodes, np.eye(order + 1)[order])
            coefficient = (weights * self.share(nodes) * polynomial).sum()
            parts.append(coefficient ** 2 / math.factorial(order))
        grid = np.linspace(0, 1, 10001)
        reached = sum(part * grid ** (n + 1) for n, part in enumerate(parts)) / sum(parts)
        return np.interp(between, reached, grid)


def places_of_districts(districts, schools, rng):
    """County and centre (km) of each district."""
    counties = max(1, (districts + 5) // 10)
    county = np.arange(districts) * counties // districts
    columns, width = math.ceil(math.sqrt(counties)), math.sqrt(10 * schools / counties)
    corner = np.stack([county % columns, county // columns], 1)
    return county, (corner + rng.random((districts, 2))) * width


def synthetic_list(settings, deprivation, rng):
    """The columns of one list, rows in order of districts; `place` in km."""
    def get(name):
        return settings[SETTING + name]
    schools, districts = int(get("schools")), int(get("districts"))
    spread = math.sqrt(math.log(1 + get("district_size_cv") ** 2))
    sizes = district_sizes(np.exp(spread * rng.standard_normal(districts)), schools)
    county, centre = places_of_districts(districts, schools, rng)
    district = np.repeat(np.arange(districts), sizes)
    draw = rng.random(schools)
    secondary = draw < get("secondary_share")
    phase = np.where(secondary, 2, (draw < get("secondary_share") + get("middle_share")) * 1)
    def by_phase(name):
        return np.array([get(f"{kind}_{name}") for kind in ("primary", "middle", "secondary")])[phase]
    common, own = rng.standard_normal(districts)[district], rng.standard_normal(schools)
    normals, share = np.zeros(schools), np.zeros(schools)
    for of, beta in ((~secondary, deprivation[0]), (secondary, deprivation[1])):
        normals[of] = math.sqrt(beta.r) * common[of] + math.sqrt(1 - beta.r) * own[of]
        share[of] = beta.share(normals[of])
    c = np.where(secondary, get("secondary_deprivation_and_size"), get("primary_deprivation_and_size"))
    size = c * normals + np.sqrt(1 - c ** 2) * rng.standard_normal(schools)
    spread = by_phase("enrolment_log_sd") * np.where(size < 0, by_phase("enrolment_lower_spread"), 1)
    enrolment = np.exp(np.log(by_phase("enrolment_median")) + spread * size)
    scatter = np.sqrt(10 * sizes / (2 * math.pi * math.log(2)))[district, None]
    return {
        "district": district, "county": county, "phase": phase,
        "enrolment": np.clip(np.round(enrolment), 20, 1e6),
        "deprivation": share,
        "place": centre[district] + scatter * rng.standard_normal((schools, 2)),
    }


def side_by_side(lists):
    """Lists of as many districts each, one after the other, districts and counties counted through."""
    districts, counties = len(lists[0]["county"]), lists[0]["county"].max() + 1
    joined = {name: np.concatenate([one[name] for one in lists]) for name in lists[0]}
    system = np.repeat(np.arange(len(lists)), [len(one["district"]) for one in lists])
    joined["district"] = joined["district"] + system * districts
    joined["county"] = joined["county"] + np.repeat(np.arange(len(lists)), districts) * counties
    return {**joined, "system": system}


def synthetic_lists(settings, systems, rng):
    """The lists of several synthetic systems."""
    mean, sd, between, shift = (settings[SETTING + name] for name in (
        "deprivation_mean", "deprivation_sd", "deprivation_between_districts", "secondary_deprivation_shift"))
    deprivation = Deprivation(mean, sd, between), Deprivation(mean + shift, sd, between)
    return side_by_side([synthetic_list(settings, deprivation, rng) for _ in range(systems)])
