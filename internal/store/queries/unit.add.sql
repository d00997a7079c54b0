INSERT INTO unit (id, version, name, parent, head, scopes) VALUES (?, ?, ?, nullif(?, ''), nullif(?, ''), ?)
