SELECT number, version, touchpoint, touchpoint_name, customer, matter, state, owner, owner_name, why, step, raised_to, raised_name, opened_at, due_at, taken_at, settled_at, closed_at, settlement, answer, answer_text, answer_hash, asked_by_mail, reopened FROM casefile
WHERE ((state = 'taken' AND ? = 'open') OR state = ?) AND (? = '' OR owner = ? OR raised_to = ?) AND (? = '' OR touchpoint = ?)
ORDER BY due_at, number LIMIT ? OFFSET ?
