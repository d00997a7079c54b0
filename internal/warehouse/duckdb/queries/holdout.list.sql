SELECT x, tx, t, actual, n FROM run_holdout ORDER BY x, tx, t, actual
