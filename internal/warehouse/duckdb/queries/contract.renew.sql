{{/* Contracts that run and have an end to come, by its month. */ -}}
SELECT {{month "end_day"}} AS month, count(*) AS contracts, sum({{monthly "recurring_amount" "recurring_period"}}) AS recurring
FROM subscription
WHERE start_day <= {{date .AsOf}} AND end_day >= {{date .AsOf}}
GROUP BY 1
ORDER BY 1
