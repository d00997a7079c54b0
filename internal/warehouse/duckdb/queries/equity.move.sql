{{/* The lines of the equity movement of every customer by each horizon, after both summaries and the scores are at hand. */ -}}
WITH pair AS (
    SELECT c.customer, c.first_day, o.customer IS NULL AS fresh,
        {{if .By}}coalesce(a.value, {{unknown_segment}}){{else}}''{{end}} AS segment,
        b.log_stays, b.period, b.cash, s.log_alive,
{{- range $h, $_ := .Horizons}}
        b.within_{{$h}}, b.moved_{{$h}}, s.old_{{$h}}, s.current_{{$h}},
{{- end}}
        p0.old_base + p0.old_slope * CAST(o.z AS DOUBLE) AS spent0,
        p1.old_base + p1.old_slope * CAST(c.z AS DOUBLE) AS spent1,
        p1.current_base + p1.current_slope * CAST(c.z AS DOUBLE) AS spent2,
        c.net - o.net AS brought
    FROM run_closing AS c
    LEFT JOIN run_opening AS o ON o.customer = c.customer
    LEFT JOIN run_opening_score AS b ON b.x = o.x AND b.tx = o.tx AND b.t = o.t
    LEFT JOIN run_spend_pair AS p0 ON p0.xg = o.xg
    JOIN run_closing_score AS s ON s.x = c.x AND s.tx = c.tx AND s.t = c.t
    JOIN run_spend_pair AS p1 ON p1.xg = c.xg
{{- if .By}}
    LEFT JOIN customer_attribute AS a ON a.customer = c.customer AND a.attribute = {{text .By}}
{{- end}}
), ahead AS (
{{- range $h, $_ := .Horizons}}
{{- if $h}}
    UNION ALL
{{- end}}
    SELECT {{$h}} AS horizon, customer, first_day, fresh, segment, log_stays, period, cash, log_alive, spent0, spent1, spent2, brought,
        within_{{$h}} AS within, moved_{{$h}} AS moved, old_{{$h}} AS old_purchases, current_{{$h}} AS current
    FROM pair
{{- end}}
), valued AS (
    SELECT horizon, customer, first_day, fresh, segment, brought, log_stays, log_alive, spent0, spent1,
        coalesce({{.Margin}} * spent0 * within, 0) AS opening,
        coalesce({{.Growth}} * {{.Margin}} * spent0 * period, 0) AS released,
        coalesce({{.Growth}} * {{.Margin}} * spent0 * (moved - within), 0) AS moved_on,
        CASE WHEN moved > period THEN {{.Growth}} * {{.Margin}} * spent0 * (moved - period) ELSE 0 END AS expected,
        coalesce({{.Margin}} * spent0 * cash, 0) AS cash,
        {{.Margin}} * spent1 * old_purchases AS old,
        {{.Margin}} * spent2 * current AS closing
    FROM ahead
), compared AS (
    SELECT *, CASE WHEN fresh THEN 0 ELSE old - expected END AS experience,
        CASE WHEN NOT fresh AND expected > 0 AND old > 0 THEN ln(old / expected) END AS ratio
    FROM valued
), averaged AS (
    SELECT *, CASE WHEN abs(ratio) > 0.01 THEN experience / ratio
        ELSE sqrt(expected) * sqrt(old) * (1 + ratio * ratio / 24 * (1 + ratio * ratio / 80 * (1 + ratio * ratio / 168))) END AS mean
    FROM compared
), shared AS (
    SELECT *,
        CASE WHEN experience = 0 THEN 0
            WHEN ratio IS NULL THEN CASE WHEN log_stays IS NULL OR log_alive IS NULL THEN experience ELSE 0 END
            ELSE mean * (log_alive - log_stays) END AS survival,
        CASE WHEN experience = 0 OR ratio IS NULL THEN 0 ELSE mean * ln(spent1 / spent0) END AS spend
    FROM averaged
)
SELECT horizon, customer, first_day, fresh, segment, opening, opening * ({{.Growth}} - 1) AS unwinding, -released AS release,
    moved_on, experience, survival, experience - survival - spend AS activity, spend,
    CASE WHEN fresh THEN old ELSE 0 END AS fresh_worth, closing - old AS assumption, closing, cash, brought
FROM shared
