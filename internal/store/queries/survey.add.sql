INSERT INTO survey (id, name, name_key, document, employees, address, made, made_by)
VALUES (?, ?, ?, ?, ?, nullif(?, ''), ?, ?) ON CONFLICT DO NOTHING
