INSERT INTO survey_anonymous (id, survey, wave, question, part, value) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
