{{/* How long matters took, or have so far taken, counted. */ -}}
WITH {{template "measure.period.sql" .}}, step AS (
    SELECT customer, case_id, CASE WHEN case_id IS NULL THEN source END AS source, CASE WHEN case_id IS NULL THEN interaction END AS interaction,
        touchpoint, weight, day, coalesce(local_time, CAST(day AS TIMESTAMP)) AS began_at, ended_at
    FROM interaction
    WHERE TRUE{{template "measure.at.sql" .}}
), heard AS (
    SELECT max(CASE WHEN ended_at > coalesce(local_time, CAST(day AS TIMESTAMP)) AND CAST(ended_at AS DATE) <= {{date .Days.To}} THEN ended_at ELSE coalesce(local_time, CAST(day AS TIMESTAMP)) END) AS last_at
    FROM interaction
), matter AS (
    SELECT customer, min_by(touchpoint, began_at) AS touchpoint, min(day) AS day, min(began_at) AS began_at, max(weight) AS w,
        CASE WHEN max(began_at) FILTER (WHERE ended_at IS NOT NULL) = max(began_at) THEN max(ended_at) END AS ended_at
    FROM step
    GROUP BY customer, case_id, source, interaction
), fact AS (
    SELECT customer, touchpoint, day, CAST(w AS DOUBLE) AS w, ended_at IS NOT NULL AND ended_at <= last_at AS ended,
        CASE WHEN ended_at < began_at THEN 'ends_first' ELSE '' END AS left_out,
        CASE WHEN ended_at < began_at THEN 0 ELSE {{lasting "began_at" "CASE WHEN ended_at <= last_at THEN ended_at ELSE last_at END"}} END AS minutes
    FROM matter CROSS JOIN heard
)
SELECT p.place, {{template "measure.segment.sql" .}} AS segment, f.left_out, f.minutes, f.ended, count(*) AS n, sum(f.w) AS w, sum(f.w * f.w) AS w2
FROM fact AS f
JOIN period AS p ON f.day BETWEEN p.first_day AND p.last_day
{{- if .Attribute}}
LEFT JOIN customer_attribute AS a ON a.customer = f.customer AND a.attribute = {{text .Attribute}}
{{- end}}
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4, 5
