{{/* What the models of both ends say of every cell, by each horizon where it matters, and of every number of paid repeat days. */ -}}
CREATE TEMP TABLE run_opening_score (
    x INTEGER, tx INTEGER, t INTEGER,
    log_stays DOUBLE, period DOUBLE, cash DOUBLE{{range $h, $_ := .Horizons}}, within_{{$h}} DOUBLE, moved_{{$h}} DOUBLE{{end}}
);
CREATE TEMP TABLE run_closing_score (
    x INTEGER, tx INTEGER, t INTEGER,
    log_alive DOUBLE{{range $h, $_ := .Horizons}}, old_{{$h}} DOUBLE, current_{{$h}} DOUBLE{{end}}
);
CREATE TEMP TABLE run_spend_pair (xg INTEGER, old_base DOUBLE, old_slope DOUBLE, current_base DOUBLE, current_slope DOUBLE);
