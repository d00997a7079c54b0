"""pymc-marketing: maximum a posteriori under its default priors."""

import warnings

import arviz as az
import pandas as pd
from pymc_marketing.clv import BetaGeoModel, ParetoNBDModel
from pymc_marketing.clv.utils import customer_lifetime_value, rfm_summary

import step

warnings.simplefilter("ignore")

MODELS = {
    "Pareto/NBD": (ParetoNBDModel, ["r", "alpha", "s", "beta"]),
    "BG/NBD": (BetaGeoModel, ["r", "alpha", "a", "b"]),
}


def _numbered(histories):
    return histories.assign(customer_id=range(len(histories)))


def summary(log, as_of):
    log = step.read_log(log)
    with step.Timed() as timed:
        found = rfm_summary(
            log[log["day"] <= pd.Timestamp(as_of)], "customer", "day", "amount", observation_period_end=as_of
        )
    return timed, {"figures": step.counted(found)}


def fit(name, histories):
    """Fit every customer: the package has no weights."""
    kind, names = MODELS[name]
    data = _numbered(step.read_histories(histories))
    with step.Timed() as timed:
        model = kind()
        model.fit(data=data, method="map", progressbar=False)
    return timed, {"theta": [float(model.fit_result[n].values.ravel()[0]) for n in names]}


def score(histories, weeks, yearly, *theta):
    kind, names = MODELS["Pareto/NBD"]
    histories = step.read_histories(histories)
    with step.Timed() as timed:
        cells = _numbered(step.grouped(histories))
        model = kind()
        model.build_model(cells)
        model.idata = az.from_dict(posterior={n: [[float(v)]] for n, v in zip(names, theta)})
        alive = model.expected_probability_alive(cells).values.ravel()
        orders = model.expected_purchases(cells, future_t=float(weeks)).values.ravel()
        discounted = customer_lifetime_value(
            model,
            cells.assign(future_spend=1.0),
            future_t=step.HORIZON_MONTHS,
            discount_rate=step.monthly(float(yearly)),
            time_unit="W",
        ).values.ravel()
    n = cells["weights"]
    return timed, {
        "figures": {
            "alive": float((n * alive).sum()),
            "orders": float((n * orders).sum()),
            "discounted orders": float((n * discounted).sum()),
        }
    }


if __name__ == "__main__":
    step.main({f.__name__: f for f in (summary, fit, score)})
