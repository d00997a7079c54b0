INSERT INTO survey_invitation (id, survey, wave, customer, segment, occasion, about, chance, address, asked, reminders, state, language, answers, answered)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
