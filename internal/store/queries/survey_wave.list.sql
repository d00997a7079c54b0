SELECT survey, number, began, closes, asked, strata FROM survey_wave WHERE survey = ? ORDER BY number
