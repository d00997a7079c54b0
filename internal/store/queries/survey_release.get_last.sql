SELECT max(day) FROM survey_release WHERE survey = ?
