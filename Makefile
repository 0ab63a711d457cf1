# Two commands do all set-up on a fresh Debian or Ubuntu machine that has a Swift toolchain.

# Installs what is missing, builds, and tells Waybill's story in a minute.
demo: setup
	@scripts/build
	.build/release/waybill demo

# The same, and the whole test suite. The trait lets the tests crash an import at named steps.
test:
	@scripts/setup tests
	scripts/test

setup:
	@scripts/setup

# Peak memory over imports of 1,000,000 and 5,000,000 records.
bench-memory:
	@scripts/setup tests
	@scripts/build
	scripts/bench-memory

# Waybill and the alternatives in turn; writes docs/benchmarks.md. WORKLOADS selects some, RUNS sets how often.
bench:
	@scripts/setup
	@scripts/setup bench || echo "Continuing with the peers that are installed."
	@scripts/build
	[ ! -e Benchmarks/Package.swift ] || scripts/build --package-path Benchmarks --product log-bench
	Benchmarks/compare.py $(WORKLOADS)

# The pages of the library ImportLog, in .build/documentation.
documentation:
	@scripts/setup
	scripts/documentation

# The program, its man pages, and completions for bash, zsh and fish: PREFIX says where, DESTDIR comes before it, for
# packages. BINARY and SHARE say what is installed; without it, all is built first.
PREFIX = /usr/local
BINARY = .build/release/waybill
SHARE = $(dir $(BINARY))share

install:
	@[ -x "$(BINARY)" ] || scripts/build
	@[ -d "$(SHARE)" ] || scripts/extras "$(BINARY)" "$(SHARE)"
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 "$(BINARY)" "$(DESTDIR)$(PREFIX)/bin/waybill"
	cd "$(SHARE)" && find . -type f -exec install -D -m 644 {} "$(abspath $(DESTDIR)/$(PREFIX))/share/{}" \;

# What 'make install' put there; below a DESTDIR also the directories that are empty then.
uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/waybill"
	if cd "$(DESTDIR)$(PREFIX)/share" 2> /dev/null; then rm -f man/man1/waybill.1 man/man1/waybill-*.1 \
		bash-completion/completions/waybill zsh/site-functions/_waybill fish/vendor_completions.d/waybill.fish; fi
	[ ! -d "$(DESTDIR)" ] || find "$(DESTDIR)" -mindepth 1 -depth -type d -empty -delete

reference:
	scripts/generate-reference

format:
	swift format --in-place --recursive Package.swift Sources Tests docs/examples

.PHONY: demo test setup bench bench-memory install uninstall documentation reference format
