INSERT INTO survey_release (survey, number, wave, question, part, day)
VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM survey_release WHERE survey = ?), ?, ?, ?, ?) RETURNING number
