UPDATE survey_invitation SET reminders = ?, state = ?, language = ?, answers = ?, answered = ? WHERE id = ?
