SELECT customer FROM survey_refusal ORDER BY customer
