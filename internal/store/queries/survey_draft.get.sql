SELECT hash, survey, language, answers, day FROM survey_draft WHERE hash = ?
