SELECT id, name, name_key, document, employees, coalesce(address, ''), made, made_by, closed FROM survey WHERE id = ?
