SELECT max(asked) FROM survey_invitation WHERE customer = ?
