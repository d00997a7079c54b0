-- What a model says of every cell and of every number of paid repeat days.
CREATE TEMP TABLE run_cell_score (
    x INTEGER, tx INTEGER, t INTEGER,
    alive DOUBLE, expected DOUBLE, discounted DOUBLE, deviation DOUBLE
);
CREATE TEMP TABLE run_spend_score (xg INTEGER, base DOUBLE, slope DOUBLE, var_base DOUBLE, cov DOUBLE, var_slope DOUBLE);
