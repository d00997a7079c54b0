INSERT INTO audit (number, hash, text) VALUES (?, ?, ?)
