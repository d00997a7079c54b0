SELECT wave, question, part, value, count(*) FROM survey_anonymous WHERE survey = ? AND release IS NOT NULL
GROUP BY wave, question, part, value ORDER BY wave, question, part, value
