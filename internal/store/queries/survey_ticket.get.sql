SELECT hash, survey, wave, part, used FROM survey_ticket WHERE hash = ?
