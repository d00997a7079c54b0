{{/* Interactions that continue a case, each with the agent before: those without a known agent are passed over. */ -}}
served AS (
    SELECT day, customer, touchpoint, weight, agent, case_id,
        CASE WHEN case_id IS NOT NULL AND agent IS NOT NULL THEN lag(agent) OVER (
            PARTITION BY customer, case_id, agent IS NULL
            ORDER BY day, local_time NULLS FIRST, length(interaction), interaction) END AS before
    FROM interaction
    WHERE (case_id IS NOT NULL OR agent IS NOT NULL){{template "measure.at.sql" .}}
), fact AS (
    SELECT day, customer, touchpoint, 1 AS n, CAST(weight AS DOUBLE) AS w,
        CASE WHEN agent <> before THEN CAST(weight AS DOUBLE) ELSE 0 END AS wx,
        CASE WHEN case_id IS NULL THEN 'no_case' WHEN agent IS NULL THEN 'no_agent' ELSE '' END AS left_out
    FROM served
    WHERE case_id IS NULL OR agent IS NULL OR before IS NOT NULL
)
{{- /**/ -}}
