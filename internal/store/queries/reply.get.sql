SELECT request, status, location, etag, body, at FROM reply WHERE actor = ? AND key = ? AND at >= ?
