UPDATE survey_ticket SET used = TRUE WHERE hash = ? AND NOT used
