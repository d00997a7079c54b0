SELECT a.question, a.kind, a.value
FROM survey_invitation AS i JOIN survey_answer AS a ON a.invitation = i.id
WHERE i.survey = ? AND a.kind = 'text' ORDER BY i.answered DESC, i.id LIMIT ?
