# Two commands set up everything, given Go, Node, gcc and make:
#
#   make demo    builds, makes a company up and serves it at http://localhost:8080
#   make test    runs everything, and ends with "N passed, N failed, N skipped"
#
# and for those who work on it:
#
#   make         builds bin/clientele
#   make lint    linters alone            make fuzz    fuzz targets alone, three seconds each
#   make bench   the figures of docs/performance.md, measured here
#   make soak    the campaigns that are too long for every change
#   make clean   removes all that was built
#
# Nothing is installed outside this folder but Go modules, in Go's own cache,
# and, by `make test` as root where there is none, Debian's Chromium.

# The program names the revision it was built from, where git can read it.
STAMP   := $(shell git status >/dev/null 2>&1 && echo auto || echo false)

ASSETS  := web/dist/manifest.json
MODULES := web/node_modules/.package-lock.json
SOURCES := $(shell find web/src -type f 2>/dev/null)
CHECK   := go run ./internal/check

.PHONY: build demo test lint fuzz bench soak clean needs

build: $(ASSETS)
	go build -buildvcs=$(STAMP) -o bin/clientele ./cmd/clientele

demo: build
	bin/clientele demo --serve

test: $(ASSETS)
	$(CHECK)

lint:
	$(CHECK) lint

fuzz:
	$(CHECK) fuzz

bench: $(ASSETS)
	go run ./bench
	go run ./bench/load

soak: $(ASSETS)
	$(CHECK) -fuzz 10m properties kills studies fuzz

clean:
	rm -rf bin web/dist web/node_modules

$(ASSETS): $(MODULES) $(SOURCES) web/build.mjs web/tsconfig.json
	cd web && npm run --silent build

$(MODULES): web/package.json web/package-lock.json web/.npmrc | needs
	@echo "Installing the packages of web/package-lock.json into web/node_modules; Go fetches the modules of go.mod as it builds."
	cd web && npm ci
	@touch $@

needs:
	@for tool in go node npm gcc; do \
		command -v $$tool >/dev/null || { echo "$$tool is missing: install Go 1.26, Node 20 with npm, and gcc, and run make again" >&2; exit 1; }; \
	done
