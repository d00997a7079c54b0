SELECT i.wave, i.segment, i.customer = '', a.question, a.kind, CASE WHEN a.kind = 'text' THEN '' ELSE a.value END, count(*)
FROM survey_invitation AS i JOIN survey_answer AS a ON a.invitation = i.id WHERE i.survey = ?
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
