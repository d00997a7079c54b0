SELECT wave, segment, customer = '', state, count(*) FROM survey_invitation WHERE survey = ?
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
