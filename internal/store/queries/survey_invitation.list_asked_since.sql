SELECT DISTINCT customer FROM survey_invitation WHERE asked >= ? AND customer <> '' ORDER BY customer
