"""lifetimes at its best: purchase histories are grouped and fitted with weights."""

import warnings

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter, ParetoNBDFitter
from lifetimes.utils import _customer_lifetime_value, summary_data_from_transaction_data

import step

warnings.simplefilter("ignore")
np.random.seed(1)  # the Pareto/NBD starts its search at random

FITTERS = {
    "Pareto/NBD": (ParetoNBDFitter, ["r", "alpha", "s", "beta"]),
    "BG/NBD": (BetaGeoFitter, ["r", "alpha", "a", "b"]),
}


def _summarised(log, as_of, freq_multiplier):
    return summary_data_from_transaction_data(
        log[log["day"] <= pd.Timestamp(as_of)],
        "customer",
        "day",
        "amount",
        observation_period_end=as_of,
        freq_multiplier=freq_multiplier,
    )


def _fitted(name, cells):
    fitter, names = FITTERS[name]
    model = fitter().fit(cells["frequency"], cells["recency"], cells["T"], weights=cells["weights"])
    return model, [float(model.params_[n]) for n in names]


def _with(name, theta):
    fitter, names = FITTERS[name]
    model = fitter()
    model.params_ = pd.Series([float(v) for v in theta], index=names)
    model.predict = model.conditional_expected_number_of_purchases_up_to_time
    return model


def _discounted_orders(model, cells, yearly):
    """Discounted expected orders, as the package's lifetime value counts them."""
    return _customer_lifetime_value(
        model,
        cells["frequency"],
        cells["recency"],
        cells["T"],
        1.0,
        time=step.HORIZON_MONTHS,
        discount_rate=step.monthly(yearly),
        freq="W",
    )


def summary(log, as_of):
    log = step.read_log(log)
    with step.Timed() as timed:
        found = _summarised(log, as_of, 1)
    return timed, {"figures": step.counted(found)}


def fit(name, histories):
    histories = step.read_histories(histories)
    with step.Timed() as timed:
        _, theta = _fitted(name, step.grouped(histories))
    return timed, {"theta": theta}


def fit_each(name, histories):
    """Fit without grouping, as most users do."""
    histories = step.read_histories(histories).assign(weights=1)
    with step.Timed() as timed:
        _, theta = _fitted(name, histories)
    return timed, {"theta": theta}


def score(histories, weeks, yearly, *theta):
    model, histories = _with("Pareto/NBD", theta), step.read_histories(histories)
    with step.Timed() as timed:
        cells = step.grouped(histories)
        known = cells["frequency"], cells["recency"], cells["T"]
        alive = model.conditional_probability_alive(*known)
        orders = model.predict(float(weeks), *known)
        discounted = _discounted_orders(model, cells, float(yearly))
    n = cells["weights"]
    return timed, {
        "figures": {
            "alive": float((n * alive).sum()),
            "orders": float((n * orders).sum()),
            "discounted orders": float((n * discounted).sum()),
        }
    }


def likelihood(name, histories, *theta):
    """The package's own log-likelihood of all customers at given parameters."""
    cells = step.grouped(step.read_histories(histories))
    known = [cells[c].to_numpy() for c in ("frequency", "recency", "T")]
    theta, n = np.array(theta, dtype=float), cells["weights"].to_numpy()
    with step.Timed() as timed:
        if name == "BG/NBD":
            total = -BetaGeoFitter._negative_log_likelihood(np.log(theta), *known, n, 0.0) * n.sum()
        else:
            total = (n * ParetoNBDFitter._conditional_log_likelihood(theta, *known)).sum()
    return timed, {"figures": {"log-likelihood": float(total)}}


def read(csv):
    """Read the transactions as most users do; all other steps read a typed file."""
    with step.Timed() as timed:
        log = pd.read_csv(csv, parse_dates=["time"])
    return timed, {"figures": {"lines": len(log)}}


def equity(log, as_of, yearly):
    """From the log to the value of every customer, histories valued once each."""
    with step.Timed() as timed:
        log = step.read_log(log)
        customers = _summarised(log, as_of, step.DAYS_PER_WEEK)
        del log
        cells = step.grouped(customers[["frequency", "recency", "T"]])
        model, theta = _fitted("Pareto/NBD", cells)
        paid = customers[(customers["frequency"] > 0) & (customers["monetary_value"] > 0)]
        spend = GammaGammaFitter()
        spend.fit(paid["frequency"], paid["monetary_value"])
        cells["discounted"] = _discounted_orders(model, cells, float(yearly))
        customers = customers.merge(cells, on=["frequency", "recency", "T"])
        value = customers["discounted"] * spend.conditional_expected_average_profit(
            customers["frequency"], customers["monetary_value"]
        )
    return timed, {
        "figures": {"customers": len(value), "equity": float(value.sum())},
        "theta": theta + [float(spend.params_[n]) for n in ("p", "q", "v")],
    }


if __name__ == "__main__":
    step.main({f.__name__: f for f in (read, summary, fit, fit_each, score, likelihood, equity)})
