SELECT wave, question, part, count(*) FROM survey_anonymous WHERE survey = ? AND release IS NULL
GROUP BY wave, question, part ORDER BY wave, question, part
