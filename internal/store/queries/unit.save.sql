UPDATE unit SET version = ?, name = ?, parent = nullif(?, ''), head = nullif(?, ''), scopes = ? WHERE id = ?
