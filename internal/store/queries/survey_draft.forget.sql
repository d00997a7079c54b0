DELETE FROM survey_draft WHERE day < ?
