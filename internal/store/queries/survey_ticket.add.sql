INSERT INTO survey_ticket (hash, survey, wave, part, used) VALUES (?, ?, ?, ?, ?)
