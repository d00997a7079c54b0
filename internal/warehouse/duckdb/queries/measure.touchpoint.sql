-- The touchpoints of interactions and feedback.
SELECT touchpoint, CAST(sum(interactions) AS BIGINT) AS interactions, CAST(sum(answers) AS BIGINT) AS answers
FROM (
    SELECT touchpoint, count(*) AS interactions, 0 AS answers FROM interaction WHERE touchpoint IS NOT NULL GROUP BY touchpoint
    UNION ALL
    SELECT touchpoint, 0 AS interactions, count(*) AS answers FROM feedback WHERE touchpoint IS NOT NULL GROUP BY touchpoint) AS touched
GROUP BY touchpoint
ORDER BY touchpoint
