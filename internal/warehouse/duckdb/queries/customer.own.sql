{{/* The lines of a customer, to be read in place of those of all. */ -}}
SELECT customer, day, kind, amount FROM transaction_line WHERE customer = {{text .}}
{{- /**/ -}}
