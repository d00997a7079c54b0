{{/* The segment of the customer of a row, with the customer's attribute joined as a. */ -}}
CASE WHEN {{.}}.customer IS NULL THEN {{no_customer}} ELSE coalesce(a.value, {{unknown_segment}}) END
{{- /**/ -}}
