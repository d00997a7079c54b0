INSERT INTO survey_wave (survey, number, began, closes, asked, strata) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
