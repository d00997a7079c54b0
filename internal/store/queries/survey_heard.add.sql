INSERT INTO survey_heard (survey, wave, person) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
