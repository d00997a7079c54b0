UPDATE survey_anonymous SET release = ? WHERE survey = ? AND wave = ? AND question = ? AND part = ? AND release IS NULL
