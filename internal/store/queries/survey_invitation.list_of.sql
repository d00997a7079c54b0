SELECT i.id, i.survey, i.wave, i.customer, i.segment, i.occasion, i.about, i.chance, i.address, i.asked, i.reminders, i.state, i.language, i.answers, i.answered
FROM survey_invitation AS i WHERE i.customer = ? AND i.customer <> '' ORDER BY i.asked, i.id
