DELETE FROM token WHERE person = ? AND NOT service
