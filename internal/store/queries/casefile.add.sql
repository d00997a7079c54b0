INSERT INTO casefile (number, version, touchpoint, touchpoint_name, customer, matter, state, owner, owner_name, why, step, raised_to, raised_name, opened_at, due_at, taken_at, settled_at, closed_at, settlement, answer, answer_text, answer_hash, asked_by_mail, reopened)
VALUES ((SELECT coalesce(max(number), 0) + 1 FROM casefile), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (customer, touchpoint, matter) WHERE state <> 'closed' DO NOTHING
RETURNING number
