-- What the models of both ends say of every cell and of every number of paid repeat days.
CREATE TEMP TABLE run_opening_score (
    x INTEGER, tx INTEGER, t INTEGER,
    log_stays DOUBLE, within DOUBLE, period DOUBLE, moved DOUBLE, cash DOUBLE
);
CREATE TEMP TABLE run_closing_score (x INTEGER, tx INTEGER, t INTEGER, log_alive DOUBLE, old DOUBLE, current DOUBLE);
CREATE TEMP TABLE run_spend_pair (xg INTEGER, old_base DOUBLE, old_slope DOUBLE, current_base DOUBLE, current_slope DOUBLE);
