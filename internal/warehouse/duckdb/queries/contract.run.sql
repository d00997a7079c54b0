{{/* Contracts as of a day: subscriptions of one customer that follow each other within the grace are
     one, with the plan and the period that it began with; who comes back later begins another. */ -}}
WITH piece AS (
    SELECT customer, start_day, end_day, coalesce(known_from, start_day) AS known_day, coalesce(plan, '') AS plan,
        recurring_period AS period, recurring_amount, cancel_reason, voluntary,
        coalesce({{plus_days "end_day" .GraceDays}}, DATE '9999-12-31') AS reach,
        row_number() OVER (PARTITION BY customer ORDER BY start_day, end_day NULLS LAST, source, subscription) AS place
    FROM subscription
    WHERE start_day <= {{date .AsOf}}
), follow AS (
    SELECT *, max(reach) OVER (PARTITION BY customer ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
    FROM piece
), numbered AS (
    SELECT *, sum(CASE WHEN reached IS NULL OR date_diff('day', reached, start_day) > 1 THEN 1 ELSE 0 END)
        OVER (PARTITION BY customer ORDER BY place ROWS UNBOUNDED PRECEDING) AS contract
    FROM follow
), whole AS (
    SELECT customer, contract, min(start_day) AS start_day, max(coalesce(end_day, DATE '9999-12-31')) AS end_day, max(reach) AS reach,
        min_by(known_day, place) AS known_day, min_by(plan, place) AS plan, min_by(period, place) AS period,
        bool_or(reach >= {{date .AsOf}} AND (cancel_reason IS NOT NULL OR voluntary IS NOT NULL)) AS told,
        bool_or(reach >= {{date .AsOf}} AND recurring_amount IS NULL) AS unpriced,
        coalesce(sum({{monthly "recurring_amount" "period"}}) FILTER (WHERE reach >= {{date .AsOf}}), 0) AS recurring
    FROM numbered
    GROUP BY customer, contract
), run AS (
    SELECT plan, period, start_day, end_day, recurring, unpriced,
        reach < {{date .AsOf}} AS ended,
        {{if .Told}}told AND end_day < DATE '9999-12-31'{{else}}FALSE{{end}} AS ends,
        {{if .KnownFrom}}CASE WHEN known_day > {{date .KnownFrom}} AND known_day > start_day THEN known_day
            WHEN start_day > {{date .KnownFrom}} THEN start_day ELSE {{date .KnownFrom}} END
        {{- else}}CASE WHEN known_day > start_day THEN known_day ELSE start_day END{{end}} AS known_day,
        CASE WHEN end_day < {{date .AsOf}} THEN end_day ELSE {{date .AsOf}} END AS seen_to
    FROM whole
{{- if .KnownFrom}}
    WHERE reach >= {{date .KnownFrom}}
{{- end}}
)